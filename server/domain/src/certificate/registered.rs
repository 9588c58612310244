//! What the issuer's register of documents says of the whole bytes of a file, asked by their SHA-256 alone.

use serde::{Deserialize, Serialize};

use super::standing::StandingState;
use crate::id::CertificateId;
use crate::time::Timestamp;

/// The answer of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// When it was asked.
    pub asked_at: Timestamp,
    /// The document of these bytes; `null` when there is none.
    pub document: Option<RegisteredDocument>,
}

/// A document that the register has. No tenant, system or ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredDocument {
    /// The certificate whose pages it is.
    pub certificate: CertificateId,
    /// Whether that certificate stands.
    pub state: StandingState,
    /// Since when.
    pub since: Timestamp,
}
