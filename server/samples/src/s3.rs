//! A bucket that keeps versions: objects, older versions, delete markers and an unfinished upload.

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use serde_json::{Value, json};

use crate::{About, Credential, SYNTHETIC, Sample, SampleError, TENANTS, Tenant, merged, two_credentials};

/// Where objects of a tenant lie.
const FOLDER: &str = "tenants";

/// How a service is reached.
#[derive(Debug, Clone)]
pub struct S3Keys {
    /// Its URL.
    pub endpoint: String,
    /// Who.
    pub access_key: String,
    /// The secret.
    pub secret_key: String,
}

/// A bucket of its own. Both halves of the connector use one key here, and the inventory says so.
pub struct S3Sample {
    about: About,
    client: Client,
    endpoint: String,
    bucket: String,
    dataset: &'static str,
    canary: String,
    credentials: Value,
    secrets: Vec<Credential>,
}

impl S3Sample {
    /// Makes and fills a bucket, its name made unique by `tag`. The smallest tenant gets `base` objects.
    pub async fn make(
        about: About,
        keys: &S3Keys,
        tag: &str,
        dataset: &'static str,
        base: u32,
    ) -> Result<Self, SampleError> {
        let credential = json!({ "access_key": keys.access_key, "secret_key": keys.secret_key }).to_string();
        let (credentials, secrets) = two_credentials(&about, &credential, &credential);
        let mut sample = Self {
            about,
            client: client(keys),
            endpoint: keys.endpoint.clone(),
            bucket: format!("lethe-demo-{tag}"),
            dataset,
            canary: String::new(),
            credentials,
            secrets,
        };
        match sample.fill(base).await {
            Ok(()) => Ok(sample),
            Err(error) => {
                sample.remove().await?;
                Err(error)
            }
        }
    }

    fn failed(&self, error: impl std::error::Error) -> SampleError {
        self.about.failed(DisplayErrorContext(error))
    }

    async fn fill(&mut self, base: u32) -> Result<(), SampleError> {
        let created = self.client.create_bucket().bucket(&self.bucket).send().await;
        created.map_err(|error| self.failed(error))?;
        let versions = VersioningConfiguration::builder()
            .status(BucketVersioningStatus::Enabled)
            .build();
        let enabled = self
            .client
            .put_bucket_versioning()
            .bucket(&self.bucket)
            .versioning_configuration(versions);
        enabled.send().await.map_err(|error| self.failed(error))?;
        for tenant in &TENANTS {
            for n in 1..=base * tenant.weight {
                self.put(tenant, n).await?;
            }
        }
        let upload = self.client.create_multipart_upload().bucket(&self.bucket);
        let upload = upload
            .key(format!("{FOLDER}/{}/video-unfinished.mp4", TENANTS[0].key))
            .send()
            .await;
        upload.map_err(|error| self.failed(error))?;
        Ok(())
    }

    /// Every third object gets a second version, every fifth a delete marker.
    async fn put(&mut self, tenant: &Tenant, n: u32) -> Result<(), SampleError> {
        let key = format!("{FOLDER}/{}/photo-{n:04}.jpg", tenant.key);
        for version in 0..=u32::from(n.is_multiple_of(3)) {
            let body = format!("a photo of {}, version {version}", tenant.person(n)).into_bytes();
            let put = self
                .client
                .put_object()
                .bucket(&self.bucket)
                .key(&key)
                .body(body.into())
                .send()
                .await;
            let put = put.map_err(|error| self.failed(error))?;
            if *tenant == SYNTHETIC && self.canary.is_empty() {
                self.canary = json!([key, put.version_id().unwrap_or("null")]).to_string();
            }
        }
        if n.is_multiple_of(5) {
            let delete = self
                .client
                .delete_object()
                .bucket(&self.bucket)
                .key(&key)
                .send()
                .await;
            delete.map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// Ids of everything under a prefix: versions, delete markers, unfinished uploads.
    async fn listed(&self, prefix: &str) -> Result<Vec<Value>, SampleError> {
        let mut found = Vec::new();
        let mut pages = self
            .client
            .list_object_versions()
            .bucket(&self.bucket)
            .prefix(prefix)
            .send()
            .await;
        loop {
            let page = pages.map_err(|error| self.failed(error))?;
            let versions = page.versions().iter().map(|one| (one.key(), one.version_id()));
            let markers = page
                .delete_markers()
                .iter()
                .map(|one| (one.key(), one.version_id()));
            found.extend(
                versions
                    .chain(markers)
                    .map(|(key, version)| json!([key, version])),
            );
            if page.is_truncated() != Some(true) {
                break;
            }
            let next = self
                .client
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(prefix);
            let next = next
                .set_key_marker(page.next_key_marker)
                .set_version_id_marker(page.next_version_id_marker);
            pages = next.send().await;
        }
        let uploads = self
            .client
            .list_multipart_uploads()
            .bucket(&self.bucket)
            .prefix(prefix)
            .send()
            .await;
        let uploads = uploads.map_err(|error| self.failed(error))?;
        found.extend(
            uploads
                .uploads()
                .iter()
                .map(|one| json!([one.key(), one.upload_id(), "upload"])),
        );
        Ok(found)
    }
}

fn client(keys: &S3Keys) -> Client {
    let http = match keys.endpoint.starts_with("https://") {
        true => Builder::new()
            .tls_provider(Provider::rustls(CryptoMode::Ring))
            .build_https(),
        false => Builder::new().build_http(),
    };
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(
            &keys.access_key,
            &keys.secret_key,
            None,
            None,
            "samples",
        ))
        .endpoint_url(&keys.endpoint)
        .force_path_style(true)
        .http_client(http);
    Client::from_conf(config.build())
}

#[async_trait]
impl Sample for S3Sample {
    fn about(&self) -> &About {
        &self.about
    }

    fn technology(&self) -> &'static str {
        "S3 bucket with versions"
    }

    fn datasets(&self) -> Vec<&'static str> {
        vec![self.dataset]
    }

    fn entry(&self) -> Value {
        let dataset = json!({
            "name": self.dataset,
            "categories": ["contact"],
            "canary": self.canary,
            "locator": {
                "container": format!("{FOLDER}/{{tenant}}/"),
                "tenant": { "identifier": "tenant_key", "field": "tenant" },
            },
        });
        let config = json!({ "endpoint": self.endpoint, "bucket": self.bucket });
        self.about.entry(
            "s3",
            merged(
                self.credentials.clone(),
                json!({ "config": config, "datasets": [dataset] }),
            ),
        )
    }

    fn credentials(&self) -> Vec<Credential> {
        self.secrets.clone()
    }

    async fn count(&self, _dataset: &str, tenant: &Tenant) -> Result<u64, SampleError> {
        Ok(self.listed(&format!("{FOLDER}/{}/", tenant.key)).await?.len() as u64)
    }

    async fn exists(&self, _dataset: &str, id: &str) -> Result<bool, SampleError> {
        let id: Value = serde_json::from_str(id).map_err(|error| self.about.failed(error))?;
        let key = id[0].as_str().unwrap_or_default();
        Ok(self.listed(key).await?.contains(&id))
    }

    async fn remove(&self) -> Result<(), SampleError> {
        for id in self.listed("").await? {
            let text = |at: usize| id[at].as_str().unwrap_or_default();
            if id[2].is_string() {
                let abort = self
                    .client
                    .abort_multipart_upload()
                    .bucket(&self.bucket)
                    .key(text(0))
                    .upload_id(text(1));
                abort.send().await.map_err(|error| self.failed(error))?;
            } else {
                let delete = self
                    .client
                    .delete_object()
                    .bucket(&self.bucket)
                    .key(text(0))
                    .version_id(text(1));
                delete.send().await.map_err(|error| self.failed(error))?;
            }
        }
        let deleted = self.client.delete_bucket().bucket(&self.bucket).send().await;
        deleted.map_err(|error| self.failed(error))?;
        Ok(())
    }
}
