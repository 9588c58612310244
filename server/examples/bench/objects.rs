//! Ten thousand objects of a bucket, next to listing and `DeleteObjects` page by page.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use aws_credential_types::Credentials as Key;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use aws_smithy_http_client::Builder;
use domain::inventory::DatasetRef;
use domain::selection::RecordId;
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::json;

use crate::figure::Figure;
use crate::inventory::{Credentials, apply, dataset};
use crate::run::{Eyes, Run, erase_tenant};
use crate::world::World;

const OBJECTS: u64 = 10_000;
const CHUNK: u32 = 10_000;
const BUCKET: &str = "lethe-bench";
/// Writes at the same time.
const WRITES: usize = 8;

struct Bucket(Client);

/// Takes the figures on Ceph RGW: what takes long on the emulator, which sorts all it has for each listing, is its own.
pub async fn take(rounds: u32) -> Result<Vec<Figure>> {
    let endpoint = crate::server("LETHE_TEST_CEPH")?;
    let (access, secret) = (
        crate::server("LETHE_TEST_CEPH_KEY")?,
        crate::server("LETHE_TEST_CEPH_SECRET")?,
    );
    let bucket = Bucket(client(&endpoint, &access, &secret));
    bucket
        .0
        .create_bucket()
        .bucket(BUCKET)
        .send()
        .await
        .context("the bucket cannot be made")?;
    bucket.put("photos/synthetic/0").await?;
    let world = World::make(None).await?;
    let credential = json!({ "access_key": access, "secret_key": secret }).to_string();
    let credentials = Credentials {
        erase: credential.clone(),
        probe: credential,
    };
    let canary = json!(["photos/synthetic/0", "null"]).to_string();
    let photos = dataset("photos", "photos/{tenant}/", None, &canary);
    let config = json!({ "bucket": BUCKET, "endpoint": endpoint });
    apply(&world, "s3", CHUNK, config, vec![photos], &credentials).await?;
    let (mut runs, mut plain): (Vec<Run>, Vec<Duration>) = (Vec::new(), Vec::new());
    for round in 0..rounds.min(3) {
        let tenant = format!("tenant{round}");
        bucket.fill(&tenant).await?;
        plain.push(bucket.delete(&tenant).await?);
        bucket.fill(&tenant).await?;
        let customer = world.customer(&tenant).await?;
        let run = erase_tenant(&world, &customer, &bucket).await?;
        ensure!(run.reported == OBJECTS, "{} objects were reported", run.reported);
        runs.push(run);
    }
    bucket.delete("synthetic").await?;
    bucket
        .0
        .delete_bucket()
        .bucket(BUCKET)
        .send()
        .await
        .context("the bucket cannot be removed")?;
    world.close().await;
    let erasing: Vec<_> = runs.iter().map(|run| run.erasing).collect();
    let whole: Vec<_> = runs.iter().map(|run| run.whole).collect();
    Ok(vec![
        Figure::seconds("erase 10,000 S3 objects (Ceph RGW)", &erasing)
            .peer("DeleteObjects by pages", &plain),
        Figure::seconds("  the whole request, opened to issued", &whole),
    ])
}

fn client(endpoint: &str, access: &str, secret: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .credentials_provider(Key::new(access, secret, None, None, "bench"));
    Client::from_conf(config.build())
}

impl Bucket {
    async fn put(&self, key: &str) -> Result<()> {
        let put = self
            .0
            .put_object()
            .bucket(BUCKET)
            .key(key)
            .body(b"a photo".to_vec().into());
        put.send().await.map(drop).context("an object cannot be written")
    }

    async fn fill(&self, tenant: &str) -> Result<()> {
        let keys = (0..OBJECTS).map(|n| format!("photos/{tenant}/{n:05}"));
        let writes = futures::stream::iter(keys).map(|key| async move { self.put(&key).await });
        writes.buffer_unordered(WRITES).try_collect().await
    }

    /// What a careful person would type.
    async fn delete(&self, tenant: &str) -> Result<Duration> {
        let begun = Instant::now();
        loop {
            let list = self
                .0
                .list_objects_v2()
                .bucket(BUCKET)
                .prefix(format!("photos/{tenant}/"));
            let page = list.send().await.context("the bucket cannot be listed")?;
            let keys = page.contents().iter().filter_map(|object| object.key());
            let keys = keys.map(|key| ObjectIdentifier::builder().key(key).build());
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            if keys.is_empty() {
                return Ok(begun.elapsed());
            }
            let delete = Delete::builder().set_objects(Some(keys)).quiet(true).build()?;
            let delete = self.0.delete_objects().bucket(BUCKET).delete(delete).send();
            delete.await.context("objects cannot be deleted")?;
        }
    }
}

impl Eyes for Bucket {
    async fn see(&self, _dataset: &DatasetRef, ids: &[RecordId]) -> Result<Vec<bool>> {
        let mut seen = Vec::new();
        for id in ids {
            let (key, _version): (String, String) = serde_json::from_str(&id.0)?;
            let list = self.0.list_objects_v2().bucket(BUCKET).prefix(&key);
            let page = list.send().await.context("the bucket cannot be listed")?;
            seen.push(
                page.contents()
                    .iter()
                    .any(|object| object.key() == Some(key.as_str())),
            );
        }
        Ok(seen)
    }
}
