//! How accounts and roles are put into words.

use std::collections::BTreeSet;

use domain::actor::Role;
use domain::people::{Person, TokenScope};

use crate::components::field::Choice;
use crate::text;

/// The word of an account's state.
pub const fn state(person: &Person) -> &'static str {
    match (&person.disabled_at, &person.password) {
        (Some(_), _) => "disabled",
        (None, None) => "invited",
        (None, Some(_)) => "active",
    }
}

/// What a role may do, as a sentence.
pub const fn role_means(role: Role) -> &'static str {
    match role {
        Role::LegalCounsel => {
            "Places holds and releases them with a second person, keeps duties and the inventory, opens requests. Reads everything."
        }
        Role::ComplianceOfficer => {
            "Approves runs, looks at records by hand, certifies, sets the issuer. Reads everything."
        }
        Role::Tenant => {
            "A customer's person: opens and follows requests of one tenant, and downloads its certificates."
        }
        Role::Operator => {
            "Connects systems, puts parked work back, pauses. Sees no identifiers and no matters of holds."
        }
        Role::Auditor => "Reads everything and verifies the log. Changes nothing.",
        Role::Administrator => {
            "Invites people, grants roles to others, sets the issuer, rotates keys. Sees no matters of holds."
        }
    }
}

/// A role as a heading.
pub fn role(role: Role) -> String {
    text::words(role.title())
}

/// All roles to choose from.
pub fn role_choices(chosen: &BTreeSet<Role>) -> Vec<Choice> {
    Role::ALL
        .iter()
        .map(|one| Choice::new(one.word(), role(*one), role_means(*one)).chosen(chosen.contains(one)))
        .collect()
}

/// What a scope opens, as a sentence.
pub const fn scope_means(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Read => "Looks at what you may look at.",
        TokenScope::Requests => "Opens requests and follows them.",
        TokenScope::Holds => "Places holds.",
        TokenScope::Inventory => "Registers systems.",
        TokenScope::Freeze => "Asks whether a tenant is frozen.",
    }
}
