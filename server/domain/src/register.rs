//! The register of certificates: the record that carries a statement from draft to issue.

use serde::{Deserialize, Serialize};

use crate::certificate::StandingState;
use crate::digest::Digest;
use crate::id::{CertificateId, EntryId, PersonId, PlanId, RequestId};
use crate::revocation::{Revocation, RevocationReason};
use crate::time::Timestamp;

/// Which kind of certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateKind {
    /// Everything that was wanted is erased.
    Complete,
    /// Parts are withheld, expire, or rest on an exemption.
    Partial,
    /// Takes the place of a revoked one.
    Corrected,
    /// Adds to a base certificate.
    Addendum,
    /// A synthetic run: proves the path, certifies nothing.
    Drill,
}

impl CertificateKind {
    /// The word stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Corrected => "corrected",
            Self::Addendum => "addendum",
            Self::Drill => "drill",
        }
    }

    /// At most one of these is in force per request.
    pub const fn is_base(self) -> bool {
        !matches!(self, Self::Addendum)
    }
}

/// Where a certificate is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CertificateState {
    /// The claims are frozen; nothing is signed.
    Draft,
    /// Statement signed and logged; the bytes never change from here.
    Signed,
    /// PDF and signatures are stored.
    Rendered,
    /// Public, and mailed.
    Issued,
    /// Another took its place.
    Superseded {
        /// Which.
        by: CertificateId,
    },
    /// A later check found residue; somebody must look.
    Suspended,
    /// Ended. Nothing follows.
    Revoked {
        /// Why.
        reason: RevocationReason,
    },
}

impl CertificateState {
    /// It is in force, or would be but for a suspension: it can still be revoked.
    pub const fn stands(&self) -> bool {
        matches!(self, Self::Issued | Self::Suspended)
    }

    /// It was decided, and is not issued yet.
    pub const fn in_the_making(&self) -> bool {
        matches!(self, Self::Draft | Self::Signed | Self::Rendered)
    }

    /// The word stored and shown.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Signed => "signed",
            Self::Rendered => "rendered",
            Self::Issued => "issued",
            Self::Superseded { .. } => "superseded",
            Self::Suspended => "suspended",
            Self::Revoked { .. } => "revoked",
        }
    }
}

/// What an addendum adds to its base certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addition {
    /// The base certificate.
    pub to: CertificateId,
    /// The later checks of the base that it rests on, by their numbers.
    pub checks: Vec<i64>,
}

/// A certificate in our register. Statement and document are kept beside it, append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateRecord {
    /// Its id.
    pub id: CertificateId,
    /// The short code printed on it.
    pub code: String,
    /// Of which request.
    pub request: RequestId,
    /// On which plan it rests.
    pub plan: PlanId,
    /// Which kind.
    pub kind: CertificateKind,
    /// The officer.
    pub certified_by: PersonId,
    /// When the officer certified.
    pub certified_at: Timestamp,
    /// Digest of the evidence that the officer saw.
    pub evidence: Digest,
    /// Where it is.
    pub state: CertificateState,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    /// When it came to be issued, superseded, suspended or revoked: the latest of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_since: Option<Timestamp>,
    /// SHA-256 of its statement, once that is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Digest>,
    /// The revoked one in whose place it stands (a corrected certificate).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<CertificateId>,
    /// What it adds, and to which one (an addendum).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adds: Option<Addition>,
    /// Its revocation, asked for or done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<Revocation>,
    /// No key of a kind may sign: it waits until one is put in place, and then goes on by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for_key: Option<KeyWait>,
    /// Failures of generation so far: after three a person finishes it by hand (C5).
    pub failures: u32,
    /// Grows with each change.
    pub version: i64,
}

/// Which key a certificate waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyWait {
    /// `document`, `log` or `seal`.
    pub kind: String,
    /// Since when.
    pub since: Timestamp,
}

/// The signed statement of a certificate: exact bytes, never made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Of which certificate.
    pub certificate: CertificateId,
    /// Canonical bytes of the claims.
    pub bytes: Vec<u8>,
    /// Compact JWS over them.
    pub jws: String,
    /// The log entry that carries their digest.
    pub entry: EntryId,
}

/// The rendered document of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Of which certificate.
    pub certificate: CertificateId,
    /// The bytes of the PDF.
    pub pdf: Vec<u8>,
    /// Raw Ed25519 over them.
    pub signature: Vec<u8>,
    /// SSHSIG over them.
    pub sshsig: String,
    /// SHA-256 of them.
    pub digest: Digest,
    /// The tlog-proof that is attached.
    pub log_proof: String,
}

/// A signed statement of what became of a certificate: exact bytes, never made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRecord {
    /// Of which certificate.
    pub certificate: CertificateId,
    /// The state that it states.
    pub state: StandingState,
    /// Canonical bytes ([`crate::certificate::Standing`]).
    pub bytes: Vec<u8>,
    /// Compact JWS over them.
    pub jws: String,
    /// The log entry that carries their digest.
    pub entry: EntryId,
}

/// A signed status list ([`crate::certificate::StatusList`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedList {
    /// One more than that of the list before it.
    pub number: i64,
    /// Compact JWS.
    pub jws: String,
    /// When it was made.
    pub issued_at: Timestamp,
    /// From when on nobody should rely on it.
    pub expires_at: Timestamp,
}
