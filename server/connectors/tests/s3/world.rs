//! A bucket of a real server, with a system over it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use connectors::registry::Registry;
use domain::inventory::{Dataset, DatasetRef, Handling, Limits, Locator, Match, Slug, System};
use domain::port::erase::{Chunk, Cursor, Erase, EraseError, Erased, Erasers};
use domain::port::probe::{Probe, ProbeError, Probes, Question, Sighting};
use domain::secret::Secret;
use domain::selection::{Criterion, RecordId, Selection, Side, Target};
use domain::subject::Normalisation;
use domain::time::{Clock, Timestamp};
use futures::{StreamExt, stream};
use serde_json::json;

/// The wall clock.
pub struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_microsecond(since.as_micros().try_into().unwrap())
    }
}

/// An S3 server under test.
#[derive(Clone)]
pub struct Server {
    pub url: String,
    pub key: String,
    pub secret: String,
}

impl Server {
    pub fn moto() -> Self {
        Self::named("LETHE_TEST_MOTO", "moto[server] of PyPI")
    }

    pub fn ceph() -> Self {
        Self::named("LETHE_TEST_CEPH", "radosgw, ceph-mon, ceph-osd of Debian")
    }

    fn named(variable: &str, package: &str) -> Self {
        let read = |name: String| {
            std::env::var(&name)
                .unwrap_or_else(|_| panic!("{name} is not set: no server of {package} was started"))
        };
        Self {
            url: read(variable.to_owned()),
            key: read(format!("{variable}_KEY")),
            secret: read(format!("{variable}_SECRET")),
        }
    }

    pub fn credential(&self) -> Secret {
        Secret::new(json!({"access_key": self.key, "secret_key": self.secret}).to_string())
    }

    /// A client of our own, that shares nothing with the connector.
    pub fn client(&self) -> Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new(&self.key, &self.secret, None, None, "tests"))
            .endpoint_url(&self.url)
            .force_path_style(true)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Client::from_conf(config)
    }
}

/// A bucket with a system over it.
pub struct World {
    pub client: Client,
    pub bucket: String,
    pub system: System,
    pub server: Server,
    registry: Registry,
}

impl World {
    /// A fresh bucket, its objects placed by a template.
    pub async fn new(server: Server, template: &str) -> Self {
        let world = Self::without_bucket(server, template);
        world
            .client
            .create_bucket()
            .bucket(&world.bucket)
            .send()
            .await
            .unwrap();
        world
    }

    /// A fresh bucket that keeps versions.
    pub async fn versioned(server: Server, template: &str) -> Self {
        let world = Self::new(server, template).await;
        let kept = VersioningConfiguration::builder()
            .status(BucketVersioningStatus::Enabled)
            .build();
        let call = world
            .client
            .put_bucket_versioning()
            .bucket(&world.bucket)
            .versioning_configuration(kept);
        call.send().await.unwrap();
        world
    }

    /// A fresh bucket with Object Lock.
    pub async fn locked(server: Server, template: &str) -> Self {
        let world = Self::without_bucket(server, template);
        let call = world
            .client
            .create_bucket()
            .bucket(&world.bucket)
            .object_lock_enabled_for_bucket(true);
        call.send().await.unwrap();
        world
    }

    /// A system whose bucket does not exist.
    pub fn without_bucket(server: Server, template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let bucket = format!(
            "lethe-{}-{}-{number}",
            std::process::id(),
            Wall.now().as_microsecond()
        );
        let system = system(&server.url, &bucket, template);
        Self {
            client: server.client(),
            bucket,
            system,
            server,
            registry: Registry::new(Arc::new(Wall)),
        }
    }

    pub fn eraser(&self) -> Arc<dyn Erase> {
        self.registry
            .eraser(&self.system, &self.server.credential())
            .unwrap()
    }

    pub fn probe(&self) -> Arc<dyn Probe> {
        self.registry
            .probe(&self.system, &self.server.credential())
            .unwrap()
    }

    pub fn target(&self, selection: Selection) -> Target {
        let dataset = &self.system.datasets[0];
        let name = DatasetRef {
            system: self.system.name.clone(),
            dataset: dataset.name.clone(),
        };
        Target {
            dataset: name,
            locator: dataset.locator.clone(),
            selection,
        }
    }

    pub fn tenant(&self, key: &str) -> Target {
        self.target(Selection {
            tenant: criterion("tenant_key", key),
            subject: vec![],
            except: vec![],
        })
    }

    /// Puts one object and tells its version.
    pub async fn put(&self, key: &str) -> String {
        let call = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .body(ByteStream::from_static(b"x"));
        call.send()
            .await
            .unwrap()
            .version_id()
            .unwrap_or("null")
            .to_owned()
    }

    pub async fn put_many(&self, keys: impl IntoIterator<Item = String>) {
        stream::iter(keys)
            .for_each_concurrent(16, |key| async move { drop(self.put(&key).await) })
            .await;
    }

    /// Deletes without a version: where versions are kept, this adds a delete marker.
    pub async fn hide(&self, key: &str) {
        self.client
            .delete_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
            .unwrap();
    }

    /// Begins an upload and leaves it unfinished.
    pub async fn begin_upload(&self, key: &str) {
        let call = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
            .unwrap();
        let part = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(call.upload_id().unwrap());
        part.part_number(1)
            .body(ByteStream::from_static(b"part"))
            .send()
            .await
            .unwrap();
    }

    pub async fn count(&self, target: &Target, side: Side) -> u64 {
        let question = Question {
            ids: vec![],
            controls: vec![],
            count: vec![side],
        };
        self.probe().look(target, &question).await.unwrap().counts[0].unwrap()
    }

    pub async fn ids(&self, target: &Target, side: Side) -> Vec<RecordId> {
        let (probe, mut ids, mut after) = (self.probe(), vec![], None);
        loop {
            let page = probe.scan(target, side, after.as_deref(), 300).await.unwrap();
            ids.extend(page.ids);
            after = page.next;
            if after.is_none() {
                return ids;
            }
        }
    }

    pub async fn look(
        &self,
        target: &Target,
        ids: &[RecordId],
        controls: &[RecordId],
    ) -> Result<Sighting, ProbeError> {
        let question = Question {
            ids: ids.to_vec(),
            controls: controls.to_vec(),
            count: vec![Side::Selected],
        };
        self.probe().look(target, &question).await
    }

    /// Erases in chunks until the eraser says that nothing is left; tells what each reported.
    pub async fn erase(&self, target: &Target, limit: u32) -> Result<Vec<Erased>, EraseError> {
        let (eraser, mut after, mut reports) = (self.eraser(), None, vec![]);
        loop {
            let report = eraser.erase(target, &chunk(after, limit)).await?;
            after = report.next.clone();
            reports.push(report);
            if after.is_none() {
                return Ok(reports);
            }
            assert!(reports.len() < 5000, "erasing does not come to an end");
        }
    }
}

pub fn chunk(after: Option<Cursor>, limit: u32) -> Chunk {
    Chunk {
        after,
        limit,
        deadline: Wall.now().after(Duration::from_secs(60)),
    }
}

pub fn criterion(field: &str, value: &str) -> Criterion {
    Criterion {
        field: field.to_owned(),
        any_of: vec![value.to_owned()],
        normalise: Normalisation::Exact,
    }
}

pub fn total(reports: &[Erased]) -> u64 {
    reports.iter().map(|report| report.reported).sum()
}

pub fn system(url: &str, bucket: &str, template: &str) -> System {
    let matched = |field: &str| Match {
        identifier: field.to_owned(),
        field: field.to_owned(),
        normalise: Normalisation::Exact,
        lookup: None,
    };
    let subject = if template.contains("{user_id}") {
        vec![matched("user_id")]
    } else {
        vec![]
    };
    let locator = Locator {
        container: template.to_owned(),
        id: None,
        tenant: matched("tenant_key"),
        subject,
        created: None,
    };
    let categories = BTreeSet::from(["files".to_owned()]);
    System {
        name: Slug::parse("files").unwrap(),
        title: "Files".to_owned(),
        kind: "s3".to_owned(),
        owner: "platform".to_owned(),
        location: "IE".to_owned(),
        processor: None,
        handling: Handling::Erase,
        settle_seconds: 0,
        limits: Limits::default(),
        config: BTreeMap::from([
            ("endpoint".to_owned(), json!(url)),
            ("bucket".to_owned(), json!(bucket)),
        ]),
        datasets: vec![Dataset {
            name: Slug::parse("uploads").unwrap(),
            locator,
            categories,
            canary: None,
        }],
        erase_credential: None,
        probe_credential: None,
        shared_credential: false,
    }
}
