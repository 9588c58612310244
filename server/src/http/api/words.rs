//! Values as the interface writes them: identifiers, dates, grounds, bases.

use std::collections::BTreeSet;

use domain::hold::{Basis, Ground};
use domain::inventory::{Slug, SystemName};
use domain::subject::{Identifier, TenantKey};
use domain::time::{Date, parse_date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;

/// One way in which systems know a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenIdentifier {
    /// A lower-case word: `email`, `user_id` ...
    #[schema(example = "email")]
    kind: String,
    /// The value. It is sealed, and never given out again.
    #[schema(example = "ada@acme.example")]
    value: String,
}

/// Why something must be kept (Art. 17(3) GDPR).
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum GroundWord {
    /// Establishment, exercise or defence of legal claims: Art. 17(3)(e).
    LegalClaims,
    /// A legal obligation: Art. 17(3)(b).
    LegalObligation,
    /// Public health: Art. 17(3)(c).
    PublicHealth,
    /// Archiving, research, statistics: Art. 17(3)(d).
    Archiving,
    /// Freedom of expression and information: Art. 17(3)(a).
    Expression,
}

/// What gives a hold its force.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum BasisWord {
    /// An order of a court.
    CourtOrder,
    /// A regulator's demand.
    Regulator,
    /// An internal or criminal investigation.
    Investigation,
    /// A contract.
    Contract,
    /// A statute.
    Statute,
}

/// Why somebody acts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// In words; it is kept in the log.
    #[schema(example = "The matter was settled.")]
    pub(super) reason: String,
}

macro_rules! same {
    ($word:ident $meant:ident: $($name:ident)+) => {
        impl From<$word> for $meant {
            fn from(word: $word) -> Self {
                match word { $($word::$name => Self::$name),+ }
            }
        }

        impl From<$meant> for $word {
            fn from(meant: $meant) -> Self {
                match meant { $($meant::$name => Self::$name),+ }
            }
        }
    };
}

same!(GroundWord Ground: LegalClaims LegalObligation PublicHealth Archiving Expression);
same!(BasisWord Basis: CourtOrder Regulator Investigation Contract Statute);

/// A tenant's key in a body.
pub(super) fn tenant(field: &str, text: &str) -> Result<TenantKey, Problem> {
    TenantKey::parse(text).map_err(|_| Problem::field(field, "Expected a tenant's key: 1 to 200 characters."))
}

/// A date in a body or a query.
pub(super) fn date(field: &str, text: &str) -> Result<Date, Problem> {
    parse_date(text.trim()).map_err(|_| Problem::field(field, "Expected a date such as 2026-03-31."))
}

/// A date that may be absent.
pub(super) fn optional_date(field: &str, text: Option<&str>) -> Result<Option<Date>, Problem> {
    text.map(|text| date(field, text)).transpose()
}

/// Identifiers in a body.
pub(super) fn identifiers(field: &str, given: Vec<GivenIdentifier>) -> Result<Vec<Identifier>, Problem> {
    let read = given.into_iter().enumerate().map(|(place, one)| {
        Identifier::new(&one.kind, &one.value)
            .map_err(|error| Problem::field(format!("{field}[{place}]"), format!("{error}.")))
    });
    read.collect()
}

/// Names of systems in a body.
pub(super) fn systems(field: &str, given: Vec<String>) -> Result<BTreeSet<SystemName>, Problem> {
    let read = given.iter().enumerate().map(|(place, name)| {
        let expected = "Expected a system's name: 1 to 63 of a-z 0-9 _ -.";
        Slug::parse(name).map_err(|_| Problem::field(format!("{field}[{place}]"), expected))
    });
    read.collect()
}
