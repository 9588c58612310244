//! The signing keys of an issuer on disk: `keys.json` says which there are and were, with their dates and public halves;
//! beside it lies one encrypted PEM file for each that may still sign.
//!
//! A key that retires stays in `keys.json` for good, so that what it signed can be checked; its private half is deleted.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::key::Compromise;
use domain::signature::VerifyingKey;
use domain::signature::jwk::{Jwk, thumbprint};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::file;
use crate::pdf_seal::{Authority, SealAlgorithm, SealRecord};

const NAME: &str = "keys.json";
const VERSION: u32 = 1;

/// What a signing key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Statements and documents.
    Document,
    /// Checkpoints of the log.
    Log,
}

/// One key, without its private half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRecord {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// What it is for.
    pub kind: Kind,
    /// The public half, hex in `keys.json`.
    #[serde(with = "public_hex")]
    pub public: VerifyingKey,
    /// It signs nothing before.
    pub not_before: Timestamp,
    /// It signs nothing at this moment or later.
    pub not_after: Timestamp,
    /// When another took its place; its private half is gone.
    pub retired_at: Option<Timestamp>,
    /// When it begins to sign, where it was published ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_from: Option<Timestamp>,
    /// Somebody else may have had its private half.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compromise: Option<Compromise>,
}

/// `keys.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ledger {
    version: u32,
    /// The name of the log and of its key.
    pub origin: String,
    /// Oldest first.
    pub keys: Vec<KeyRecord>,
    /// Roots of seals, oldest first. Versions that did not seal wrote none.
    #[serde(default)]
    pub authorities: Vec<Authority>,
}

/// The folder of keys cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Reading or writing failed.
    #[error("{}: cannot be {doing}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// `read` or `written`.
        doing: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Not what we wrote.
    #[error("{}: is not a list of signing keys as this version writes it", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, if it is not JSON of the right form.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// The name of a key is not its thumbprint.
    #[error("{}: the key {kid} has another thumbprint", path.display())]
    Thumbprint {
        /// The file.
        path: PathBuf,
        /// The name it has.
        kid: String,
    },
}

impl Kind {
    /// The word in messages and file names.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Log => "log",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl KeyRecord {
    /// A key that signs from a moment on, for a while.
    pub(crate) fn new(kind: Kind, public: VerifyingKey, from: Timestamp, lifetime: Duration) -> Self {
        let not_before = second_of(from);
        let not_after = not_before.after(lifetime);
        Self {
            kid: thumbprint(&public),
            kind,
            public,
            not_before,
            not_after,
            retired_at: None,
            signs_from: None,
            compromise: None,
        }
    }

    /// When it begins to sign.
    pub fn begins(&self) -> Timestamp {
        self.signs_from.unwrap_or(self.not_before)
    }

    /// Whether it may sign at a moment: begun, within its dates and not retired.
    pub fn may_sign(&self, at: Timestamp) -> bool {
        self.retired_at.is_none() && self.begins() <= at && at < self.not_after
    }

    /// The key as published, with the dates between which it signed.
    pub fn jwk(&self) -> Jwk {
        let until = self
            .retired_at
            .map_or(self.not_after, |retired| retired.min(self.not_after));
        let jwk = Jwk::new(self.public, Some(self.not_before), Some(until));
        match &self.compromise {
            Some(mark) => jwk.compromised(mark.since.unwrap_or(self.not_before)),
            None => jwk,
        }
    }

    /// Ends it. The end is rounded up to a whole second, as it is published: what it signed before stays within its dates.
    pub(crate) fn retire(&mut self, at: Timestamp) {
        self.retired_at = Some(next_second(at));
    }

    /// The name of its PEM file.
    pub(crate) fn file_name(&self) -> String {
        format!("{}-{}.pem", self.kind, self.kid)
    }
}

impl Ledger {
    pub fn new(origin: &str) -> Self {
        Self {
            version: VERSION,
            origin: origin.into(),
            keys: Vec::new(),
            authorities: Vec::new(),
        }
    }

    /// The newest root of an algorithm that is not marked.
    pub fn authority(&self, algorithm: SealAlgorithm) -> Option<&Authority> {
        let mut newest = self.authorities.iter().rev();
        newest.find(|authority| authority.algorithm == algorithm && authority.is_kept())
    }

    /// Every seal there is and was, oldest first under its root.
    pub fn seals(&self) -> impl Iterator<Item = (SealAlgorithm, &SealRecord)> {
        let of = |authority: &'_ Authority| authority.algorithm;
        self.authorities
            .iter()
            .flat_map(move |authority| authority.seals.iter().map(move |seal| (of(authority), seal)))
    }

    /// The file of every key, seal and root there is and was, and whether it is in force.
    pub fn files(&self) -> impl Iterator<Item = (String, bool)> {
        let keys = self.keys.iter();
        let keys = keys.map(|key| (key.file_name(), key.retired_at.is_none()));
        let roots = self.authorities.iter();
        let roots = roots.map(|root| (root.file_name(), root.is_kept()));
        let seals = self
            .seals()
            .map(|(algorithm, seal)| (seal.file_name(algorithm), seal.retired_at.is_none()));
        keys.chain(roots).chain(seals)
    }

    /// Where it lies in a folder.
    pub fn path(folder: &Path) -> PathBuf {
        folder.join(NAME)
    }

    /// Reads it; `None` where there is none yet.
    pub fn read(folder: &Path) -> Result<Option<Self>, LedgerError> {
        let path = Self::path(folder);
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|source| LedgerError::File {
                path: path.clone(),
                doing: "read",
                source,
            })?,
        };
        let ledger: Self = serde_json::from_str(&text).map_err(|source| LedgerError::Form {
            path: path.clone(),
            source: Some(source),
        })?;
        if ledger.version != VERSION {
            return Err(LedgerError::Form { path, source: None });
        }
        match ledger.keys.iter().find(|key| key.kid != thumbprint(&key.public)) {
            Some(wrong) => Err(LedgerError::Thumbprint {
                path,
                kid: wrong.kid.clone(),
            }),
            None => Ok(Some(ledger)),
        }
    }

    /// Writes it at one stroke.
    pub fn write(&self, folder: &Path) -> Result<(), LedgerError> {
        let path = Self::path(folder);
        let text = serde_json::to_string_pretty(self).expect("text and dates always have a JSON form") + "\n";
        file::replace(&path, text.as_bytes()).map_err(|source| LedgerError::File {
            path,
            doing: "written",
            source,
        })
    }
}

/// Keeps other processes from making or rotating keys in a folder; released when dropped.
pub(crate) fn lock(folder: &Path) -> Result<File, LedgerError> {
    let path = folder.join(".lock");
    file::lock(&path).map_err(|source| LedgerError::File {
        path,
        doing: "written",
        source,
    })
}

/// The next whole second, unless a moment is one.
pub(crate) fn next_second(at: Timestamp) -> Timestamp {
    let second = second_of(at);
    if second < at {
        second.after(Duration::from_secs(1))
    } else {
        second
    }
}

/// The whole second that a moment is in.
pub(crate) fn second_of(at: Timestamp) -> Timestamp {
    let micros = at.as_microsecond();
    Timestamp::from_microsecond(micros - micros.rem_euclid(1_000_000))
}

mod public_hex {
    use super::{Deserialize, VerifyingKey};

    pub(super) fn serialize<S: serde::Serializer>(key: &VerifyingKey, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(key.as_bytes()))
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<VerifyingKey, D::Error> {
        let text = String::deserialize(from)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(&text, &mut bytes).map_err(serde::de::Error::custom)?;
        VerifyingKey::from_bytes(&bytes).map_err(|_| serde::de::Error::custom("not an Ed25519 public key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(from: &str) -> KeyRecord {
        let public = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key();
        KeyRecord::new(
            Kind::Document,
            public,
            from.parse().unwrap(),
            Duration::from_secs(365 * 24 * 3600),
        )
    }

    #[test]
    fn a_list_is_read_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Ledger::read(folder.path()).unwrap(), None);
        let mut ledger = Ledger::new("example.com/log");
        ledger.keys.push(record("2026-03-01T12:00:00.5Z"));
        ledger.write(folder.path()).unwrap();
        ledger.write(folder.path()).unwrap();
        assert_eq!(Ledger::read(folder.path()).unwrap(), Some(ledger));
    }

    #[test]
    fn a_retired_key_covers_all_it_signed_and_signs_no_more() {
        let mut record = record("2026-03-01T00:00:00Z");
        let at: Timestamp = "2026-04-01T00:00:00.25Z".parse().unwrap();
        assert!(record.may_sign(at));
        record.retire(at);
        assert!(!record.may_sign(at) && record.jwk().valid_at(at));
        assert!(!record.jwk().valid_at("2026-04-01T00:00:01Z".parse().unwrap()));
    }

    #[test]
    fn a_list_that_was_altered_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::new("example.com/log");
        ledger.keys.push(KeyRecord {
            kid: "other".into(),
            ..record("2026-03-01T00:00:00Z")
        });
        ledger.write(folder.path()).unwrap();
        assert!(matches!(
            Ledger::read(folder.path()),
            Err(LedgerError::Thumbprint { .. })
        ));
        std::fs::write(Ledger::path(folder.path()), "{}").unwrap();
        assert!(matches!(
            Ledger::read(folder.path()),
            Err(LedgerError::Form { .. })
        ));
    }
}
