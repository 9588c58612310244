//! People who work with the product.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};
use crate::digest::Digest;
use crate::id::{PersonId, TenantId};
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
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was made or last promoted.
    pub trusted_since: Timestamp,
    /// When it was closed.
    pub disabled_at: Option<Timestamp>,
    #[serde(default)]
    pub totp: Option<String>,
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

/// A personal token for the command line: shown once, kept as a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalToken {
    /// SHA-256 of the token, which has 256 random bits.
    pub digest: Digest,
    /// Whose.
    pub person: PersonId,
    /// What they called it.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}
