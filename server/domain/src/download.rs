//! Links by which a certificate's pages are fetched once, without signing in. They are mailed.

use crate::digest::Digest;
use crate::id::{CertificateId, MailId};
use crate::time::Timestamp;

/// A link in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadLink {
    /// SHA-256 of the token, which has 256 random bits.
    pub digest: Digest,
    /// What it gives.
    pub certificate: CertificateId,
    /// The mail that carries it.
    pub mail: MailId,
    /// When it stops working.
    pub expires_at: Timestamp,
}
