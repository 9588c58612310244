//! What a probe's credential sees of a dataset's place in a bucket.

use aws_sdk_s3::types::{BucketVersioningStatus, ObjectLockEnabled};
use domain::port::probe::{ProbeError, Survey};

use super::super::place::Template;
use super::listing::{Bucket, read};

/// How many siblings are named.
const NAMED: usize = 20;

/// Surveys the fixed beginning of a template, in a listing of what it lies in.
pub(super) async fn survey(bucket: &Bucket, template: &Template) -> Result<Survey, ProbeError> {
    let head = template.head();
    let folder = head.rfind('/').map_or("", |end| &head[..=end]);
    let parent = folder[..folder.len().saturating_sub(1)]
        .rfind('/')
        .map_or("", |end| &folder[..=end]);
    let mut names = bucket.folders(parent).await?;
    let container_found = folder.is_empty() || names.iter().any(|name| name == folder);
    names.retain(|name| name != folder);
    let mut notes = bucket.notes().await;
    if folder.is_empty() {
        names.clear();
        notes.push("tenants lie at the top of the bucket, so it has no siblings to name".to_owned());
    }
    names.truncate(NAMED);
    Ok(Survey {
        container_found,
        siblings: names,
        fields: template.fields().map(str::to_owned).collect(),
        notes,
    })
}

impl Bucket {
    /// The folders directly under a prefix, of objects in any version; of the first thousand entries.
    async fn folders(&self, parent: &str) -> Result<Vec<String>, ProbeError> {
        let call = self
            .client
            .list_object_versions()
            .bucket(&self.name)
            .prefix(parent)
            .delimiter("/");
        let page = call.send().await.map_err(|error| read(&error))?;
        Ok(page
            .common_prefixes()
            .iter()
            .filter_map(|prefix| prefix.prefix().map(str::to_owned))
            .collect())
    }

    /// What the bucket's settings mean for erasure, as far as they may be read.
    async fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let versioning = self
            .client
            .get_bucket_versioning()
            .bucket(&self.name)
            .send()
            .await;
        notes.push(match versioning.map(|answer| answer.status) {
            Ok(Some(BucketVersioningStatus::Enabled)) => {
                "versioning is on: old versions are erased as well".to_owned()
            }
            Ok(Some(_)) => {
                "versioning is suspended: old versions may remain and are erased as well".to_owned()
            }
            Ok(None) => "versioning is off".to_owned(),
            Err(_) => "versioning cannot be read with this credential".to_owned(),
        });
        let lock = self
            .client
            .get_object_lock_configuration()
            .bucket(&self.name)
            .send()
            .await;
        let lock = lock.ok().and_then(|answer| answer.object_lock_configuration);
        if lock.is_some_and(|lock| lock.object_lock_enabled == Some(ObjectLockEnabled::Enabled)) {
            notes
                .push("Object Lock is on: records under retention or legal hold cannot be erased".to_owned());
        }
        let replication = self
            .client
            .get_bucket_replication()
            .bucket(&self.name)
            .send()
            .await;
        if replication.is_ok_and(|answer| {
            answer
                .replication_configuration
                .is_some_and(|replicas| !replicas.rules().is_empty())
        }) {
            notes.push("the bucket is replicated: each copy has to be a system of the inventory".to_owned());
        }
        let lifecycle = self
            .client
            .get_bucket_lifecycle_configuration()
            .bucket(&self.name)
            .send()
            .await;
        if lifecycle.is_ok_and(|answer| !answer.rules().is_empty()) {
            notes.push("lifecycle rules are in force: records can vanish or move by themselves".to_owned());
        }
        notes
    }
}
