//! What a certificate claims: the statement that is signed. The PDF renders it; it is the truth.
//!
//! Only text, booleans and integers below 2^53 occur; percentages are text. Absent parts are left out, never null.
//! `docs/certificate.md` tells every field to those who read the JSON.

use serde::{Deserialize, Serialize};

use super::case::{Act, HoldCheck, Inventory, Issuer, LogReference, Notified, Recipient, Request};
use super::code::PrintedCode;
use super::report::{Backup, SpotCheck, System, Verdict, Withheld};
use super::sampling::Sampling;
use crate::canonical;
use crate::digest::Digest;
use crate::id::CertificateId;
use crate::time::{Date, Timestamp};

/// The schema of a statement. A change of meaning is another schema.
pub const SCHEMA: &str = "lethe.certificate.v1";

/// The signed statement of one certificate. Holds no personal data of data subjects or requesters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// UUIDv7 of the certificate.
    pub id: CertificateId,
    /// The short code printed on the pages.
    pub code: PrintedCode,
    /// Complete, partial, corrected, addendum or drill.
    pub kind: Kind,
    /// When the statement was made.
    pub issued_at: Timestamp,
    /// The certificate this one replaces. Required of `corrected`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Earlier>,
    /// The base certificate this one adds to. Required of `addendum`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplements: Option<Earlier>,
    /// Who certifies.
    pub issuer: Issuer,
    /// Whose data it was.
    pub recipient: Recipient,
    /// What was asked, when, and by when it was due.
    pub request: Request,
    /// The check against the hold register.
    pub hold_check: HoldCheck,
    /// The frozen inventory that was worked through.
    pub inventory: Inventory,
    /// One report for every system of that inventory.
    pub systems: Vec<System>,
    /// Where the seeds of the samples come from, when a nonce was committed to; left out where they come from the operator's own
    /// log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
    /// Parts that were not erased, with ground and until when.
    pub withheld: Vec<Withheld>,
    /// Backups and when they expire.
    pub backups: Vec<Backup>,
    /// Recipients told under Art. 19.
    pub recipients_notified: Vec<Notified>,
    /// What officers saw with their own eyes.
    pub spot_checks: Vec<SpotCheck>,
    /// Days on which verification is repeated (data comes back from pipelines and restores).
    pub later_checks_on: Vec<Date>,
    /// Officers who approved and certified, and others whose act the certificate rests on.
    pub officers: Vec<Act>,
    /// When the last system was verified: the moment the statement speaks of.
    pub verified_at: Timestamp,
    /// SHA-256 of the evidence that the certifying officer approved.
    pub evidence: Digest,
    /// What the statement does not say; see [`super::wording::limits`].
    pub limits: Vec<String>,
    /// RFC 7638 thumbprint of the document key that signs.
    pub key_id: String,
    /// The log in which the statement's digest is entered.
    pub log: LogReference,
    /// Public page with the present state of the certificate.
    pub status_url: String,
    /// How to check without the issuer; see [`super::wording::verify_offline`].
    pub verify_offline: String,
}

/// The kind of a certificate; it stands on its face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Everything in scope is gone.
    Complete,
    /// Parts are withheld, retained or in backups that have yet to expire.
    Partial,
    /// Replaces an earlier certificate that was wrong.
    Corrected,
    /// Adds to a certificate: a remainder was erased, or a backup has expired.
    Addendum,
    /// A rehearsal on synthetic data: proves nothing about anybody's data.
    Drill,
}

/// A certificate issued before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// Its id.
    pub id: CertificateId,
    /// Its printed code.
    pub code: PrintedCode,
    /// SHA-256 of its statement.
    pub statement: Digest,
    /// Why there is another one.
    pub reason: String,
}

/// The bytes are not a statement of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// Not JSON with the fields of this schema.
    #[error("not a certificate statement: {0}")]
    Malformed(String),
    /// A schema this version does not know.
    #[error("the statement has schema {0:?}, this version reads {SCHEMA:?}")]
    Schema(String),
    /// Other bytes than the canonical ones.
    #[error("the statement is not in canonical form (RFC 8785)")]
    NotCanonical,
}

impl Claims {
    /// The canonical bytes: what is signed, hashed, stored and served.
    pub fn bytes(&self) -> Vec<u8> {
        canonical::to_string(self).into_bytes()
    }

    /// SHA-256 of the canonical bytes: the payload of the log entry.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes())
    }

    /// Reads a statement. Refuses unknown fields, another schema, and bytes that are not canonical.
    pub fn parse(bytes: &[u8]) -> Result<Self, ClaimsError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let head: Head =
            serde_json::from_slice(bytes).map_err(|error| ClaimsError::Malformed(error.to_string()))?;
        if head.schema != SCHEMA {
            return Err(ClaimsError::Schema(head.schema));
        }
        let claims: Self =
            serde_json::from_slice(bytes).map_err(|error| ClaimsError::Malformed(error.to_string()))?;
        if claims.bytes() == bytes {
            Ok(claims)
        } else {
            Err(ClaimsError::NotCanonical)
        }
    }

    /// Whether something in scope is still there: withheld, retained, or in backups that have yet to expire.
    pub fn leaves_a_remainder(&self) -> bool {
        let expiring = |system: &System| {
            system
                .datasets
                .iter()
                .any(|dataset| dataset.verification.verdict == Verdict::Expiring)
        };
        !self.withheld.is_empty()
            || self.backups.iter().any(|backup| backup.gone_at.is_none())
            || self.systems.iter().any(expiring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::sample;

    #[test]
    fn a_statement_survives_writing_and_reading() {
        let claims = sample::partial();
        assert_eq!(Claims::parse(&claims.bytes()), Ok(claims));
    }

    #[test]
    fn a_statement_of_an_earlier_version_is_read_as_it_was_signed() {
        let text = String::from_utf8(sample::complete().bytes()).unwrap();
        let earlier = text.replace("\"control\":\"canary\"", "\"control\":\"other_tenant\"");
        let claims = Claims::parse(earlier.as_bytes()).unwrap();
        assert_eq!(claims.bytes(), earlier.as_bytes());
        assert_ne!(text, earlier, "the sample has such a control");
    }

    #[test]
    fn a_field_nobody_knows_is_refused() {
        let text = String::from_utf8(sample::complete().bytes()).unwrap();
        let grown = text.replacen('{', "{\"aside\":true,", 1);
        assert!(matches!(
            Claims::parse(grown.as_bytes()),
            Err(ClaimsError::Malformed(_))
        ));
    }

    #[test]
    fn the_same_values_in_other_bytes_are_refused() {
        let text = String::from_utf8(sample::complete().bytes()).unwrap();
        let spaced = text.replacen(':', ": ", 1);
        assert_eq!(Claims::parse(spaced.as_bytes()), Err(ClaimsError::NotCanonical));
    }

    #[test]
    fn another_schema_is_named() {
        let claims = Claims {
            schema: "lethe.certificate.v9".into(),
            ..sample::complete()
        };
        assert_eq!(
            Claims::parse(&claims.bytes()),
            Err(ClaimsError::Schema("lethe.certificate.v9".into()))
        );
    }

    #[test]
    fn a_percentage_is_text_and_no_number_has_a_fraction() {
        fn whole(value: &serde_json::Value) -> bool {
            match value {
                serde_json::Value::Number(number) => number.is_u64(),
                serde_json::Value::Array(values) => values.iter().all(whole),
                serde_json::Value::Object(fields) => fields.values().all(whole),
                serde_json::Value::Null => false,
                _ => true,
            }
        }
        assert!(whole(
            &serde_json::from_slice(&sample::partial().bytes()).unwrap()
        ));
    }
}
