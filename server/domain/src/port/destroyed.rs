//! A record of destroyed keys that lies outside of our database: a restored backup of the database would bring them back.

use crate::id::RequestId;
use crate::time::Timestamp;

/// Keeps which keys of requests were destroyed.
pub trait Destroyed: Send + Sync {
    /// Writes down, before the key goes, that it goes. Doing so twice is harmless.
    fn record(&self, request: RequestId, at: Timestamp) -> Result<(), DestroyedError>;
}

/// The record cannot be kept; nothing is destroyed then.
#[derive(Debug, thiserror::Error)]
#[error("the record of destroyed keys cannot be written")]
pub struct DestroyedError(#[from] std::io::Error);
