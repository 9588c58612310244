//! The second place of certificates: a bucket that keeps what it is given until a day (Object Lock), and what is known of
//! both places (C6, C7).

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::{CertificateId, JobId};
use crate::time::Timestamp;

/// A certificate in the second place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCopy {
    /// Which certificate.
    pub certificate: CertificateId,
    /// The bucket.
    pub place: String,
    /// What lies there.
    pub objects: Vec<CopiedObject>,
    /// Nobody can delete it there before.
    pub kept_until: Timestamp,
    /// When it was written and read back.
    pub copied_at: Timestamp,
}

/// One object of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedObject {
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of what was read back.
    pub digest: Digest,
}

/// What the last look at a place of certificates showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageLook {
    /// The place: `database`, or the bucket.
    pub place: String,
    /// Why a test object did not come back as it was written; absent: it did.
    pub failed: Option<String>,
}

/// The last look at all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageHealth {
    /// When.
    pub looked_at: Timestamp,
    /// By which job: one that is run again has looked already. Absent in looks of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<JobId>,
    /// What was seen.
    pub looks: Vec<StorageLook>,
}

impl StorageHealth {
    /// What does not work.
    pub fn failing(&self) -> impl Iterator<Item = &StorageLook> {
        self.looks.iter().filter(|look| look.failed.is_some())
    }
}
