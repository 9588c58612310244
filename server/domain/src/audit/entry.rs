//! An entry of the log: who did what to which object, when. Holds no personal data: actors and objects are
//! random ids, details are a salted digest whose salt lives in our database and can be destroyed.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::digest::Digest;
use crate::id::EntryId;
use crate::time::Timestamp;

/// The longest entry a tile can hold (C2SP tlog-tiles), in bytes.
pub const LONGEST_ENTRY: usize = 65_535;

/// What is logged, as canonical JSON (RFC 8785); its bytes are the leaf of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryClaims {
    /// `<noun>.<past participle>`, for example `hold.placed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When.
    pub time: Timestamp,
    /// `person:<uuid>` or `system:<component>`.
    pub actor: String,
    /// `<noun>:<id>`, for example `request:0193...`.
    pub object: String,
    /// SHA-256 of salt and details. For certificates: of the statement's bytes, without a salt.
    pub digest: Digest,
}

/// An entry as it is stored: the claims, and what must not leave our database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its own id, a handle in our database only.
    pub id: EntryId,
    /// What is logged.
    pub claims: EntryClaims,
    /// Canonical bytes of the claims: hashed, served, never made again.
    pub bytes: Vec<u8>,
    /// What the digest was made over, when there is a salt. Ids and counts only, never identifiers of people.
    pub details: Option<Details>,
}

/// The opening of a salted digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// 16 random bytes, hex.
    pub salt: String,
    /// Canonical JSON of the details.
    pub text: String,
}

/// What a use case says happened; the engine adds actor, time, id and salt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `<noun>.<past participle>`.
    pub kind: &'static str,
    /// `<noun>:<id>`.
    pub object: String,
    /// Ids, counts, digests, reasons that counsel wrote: what an auditor wants to see.
    pub details: serde_json::Value,
    /// Instead of a salted digest of the details: the digest of a published statement.
    pub statement: Option<Digest>,
}

impl Event {
    /// An event with details.
    pub fn new(kind: &'static str, object: impl std::fmt::Display, details: serde_json::Value) -> Self {
        Self {
            kind,
            object: object.to_string(),
            details,
            statement: None,
        }
    }

    /// An event whose digest is that of a published statement.
    pub fn of_statement(kind: &'static str, object: impl std::fmt::Display, statement: Digest) -> Self {
        Self {
            kind,
            object: object.to_string(),
            details: serde_json::Value::Null,
            statement: Some(statement),
        }
    }

    /// The entry of this event.
    pub fn entry(self, id: EntryId, actor: &Actor, time: Timestamp, salt: [u8; 16]) -> Entry {
        let (digest, details) = match self.statement {
            Some(digest) => (digest, None),
            None => {
                let text = crate::canonical::to_string(&self.details);
                let digest = Digest::of_parts(&[&salt, text.as_bytes()]);
                (
                    digest,
                    Some(Details {
                        salt: hex::encode(salt),
                        text,
                    }),
                )
            }
        };
        let claims = EntryClaims {
            kind: self.kind.into(),
            time,
            actor: actor.reference(),
            object: self.object,
            digest,
        };
        let bytes = crate::canonical::to_string(&claims).into_bytes();
        Entry {
            id,
            claims,
            bytes,
            details,
        }
    }
}
