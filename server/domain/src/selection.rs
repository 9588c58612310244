//! Which records of a dataset are meant: the locator, filled in with a request's identifiers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::inventory::{DatasetRef, Locator};
use crate::subject::Normalisation;
use crate::time::Date;

/// A record whose `field`, normalised, is one of the values. Printing shows no value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// The column, or the placeholder of the container's template.
    pub field: String,
    /// At least one; already normalised.
    pub any_of: Vec<String>,
    /// How the stored side is normalised before comparing (only [`Normalisation::Lower`] changes it).
    pub normalise: Normalisation,
}

impl Criterion {
    /// Whether a stored value is one of those meant.
    pub fn admits(&self, stored: &str) -> bool {
        match self.normalise {
            Normalisation::Lower => self.any_of.contains(&self.normalise.apply(stored)),
            Normalisation::Exact | Normalisation::Digits => self.any_of.iter().any(|value| value == stored),
        }
    }
}

impl fmt::Debug for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Criterion({} in {} values)", self.field, self.any_of.len())
    }
}

/// Records that are withheld from a selection. A record is withheld when any exclusion matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// Records that meet any of the criteria.
    AnyOf(Vec<Criterion>),
    /// Records made within a range of dates, both ends included; an open end reaches for ever. Only where the locator
    /// names its `created` column. A record without a date is withheld as well.
    Created {
        /// The locator's `created` column.
        field: String,
        /// First day.
        from: Option<Date>,
        /// Last day.
        until: Option<Date>,
    },
}

/// Which records are meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// The tenant's records.
    pub tenant: Criterion,
    /// For a data subject: within the tenant's, those that meet any of these. Empty: all of the tenant's.
    pub subject: Vec<Criterion>,
    /// Withheld from these.
    pub except: Vec<Exclusion>,
}

/// A dataset with a selection: what erasers and probes are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Which dataset.
    pub dataset: DatasetRef,
    /// How its records are found.
    pub locator: Locator,
    /// Which of them are meant.
    pub selection: Selection,
}

/// Which side of a selection a probe looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Records to be erased: selected and not withheld.
    Selected,
    /// Records selected but withheld.
    Withheld,
    /// Records outside the request: other tenants', and for a data subject also those of other people of the tenant.
    Others,
}

/// The id of a record within its dataset: a primary key as text, a path, a key; for versioned objects the JSON array
/// `["key","version"]`. Printing shows nothing: ids may identify people.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub String);

impl AsRef<Self> for RecordId {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordId(..)")
    }
}
