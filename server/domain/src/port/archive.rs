//! A place beside the database that keeps what it is given.

use async_trait::async_trait;

use crate::time::Timestamp;

/// The place failed, or refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It does not answer: try again.
    #[error("the bucket does not answer: {0}")]
    Unavailable(String),
    /// It answers, and does not do it.
    #[error("the bucket refused: {0}")]
    Refused(String),
}

/// Keeps objects until a day.
#[async_trait]
pub trait Archive: Send + Sync {
    /// What to call it.
    fn place(&self) -> &str;

    /// Writes an object that nobody can delete before `until`; its version. The same key twice is two versions.
    async fn keep(&self, key: &str, bytes: &[u8], until: Timestamp) -> Result<String, ArchiveError>;

    /// Reads a version of an object.
    async fn read(&self, key: &str, version: &str) -> Result<Vec<u8>, ArchiveError>;
}
