//! Erasing in someone else's system. Nothing here can look; see [`crate::port::probe`] for that.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::inventory::System;
use crate::port::connector::ConnectorError;
use crate::secret::Secret;
use crate::selection::Target;
use crate::time::Timestamp;

/// Where the next chunk begins; opaque to all but the eraser that wrote it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cursor(..)")
    }
}

/// One authorised piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Where to begin; absent: at the beginning.
    pub after: Option<Cursor>,
    /// At most so many records, by what the system knows of itself.
    pub limit: u32,
    /// No call that deletes may *start* after this moment, and what is under way is cut off in the system itself
    /// where it can be (statement timeout).
    pub deadline: Timestamp,
}

/// What the eraser reports. It is "reported", never "deleted": only a probe can say that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// How many records the system said it deleted.
    pub reported: u64,
    /// Where to go on; absent: nothing is left by the eraser's own account.
    pub next: Option<Cursor>,
    /// In plain words, what was done (`DELETE by primary key`, `DeleteObjects, all versions`); no identifiers.
    pub method: String,
}

/// Erasing failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EraseError {
    /// Passing: try again with backoff.
    #[error("{0}")]
    Transient(String),
    /// The system refuses and will again (Object Lock, missing right, wrong table): a person must act.
    #[error("{0}")]
    Refused(String),
    /// The deadline passed before the call that deletes could start; nothing was deleted by it.
    #[error("the authorisation ran out before the deletion could start")]
    TooLate,
}

/// Erases records. Idempotent: the same chunk twice does no more than once. Touches nothing outside the selection.
#[async_trait]
pub trait Erase: Send + Sync {
    /// Erases one chunk.
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError>;
}

/// Makes erasers.
pub trait Erasers: Send + Sync {
    /// The eraser of a system, with its opened erase credential. Connects to nothing yet.
    fn eraser(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Erase>, ConnectorError>;
}
