//! Answers to calls that a caller may repeat. They are no change of state: what they answer was logged when it was
//! done, so they need no entry.

use async_trait::async_trait;

use super::store::StoreError;
use super::vault::Sealed;
use crate::digest::Digest;
use crate::time::Timestamp;

/// A call that may be repeated, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReply {
    /// Digest of the caller and the key that the caller chose.
    pub key: Digest,
    /// Digest of what was asked: the same key with another question is refused.
    pub fingerprint: Digest,
    /// When the call came.
    pub created_at: Timestamp,
    /// The answer; absent: the call is at work, or its process died.
    pub answer: Option<Sealed>,
}

/// Answers.
#[async_trait]
pub trait Replies: Send {
    /// By key.
    async fn find(&mut self, key: Digest) -> Result<Option<StoredReply>, StoreError>;
    /// Takes note that a call is at work; [`StoreError::Exists`] when the key is known.
    async fn begin(&mut self, reply: &StoredReply) -> Result<(), StoreError>;
    /// Keeps the answer; [`StoreError::Conflict`] when there is no such call, or it has one.
    async fn answer(&mut self, key: Digest, answer: &Sealed) -> Result<(), StoreError>;
    /// Forgets a call that has no answer.
    async fn forget(&mut self, key: Digest) -> Result<(), StoreError>;
    /// Forgets what came before a moment, and tells how many that were.
    async fn expire(&mut self, before: Timestamp) -> Result<u64, StoreError>;
}
