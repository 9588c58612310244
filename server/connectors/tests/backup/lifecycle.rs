//! Lifecycle rules of a bucket: Ceph's gateway keeps them as S3 does.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketVersioningStatus, ExpirationStatus, LifecycleExpiration,
    LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration, VersioningConfiguration,
};
use domain::port::probe::{BackupReport, ProbeError};
use domain::time::Timestamp;
use serde_json::json;

use crate::world::{in_days, now, report};

struct Bucket {
    client: Client,
    name: String,
    url: String,
    credential: String,
}

impl Bucket {
    /// A fresh bucket with two backups and a stranger.
    async fn with_backups() -> Self {
        let read = |name: &str| {
            std::env::var(name)
                .unwrap_or_else(|_| panic!("{name} is not set: no server of package radosgw was started"))
        };
        let (url, key, secret) = (
            read("LETHE_TEST_CEPH"),
            read("LETHE_TEST_CEPH_KEY"),
            read("LETHE_TEST_CEPH_SECRET"),
        );
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new(&key, &secret, None, None, "tests"))
            .endpoint_url(&url)
            .force_path_style(true)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let name = format!("backups-{}-{}", std::process::id(), now().as_microsecond());
        let credential = json!({"access_key": key, "secret_key": secret}).to_string();
        let bucket = Self {
            client: Client::from_conf(config),
            name,
            url,
            credential,
        };
        bucket
            .client
            .create_bucket()
            .bucket(&bucket.name)
            .send()
            .await
            .unwrap();
        for key in ["daily/1", "daily/2", "other/1"] {
            bucket.put(key).await;
        }
        bucket
    }

    async fn put(&self, key: &str) {
        let call = self
            .client
            .put_object()
            .bucket(&self.name)
            .key(key)
            .body(ByteStream::from_static(b"acme"));
        call.send().await.unwrap();
    }

    async fn keep_versions(&self) {
        let kept = VersioningConfiguration::builder()
            .status(BucketVersioningStatus::Enabled)
            .build();
        let call = self
            .client
            .put_bucket_versioning()
            .bucket(&self.name)
            .versioning_configuration(kept);
        call.send().await.unwrap();
    }

    async fn rule(&self, prefix: &str, days: i32, old: Option<i32>, status: ExpirationStatus) {
        let old = old.map(|days| {
            NoncurrentVersionExpiration::builder()
                .noncurrent_days(days)
                .build()
        });
        let rule = LifecycleRule::builder()
            .id("backups")
            .filter(LifecycleRuleFilter::builder().prefix(prefix).build())
            .expiration(LifecycleExpiration::builder().days(days).build())
            .set_noncurrent_version_expiration(old)
            .status(status)
            .build();
        let rules = BucketLifecycleConfiguration::builder()
            .rules(rule.unwrap())
            .build()
            .unwrap();
        let call = self
            .client
            .put_bucket_lifecycle_configuration()
            .bucket(&self.name);
        call.lifecycle_configuration(rules).send().await.unwrap();
    }

    async fn report(&self, at: Timestamp) -> Result<BackupReport, ProbeError> {
        let settings = json!({
            "source": "s3_lifecycle", "endpoint": self.url, "bucket": self.name, "prefix": "daily/"
        });
        report(&settings, &self.credential, at).await
    }
}

#[tokio::test]
async fn objects_end_by_the_rule_that_covers_them() {
    let bucket = Bucket::with_backups().await;
    bucket.rule("daily/", 35, None, ExpirationStatus::Enabled).await;

    let fresh = bucket.report(now()).await.unwrap();
    let stale = bucket.report(in_days(60)).await.unwrap();

    assert_eq!(
        (fresh.rule.as_deref(), fresh.notes),
        (Some("lifecycle: expire after 35 days"), vec![])
    );
    assert_eq!(fresh.sets.len(), 1);
    assert_eq!(
        fresh.sets[0].name,
        format!("{}: 2 objects", fresh.sets[0].taken_at.date())
    );
    assert_eq!(fresh.sets[0].expires_on, Some(in_days(35 + 1 + 2).date()));
    assert_eq!((stale.rule, stale.sets.len()), (None, 1));
}

#[tokio::test]
async fn a_rule_that_is_switched_off_or_covers_something_else_is_not_in_force() {
    let bucket = Bucket::with_backups().await;
    let none = bucket.report(now()).await.unwrap();
    bucket.rule("daily/", 35, None, ExpirationStatus::Disabled).await;
    let disabled = bucket.report(now()).await.unwrap();
    bucket.rule("daily/1", 35, None, ExpirationStatus::Enabled).await;
    let partial = bucket.report(now()).await.unwrap();

    for report in [&none, &disabled, &partial] {
        assert_eq!(
            (
                report.rule.as_deref(),
                report.sets.len(),
                report.sets[0].expires_on
            ),
            (None, 1, None)
        );
        assert_eq!(
            report.notes.last().unwrap(),
            "no enabled lifecycle rule by age covers the backups"
        );
    }
}

#[tokio::test]
async fn old_versions_need_a_rule_of_their_own() {
    let bucket = Bucket::with_backups().await;
    bucket.keep_versions().await;
    bucket.put("daily/1").await;
    bucket.rule("daily/", 30, None, ExpirationStatus::Enabled).await;
    let without = bucket.report(now()).await.unwrap();
    bucket
        .rule("daily/", 30, Some(5), ExpirationStatus::Enabled)
        .await;
    let with = bucket.report(now()).await.unwrap();

    assert_eq!(
        (without.rule, without.notes),
        (None, vec!["no lifecycle rule ends old versions".to_owned()])
    );
    assert_eq!(
        with.rule.as_deref(),
        Some("lifecycle: expire after 30 days, old versions after 5 more")
    );
    let ends: Vec<_> = with
        .sets
        .iter()
        .map(|set| (set.name.clone(), set.expires_on))
        .collect();
    let day = now().date();
    assert_eq!(
        ends,
        [
            (
                format!("{day}: 2 objects"),
                Some(in_days(30 + 1 + 5 + 1 + 2).date())
            ),
            (format!("{day}: 1 old versions"), Some(in_days(5 + 1 + 2).date())),
        ]
    );
}

#[tokio::test]
async fn a_missing_bucket_and_a_wrong_credential_are_blind() {
    let mut bucket = Bucket::with_backups().await;
    let credential = std::mem::replace(
        &mut bucket.credential,
        r#"{"access_key":"x","secret_key":"y"}"#.to_owned(),
    );
    let wrong = bucket.report(now()).await;
    bucket.credential = credential;
    bucket.name = "no-such-bucket-here".to_owned();
    let missing = bucket.report(now()).await;

    assert_eq!(
        wrong,
        Err(ProbeError::Blind("InvalidAccessKeyId (403)".to_owned()))
    );
    assert_eq!(
        missing,
        Err(ProbeError::Blind("the bucket is not there".to_owned()))
    );
}
