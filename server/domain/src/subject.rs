//! Whose data it is: tenants, data subjects, and the identifiers by which systems know them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::TenantId;
use crate::time::Timestamp;

/// A customer of the issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Our id.
    pub id: TenantId,
    /// The key by which systems know the tenant; unique, never reused.
    pub key: TenantKey,
    /// The legal name.
    pub name: String,
    /// Who is told about requests and can object to them.
    pub contacts: Vec<Contact>,
    /// A tenant made of synthetic data, for drills and canaries.
    pub synthetic: bool,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// A contact of a tenant, on file before any request.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(..)")
    }
}

/// The key by which systems know a tenant: 1 to 200 characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantKey(String);

/// The text cannot be a tenant key or an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Empty or too long.
    #[error("an identifier has 1 to 200 characters")]
    Length,
    /// Control characters would end up in queries and paths.
    #[error("an identifier has no control characters")]
    Control,
    /// Not `<kind>=<value>`.
    #[error("an identifier is written kind=value, for example email=ada@example.com")]
    Form,
}

fn checked(text: &str) -> Result<&str, IdentifierError> {
    let text = text.trim();
    match text {
        "" => Err(IdentifierError::Length),
        _ if text.chars().count() > 200 => Err(IdentifierError::Length),
        _ if text.chars().any(char::is_control) => Err(IdentifierError::Control),
        _ => Ok(text),
    }
}

impl TenantKey {
    /// Reads a key.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        checked(text).map(|text| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TenantKey {
    type Error = IdentifierError;

    fn try_from(text: String) -> Result<Self, IdentifierError> {
        Self::parse(&text)
    }
}

impl From<TenantKey> for String {
    fn from(key: TenantKey) -> Self {
        key.0
    }
}

impl fmt::Display for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kind of identifier that a whole-tenant request carries by itself: the [`TenantKey`].
pub const TENANT_KEY: &str = "tenant_key";

/// One way in which systems know a tenant or a person: a kind (`user_id`, `email`, `tenant_key` ...) and a value.
/// Printing shows the kind only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// A lower-case word.
    pub kind: String,
    /// As the person gave it.
    pub value: String,
}

impl Identifier {
    /// A checked identifier.
    pub fn new(kind: &str, value: &str) -> Result<Self, IdentifierError> {
        let kind = checked(kind)?.to_lowercase();
        Ok(Self {
            kind,
            value: checked(value)?.to_owned(),
        })
    }

    /// Reads `kind=value`.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let (kind, value) = text.split_once('=').ok_or(IdentifierError::Form)?;
        Self::new(kind, value)
    }

    /// The bytes that keyed digests are made over: kind and lower-cased, trimmed value, so that one person
    /// is one person however they are written.
    pub fn matching(&self) -> Vec<u8> {
        format!("{}\u{0}{}", self.kind, Normalisation::Lower.apply(&self.value)).into_bytes()
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({}=..)", self.kind)
    }
}

/// The keyed digest of an identifier with its kind: matches holds and requests without keeping the value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IdentifierDigest {
    /// The kind, in clear.
    pub kind: String,
    /// HMAC-SHA-256 of [`Identifier::matching`].
    pub digest: Digest,
}

/// How a system writes an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// Exactly as given.
    #[default]
    Exact,
    /// Trimmed and lower-cased, on both sides of the comparison.
    Lower,
    /// Digits only, on our side (telephone numbers).
    Digits,
}

impl Normalisation {
    /// The value as the system writes it.
    pub fn apply(self, value: &str) -> String {
        match self {
            Self::Exact => value.to_owned(),
            Self::Lower => value.trim().to_lowercase(),
            Self::Digits => value.chars().filter(char::is_ascii_digit).collect(),
        }
    }
}
