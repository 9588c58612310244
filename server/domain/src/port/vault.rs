//! Sealing what must not lie open at rest: credentials, identifiers, samples.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// What a key is for. Each purpose has a key of its own, and a process is given only those it needs:
/// a verifier is never given the key of erase credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Credentials that can delete.
    EraseCredential,
    /// Credentials that can only look.
    ProbeCredential,
    /// Identifiers and samples of requests, holds and tenants; secrets of authenticators, links in mails, form drafts.
    Record,
}

impl Purpose {
    /// Every purpose, in the order of their names in settings.
    pub const ALL: [Self; 3] = [Self::EraseCredential, Self::ProbeCredential, Self::Record];

    /// The word used in settings, in messages and as associated data of the sealing.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EraseCredential => "erase_credential",
            Self::ProbeCredential => "probe_credential",
            Self::Record => "record",
        }
    }
}

/// Sealed bytes with the name of the key that sealed them. Printing shows neither.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Which key of the purpose sealed it: the first 16 hex characters of SHA-256 of a label and the key.
    pub key: String,
    /// Nonce and ciphertext, base64 (RFC 4648, padded).
    pub box_: String,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(..)")
    }
}

/// Sealing or opening failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// This process was not given the key.
    #[error("this process holds no {} key: nothing sealed for that purpose can be opened here", .0.word())]
    NoKey(Purpose),
    /// Sealed by a key that is neither the present one nor a retired one.
    #[error("sealed by the {} key {key}, which is not among the keys of this process", .purpose.word())]
    UnknownKey {
        /// The purpose asked for.
        purpose: Purpose,
        /// The name of the key that sealed it.
        key: String,
    },
    /// Altered, cut, or sealed for another context.
    #[error("the sealed {} cannot be opened: it was altered or belongs elsewhere", .0.word())]
    Broken(Purpose),
    /// The wrapped key was destroyed.
    #[error("the key of this request was destroyed")]
    Destroyed,
}

/// Keys at work. `context` binds a sealed box to where it belongs (for example `system:crm:probe`):
/// opening it with another context fails.
pub trait Vault: Send + Sync {
    /// Seals under the present key of a purpose.
    fn seal(&self, purpose: Purpose, context: &str, plain: &[u8]) -> Result<Sealed, VaultError>;

    /// Opens what [`Vault::seal`] sealed for the same purpose and context.
    fn open(&self, purpose: Purpose, context: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError>;

    /// Makes a fresh data key for one request, wrapped under [`Purpose::Record`]. Destroying the
    /// wrapped key destroys everything sealed under it.
    fn new_key(&self, context: &str) -> Result<Sealed, VaultError>;

    /// Seals under a wrapped data key.
    fn seal_under(&self, key: &Sealed, context: &str, plain: &[u8]) -> Result<Sealed, VaultError>;

    /// Opens what [`Vault::seal_under`] sealed.
    fn open_under(&self, key: &Sealed, context: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError>;

    /// HMAC-SHA-256 under a key derived from the [`Purpose::Record`] key that never rotates with it
    /// (kept wrapped in our database): matches identifiers without keeping them. Labels separate uses.
    fn digest(&self, label: &str, value: &[u8]) -> Result<Digest, VaultError>;

    /// HMAC-SHA-256 under a request's data key: commitments that die with that key.
    fn digest_under(&self, key: &Sealed, label: &str, value: &[u8]) -> Result<Digest, VaultError>;
}
