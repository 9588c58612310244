//! The second place of certificates: a bucket with Object Lock, in which nobody can delete them before their day (S3 and what
//! speaks its protocol).

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{ChecksumAlgorithm, ObjectLockMode};
use domain::port::archive::{Archive, ArchiveError};
use domain::port::connector::ConnectorError;
use domain::secret::Secret;
use domain::time::Timestamp;
use vault::SourceError;

use crate::config::CopyTo;

/// How often a call is tried at once; jobs try again later.
const ATTEMPTS: u32 = 2;

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveSetupError {
    /// What opens the bucket.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It is not one.
    #[error(transparent)]
    Credential(#[from] ConnectorError),
}

/// A bucket.
pub struct BucketArchive {
    client: Client,
    bucket: String,
}

impl BucketArchive {
    /// Connects to nothing yet.
    pub fn new(copy: &CopyTo) -> Result<Self, ArchiveSetupError> {
        let credential = copy.credential.read("certificates.copy.credential")?;
        let client = copy.bucket.client(&Secret::new(credential.as_str()), ATTEMPTS)?;
        Ok(Self {
            client,
            bucket: copy.bucket.bucket.clone(),
        })
    }
}

#[async_trait]
impl Archive for BucketArchive {
    fn place(&self) -> &str {
        &self.bucket
    }

    async fn keep(&self, key: &str, bytes: &[u8], until: Timestamp) -> Result<String, ArchiveError> {
        let until = DateTime::from_secs(until.as_microsecond().div_euclid(1_000_000));
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            // Governance could be lifted by whoever may bypass it.
            .object_lock_mode(ObjectLockMode::Compliance)
            .object_lock_retain_until_date(until)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .body(ByteStream::from(bytes.to_vec()));
        let answer = put.send().await.map_err(failed)?;
        let unversioned = || ArchiveError::Refused("it keeps no versions: make it with Object Lock".into());
        answer.version_id.ok_or_else(unversioned)
    }

    async fn read(&self, key: &str, version: &str) -> Result<Vec<u8>, ArchiveError> {
        let get = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .version_id(version);
        let answer = get.send().await.map_err(failed)?;
        let locked = answer.object_lock_retain_until_date.is_some();
        if !locked {
            return Err(ArchiveError::Refused(
                "it does not lock what it keeps, or its credential may not see that (s3:GetObjectRetention)"
                    .into(),
            ));
        }
        let body = answer.body.collect().await;
        let body = body.map_err(|error| ArchiveError::Unavailable(error.to_string()))?;
        Ok(body.to_vec())
    }
}

/// Its answer in a few words: the code, where there is one.
fn failed<E: ProvideErrorMetadata + std::error::Error + 'static>(error: SdkError<E>) -> ArchiveError {
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    match (error.code(), status) {
        (Some(code), Some(status)) if status < 500 => ArchiveError::Refused(code.to_owned()),
        (Some(code), _) => ArchiveError::Unavailable(code.to_owned()),
        (None, Some(status)) => ArchiveError::Unavailable(format!("HTTP {status}")),
        (None, None) => ArchiveError::Unavailable(DisplayErrorContext(&error).to_string()),
    }
}
