//! People who work with the product.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};
use crate::digest::Digest;
use crate::id::{PersonId, TenantId};
use crate::port::vault::Sealed;
use crate::time::Timestamp;

/// A natural person with an account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their e-mail address, lower case, unique.
    pub email: String,
    /// What they are trusted with.
    pub roles: BTreeSet<Role>,
    /// The tenant they act for, if they have [`Role::Tenant`].
    pub tenant: Option<TenantId>,
    /// Argon2id (PHC text); absent until they set one.
    pub password: Option<String>,
    /// A second factor that was begun and not yet confirmed: its sealed secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<Sealed>,
    /// The second factor, once confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<SecondFactor>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was made or last promoted.
    pub trusted_since: Timestamp,
    /// When it was closed.
    pub disabled_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("id", &self.id)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

impl Person {
    /// The person as an actor.
    pub fn actor(&self) -> Actor {
        Actor::Person {
            id: self.id,
            roles: self.roles.clone(),
            tenant: self.tenant,
            trusted_since: self.trusted_since,
        }
    }
}

/// A time-based code (RFC 6238) beside the password, and the recovery codes that stand in for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// The secret that the authenticator shares, sealed.
    pub secret: Sealed,
    /// When the person proved that they have it.
    pub confirmed_at: Timestamp,
    /// The step (30 seconds since 1970) of the last code that was accepted: no code counts twice.
    pub last_step: u64,
    /// SHA-256 of each recovery code that was not used yet.
    pub recovery: BTreeSet<Digest>,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor")
            .field("confirmed_at", &self.confirmed_at)
            .field("recovery", &self.recovery.len())
            .finish_non_exhaustive()
    }
}

/// What a personal token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Looks at what the person may look at.
    Read,
    /// Opens and follows requests.
    Requests,
    /// Places holds.
    Holds,
    /// Registers systems.
    Inventory,
    /// Asks whether a tenant is frozen.
    Freeze,
}

impl TokenScope {
    /// All scopes.
    pub const ALL: [Self; 5] = [
        Self::Read,
        Self::Requests,
        Self::Holds,
        Self::Inventory,
        Self::Freeze,
    ];

    /// The word used in storage and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Requests => "requests",
            Self::Holds => "holds",
            Self::Inventory => "inventory",
            Self::Freeze => "freeze",
        }
    }

    /// Every scope: what the command line asks for, and what a token has that was made before there were scopes.
    pub fn all() -> BTreeSet<Self> {
        Self::ALL.into()
    }
}

impl std::fmt::Display for TokenScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// The text names no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such scope: expected one of read, requests, holds, inventory, freeze")]
pub struct TokenScopeError;

impl std::str::FromStr for TokenScope {
    type Err = TokenScopeError;

    fn from_str(text: &str) -> Result<Self, TokenScopeError> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.word() == text)
            .ok_or(TokenScopeError)
    }
}

/// A personal token for programs and the command line: shown once, kept as a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalToken {
    /// SHA-256 of the token, which has 256 random bits; also its name.
    pub digest: Digest,
    /// Whose.
    pub person: PersonId,
    /// What they called it.
    pub label: String,
    /// What it opens.
    #[serde(default = "TokenScope::all")]
    pub scopes: BTreeSet<TokenScope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was last used, give or take a minute. Kept beside the document.
    #[serde(skip)]
    pub last_used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_made_before_there_were_scopes_has_them_all() {
        let old = format!(
            r#"{{"digest":"{}","person":"01937f5e-8a7b-7c3d-9e2f-0123456789ab","label":"laptop",
                "created_at":"2026-03-01T12:00:00Z","expires_at":"2026-06-01T12:00:00Z"}}"#,
            Digest::of(b"token")
        );
        let token: PersonalToken = serde_json::from_str(&old).unwrap();
        assert_eq!(token.scopes, TokenScope::all());
    }

    #[test]
    fn a_person_stored_before_there_were_second_factors_has_none() {
        let old = r#"{"id":"01937f5e-8a7b-7c3d-9e2f-0123456789ab","name":"Ada","email":"ada@example.com",
            "roles":["auditor"],"tenant":null,"password":null,"created_at":"2026-03-01T12:00:00Z",
            "trusted_since":"2026-03-01T12:00:00Z","disabled_at":null,"version":1}"#;
        let person: Person = serde_json::from_str(old).unwrap();
        assert!(person.second_factor.is_none() && person.enrolment.is_none());
    }
}
