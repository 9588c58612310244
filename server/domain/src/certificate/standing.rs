//! What became of a certificate: a signed statement of its own for each change, and a signed list of all.
//!
//! Nothing that was issued is edited. Whoever holds a certificate and a status list that has not run out knows, without
//! asking anybody, whether the certificate still stood when the list was made.

use serde::{Deserialize, Serialize};

use super::case::LogReference;
use super::code::PrintedCode;
use crate::canonical;
use crate::digest::Digest;
use crate::id::CertificateId;
use crate::key::KeyKind;
use crate::revocation::RevocationReason;
use crate::signature::VerifyingKey;
use crate::signature::jwk::{KeySet, thumbprint};
use crate::signature::jws::{self, JwsError, Typ};
use crate::time::Timestamp;

/// The schema of a standing.
pub const STANDING_SCHEMA: &str = "lethe.standing.v1";
/// The schema of a status list.
pub const LIST_SCHEMA: &str = "lethe.status-list.v1";

/// Whether a certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingState {
    /// It is in force.
    Issued,
    /// A later one took its place: a remainder was erased.
    Superseded,
    /// A later check found records; it is being looked into.
    Suspended,
    /// It was wrong, and ended.
    Revoked,
}

impl StandingState {
    /// By the word of a certificate's state; absent for what was never issued.
    pub fn of_word(word: &str) -> Option<Self> {
        let all = [Self::Issued, Self::Superseded, Self::Suspended, Self::Revoked];
        all.into_iter().find(|state| state.word() == word)
    }

    /// The word signed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Superseded => "superseded",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }

    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Issued => "in force",
            Self::Superseded => "superseded: a later certificate took its place",
            Self::Suspended => "suspended: a later check is being looked into",
            Self::Revoked => "revoked",
        }
    }
}

/// The signed statement of one change (`typ` = `lethe-standing+jws`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Always [`STANDING_SCHEMA`].
    pub schema: String,
    /// Of which certificate.
    pub certificate: CertificateId,
    /// Its printed code.
    pub code: PrintedCode,
    /// SHA-256 of its statement.
    pub statement: Digest,
    /// What it became.
    pub state: StandingState,
    /// When.
    pub since: Timestamp,
    /// Why, where it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RevocationReason>,
    /// The printed code of the one that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<PrintedCode>,
    /// What a key that is marked as compromised had signed, said again by this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested_again: Option<AttestedAgain>,
    /// Registered name of the issuer.
    pub issuer: String,
    /// RFC 7638 thumbprint of the document key that signs.
    pub key_id: String,
    /// The log in which the digest of these bytes is entered.
    pub log: LogReference,
}

impl Standing {
    /// The canonical bytes: what is signed, hashed and stored.
    pub fn bytes(&self) -> Vec<u8> {
        canonical::to_string(self).into_bytes()
    }
}

/// The issuer says again, with a key that is not marked, that a statement and a document are its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestedAgain {
    /// RFC 7638 thumbprint of the marked key.
    pub key_id: String,
    /// SHA-256 of the PDF.
    pub document: Digest,
    /// When.
    pub at: Timestamp,
}

/// A document key that somebody else may have had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkedKey {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// Since when; absent where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When it was marked.
    pub marked_at: Timestamp,
}

/// A log key, a seal, or a root of seals that somebody else may have had. Of a root all that stands under it is marked as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkedOtherKey {
    /// RFC 7638 thumbprint of a log key; of a seal or root the first 16 hexadecimal characters of the SHA-256 of its X.509
    /// certificate (DER).
    pub id: String,
    /// `log`, `seal` or `root`.
    pub kind: KeyKind,
    /// Since when; absent where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When it was marked.
    pub marked_at: Timestamp,
}

/// The signed list of all certificates ever issued (`typ` = `lethe-status-list+jwt`, claims as of RFC 7519).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusList {
    /// Always [`LIST_SCHEMA`].
    pub schema: String,
    /// Registered name of the issuer.
    pub iss: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// From when on nobody should rely on it, in seconds since 1970.
    pub exp: i64,
    /// One row for each, oldest first.
    pub certificates: Vec<StatusRow>,
    /// Document keys that are marked as compromised. Lists without such a key do not have the member, as before there was
    /// one: a program that does not know it refuses a list that has it, loudly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compromised_keys: Vec<MarkedKey>,
    /// Other keys that are marked as compromised; a list without any does not have the member, either.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compromised_other_keys: Vec<MarkedOtherKey>,
}

/// One certificate in the list. No tenant, system or ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRow {
    /// Its id.
    pub id: CertificateId,
    /// SHA-256 of its statement.
    pub statement: Digest,
    /// Whether it stands.
    pub state: StandingState,
    /// Since when.
    pub since: Timestamp,
    /// SHA-256 of the whole PDF: with it the register of documents travels in the list. Absent in older lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
    /// Its key was marked as compromised, and the issuer attested it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested_again: Option<AttestedAgain>,
}

/// The list cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// Signature, type or key.
    #[error("the status list: {0}")]
    Signature(#[from] JwsError),
    /// Signed by a key that was not valid then.
    #[error("the status list is signed by key {0}, which was not valid when it was made")]
    KeyNotValid(String),
    /// Signed by a key that somebody else may have had: anybody could have made it, with any date.
    #[error("the status list is signed by key {0}, which is marked as compromised: fetch a fresh one")]
    KeyCompromised(String),
    /// Not a list of this schema.
    #[error("the status list cannot be read: {0}")]
    Malformed(String),
    /// It has run out.
    #[error("the status list ran out on {}: fetch a fresh one", super::wording::moment(*.0))]
    Expired(Timestamp),
    /// Made after the moment at which it is asked.
    #[error("the status list says it was made on {}, which is to come", super::wording::moment(*.0))]
    NotYet(Timestamp),
}

/// How far two clocks may be apart, in seconds.
const CLOCK_SKEW: i64 = 300;

impl StatusList {
    /// The canonical bytes: what is signed.
    pub fn bytes(&self) -> Vec<u8> {
        canonical::to_string(self).into_bytes()
    }

    /// Checks a list against the keys of its issuer, and that it has not run out at a moment.
    pub fn open(jws: &str, keys: &KeySet, now: Timestamp) -> Result<Self, StatusError> {
        let verified = jws::verify(jws.trim_ascii(), Typ::StatusList, keys)?;
        let list: Self = serde_json::from_slice(&verified.payload)
            .map_err(|error| StatusError::Malformed(error.to_string()))?;
        if list.schema != LIST_SCHEMA {
            return Err(StatusError::Malformed(format!("its schema is {:?}", list.schema)));
        }
        let (made, ends) = (list.issued_at(), seconds(list.exp));
        let key = keys.find(&verified.kid);
        if key.is_some_and(|key| key.compromised_since.is_some()) {
            return Err(StatusError::KeyCompromised(verified.kid));
        }
        if !key.is_some_and(|key| key.valid_at(made)) {
            return Err(StatusError::KeyNotValid(verified.kid));
        }
        if seconds(list.iat.saturating_sub(CLOCK_SKEW)) > now {
            return Err(StatusError::NotYet(made));
        }
        match ends > now {
            true => Ok(list),
            false => Err(StatusError::Expired(ends)),
        }
    }

    /// When it was made.
    pub fn issued_at(&self) -> Timestamp {
        seconds(self.iat)
    }

    /// The mark of a key.
    pub fn marked(&self, kid: &str) -> Option<&MarkedKey> {
        self.compromised_keys.iter().find(|key| key.kid == kid)
    }

    /// Whether a key of the log is marked.
    pub fn log_key_is_marked(&self, key: &VerifyingKey) -> bool {
        let id = thumbprint(key);
        let mut others = self.compromised_other_keys.iter();
        others.any(|other| other.kind == KeyKind::Log && other.id == id)
    }

    /// The row of a certificate.
    pub fn find(&self, id: CertificateId) -> Option<&StatusRow> {
        self.certificates.iter().find(|row| row.id == id)
    }
}

fn seconds(since_1970: i64) -> Timestamp {
    Timestamp::from_microsecond(since_1970.saturating_mul(1_000_000))
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;
    use crate::signature::jwk::Jwk;

    fn signed(list: &StatusList, typ: Typ) -> (String, KeySet) {
        let key = SigningKey::from_bytes(&[9; 32]);
        let keys = KeySet::new(vec![Jwk::new(key.verifying_key(), None, None)]);
        let input = jws::signing_input(&keys.keys()[0].kid, typ, &list.bytes());
        (jws::compact(&input, &key.sign(input.as_bytes())), keys)
    }

    fn list() -> StatusList {
        StatusList {
            schema: LIST_SCHEMA.into(),
            iss: "Northwind".into(),
            iat: 1_000_000,
            exp: 1_100_000,
            certificates: Vec::new(),
            compromised_keys: Vec::new(),
            compromised_other_keys: Vec::new(),
        }
    }

    #[test]
    fn a_list_of_before_marks_is_read_and_one_with_marks_keeps_them() {
        let old = r#"{"schema":"lethe.status-list.v1","iss":"Northwind","iat":1000000,"exp":1100000,"certificates":[]}"#;
        assert_eq!(
            String::from_utf8(list().bytes()).unwrap().len(),
            old.len(),
            "nothing is added without a mark"
        );
        assert_eq!(serde_json::from_str::<StatusList>(old).unwrap(), list());
        let mut marked = list();
        marked.compromised_keys.push(MarkedKey {
            kid: "k".into(),
            since: None,
            marked_at: seconds(1_000_000),
        });
        marked.compromised_other_keys.push(MarkedOtherKey {
            id: "0011223344556677".into(),
            kind: KeyKind::Root,
            since: Some(seconds(999_999)),
            marked_at: seconds(1_000_000),
        });
        assert_eq!(
            serde_json::from_slice::<StatusList>(&marked.bytes()).unwrap(),
            marked
        );
    }

    #[test]
    fn a_list_that_a_marked_key_signed_is_refused_whatever_its_date() {
        let (jws, keys) = signed(&list(), Typ::StatusList);
        let marked = KeySet::new(vec![keys.keys()[0].clone().compromised(seconds(2_000_000))]);
        let opened = StatusList::open(&jws, &marked, seconds(1_000_001));
        assert!(
            matches!(opened, Err(StatusError::KeyCompromised(_))),
            "{opened:?}"
        );
    }

    #[test]
    fn a_list_is_good_until_it_runs_out() {
        let (jws, keys) = signed(&list(), Typ::StatusList);
        assert_eq!(StatusList::open(&jws, &keys, seconds(1_000_001)), Ok(list()));
        let late = StatusList::open(&jws, &keys, seconds(1_100_000));
        assert_eq!(late, Err(StatusError::Expired(seconds(1_100_000))));
        let early = StatusList::open(&jws, &keys, seconds(999_000));
        assert_eq!(early, Err(StatusError::NotYet(seconds(1_000_000))));
    }

    #[test]
    fn another_jws_of_the_issuer_is_no_list() {
        let (jws, keys) = signed(&list(), Typ::Standing);
        let error = StatusList::open(&jws, &keys, seconds(1_000_001));
        assert!(matches!(
            error,
            Err(StatusError::Signature(JwsError::Type { .. }))
        ));
    }
}
