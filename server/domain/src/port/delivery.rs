//! Repositories of what is given away and kept elsewhere: download links, copies of certificates, test objects.

use async_trait::async_trait;

use super::store::StoreError;
use crate::archive::DocumentCopy;
use crate::digest::Digest;
use crate::download::DownloadLink;
use crate::id::CertificateId;
use crate::time::Timestamp;

/// Links by which a certificate's pages are fetched once.
#[async_trait]
pub trait Downloads: Send {
    /// Adds a link. It belongs to what its mail says, and needs an entry as that does.
    async fn insert(&mut self, link: &DownloadLink) -> Result<(), StoreError>;
    /// By digest.
    async fn find(&mut self, digest: Digest) -> Result<Option<DownloadLink>, StoreError>;
    /// Deletes a link that is used, once: false when it is gone or over.
    async fn take(&mut self, digest: Digest, now: Timestamp) -> Result<bool, StoreError>;
    /// Deletes those that are over; needs no entry.
    async fn sweep(&mut self, now: Timestamp) -> Result<u64, StoreError>;
}

/// Copies of certificates in a second place, and objects that are written only to be read.
#[async_trait]
pub trait Copies: Send {
    /// Adds the copy of a certificate; [`StoreError::Exists`] when it has one.
    async fn insert(&mut self, copy: &DocumentCopy) -> Result<(), StoreError>;
    /// The copy of a certificate.
    async fn find(&mut self, id: CertificateId) -> Result<Option<DocumentCopy>, StoreError>;
    /// Certificates that were issued and have none, oldest first, at most so many.
    async fn missing(&mut self, limit: u32) -> Result<Vec<CertificateId>, StoreError>;
    /// Writes a test object. None of these needs an entry.
    async fn put_trial(&mut self, digest: Digest, bytes: &[u8], at: Timestamp) -> Result<(), StoreError>;
    /// Reads it.
    async fn trial(&mut self, digest: Digest) -> Result<Option<Vec<u8>>, StoreError>;
    /// Deletes all test objects.
    async fn drop_trials(&mut self) -> Result<(), StoreError>;
}
