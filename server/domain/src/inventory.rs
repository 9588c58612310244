//! The inventory: every system that keeps data, frozen in numbered versions (Art. 30, I1).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::digest::Digest;
use crate::port::vault::Sealed;
use crate::subject::Normalisation;
use crate::time::{Date, Timestamp};

/// The stable name of a system or dataset: 1 to 63 of `a-z 0-9 _ -`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// A system's stable name.
pub type SystemName = Slug;
/// A dataset's stable name within its system.
pub type DatasetName = Slug;

/// The text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 63 of a-z 0-9 _ - and begins with a letter, not {0:?}")]
pub struct SlugError(String);

impl Slug {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let good = text.len() <= 63
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-');
        match good {
            true => Ok(Self(text.to_owned())),
            false => Err(SlugError(text.chars().take(80).collect())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, SlugError> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A category of personal data, a lower-case word of the issuer's choice (`contact`, `billing`, `usage` ...).
pub type Category = String;

/// A dataset of a system, named from outside: `crm.users`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DatasetRef {
    /// The system.
    pub system: SystemName,
    /// The dataset in it.
    pub dataset: DatasetName,
}

impl TryFrom<String> for DatasetRef {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, SlugError> {
        let (system, dataset) = text.split_once('.').ok_or_else(|| SlugError(text.clone()))?;
        Ok(Self {
            system: Slug::parse(system)?,
            dataset: Slug::parse(dataset)?,
        })
    }
}

impl From<DatasetRef> for String {
    fn from(name: DatasetRef) -> Self {
        name.to_string()
    }
}

impl fmt::Display for DatasetRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.system, self.dataset)
    }
}

/// What is done about a system's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// A connector erases it.
    Erase,
    /// It runs out by itself: backups with a retention that a probe can read.
    Expire,
    /// A named party erases it and confirms with a document (I5).
    Attest,
}

impl Handling {
    /// The word used in files, storage and certificates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Expire => "expire",
            Self::Attest => "attest",
        }
    }
}

/// How one kind of identifier finds records of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The kind of identifier (`tenant_key`, `user_id`, `email` ...).
    pub identifier: String,
    /// The column, or the `{placeholder}` of the container's template.
    pub field: String,
    /// How the system writes it.
    #[serde(default)]
    pub normalise: Normalisation,
    /// Where the values come from when the request does not carry this identifier: another dataset whose records
    /// are selected first, and the field of theirs that yields the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
}

/// Yields identifiers from another dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The dataset to look in, `system.dataset`.
    pub dataset: DatasetRef,
    /// The field that yields the values.
    pub field: String,
}

/// How a tenant's and a person's records are found in one dataset: all that erasure and verification share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locator {
    /// Table (`schema.table`), folder, bucket/prefix or key pattern; may hold `{placeholders}` for files, objects, keys.
    pub container: String,
    /// The primary key column; absent for files, objects and keys, whose name is their id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How the whole tenant's records are found.
    pub tenant: Match,
    /// How one person's records are found within the tenant's, by any of these. Empty: the dataset holds nothing of single persons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject: Vec<Match>,
    /// The column of the date a record was made, where there is one: holds and duties by date need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

/// A set of records of one kind in a system: a table, a prefix, a key pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its name within the system.
    pub name: DatasetName,
    /// How records are found.
    pub locator: Locator,
    /// Which categories of data it holds.
    pub categories: BTreeSet<Category>,
    /// The id of a record of the synthetic tenant that is always there: the positive control (V5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<String>,
}

/// How hard a system may be worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Chunks at the same time.
    pub concurrency: u16,
    /// Records per second over all workers; 0 is unlimited.
    pub per_second: u32,
    /// Records per chunk.
    pub chunk: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 2,
            per_second: 0,
            chunk: 10_000,
        }
    }
}

/// A system that keeps data of tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// Its stable name.
    pub name: SystemName,
    /// What people call it.
    pub title: String,
    /// The connector kind (`postgres`, `s3` ...).
    pub kind: String,
    /// The team or person that answers for it.
    pub owner: String,
    /// Where the data is (country or region).
    pub location: String,
    /// The processor or partner that runs it, where it is not the issuer.
    pub processor: Option<String>,
    /// What is done about its data.
    pub handling: Handling,
    /// How long after erasure a look is worth something (V3), in seconds.
    pub settle_seconds: u32,
    /// How hard it may be worked.
    pub limits: Limits,
    /// What the connector needs besides credentials; no secrets.
    pub config: BTreeMap<String, serde_json::Value>,
    /// Its datasets; at least one.
    pub datasets: Vec<Dataset>,
    /// The credential that can delete, sealed for erasure.
    pub erase_credential: Option<Sealed>,
    /// The credential that can only look, sealed for verification.
    pub probe_credential: Option<Sealed>,
    /// Both credentials are the same secret, written down on purpose; the certificate says so.
    pub shared_credential: bool,
}

/// Settling time where a system states none (V3): five minutes.
pub const DEFAULT_SETTLE_SECONDS: u32 = 300;

impl System {
    /// The settling time.
    pub fn settle(&self) -> Duration {
        Duration::from_secs(self.settle_seconds.into())
    }

    /// The dataset of a name.
    pub fn dataset(&self, name: &DatasetName) -> Option<&Dataset> {
        self.datasets.iter().find(|dataset| &dataset.name == name)
    }

    /// All categories of its datasets.
    pub fn categories(&self) -> BTreeSet<Category> {
        self.datasets
            .iter()
            .flat_map(|dataset| dataset.categories.iter().cloned())
            .collect()
    }

    /// SHA-256 over everything that decides what is found and how: changes when the system must be planned again.
    /// Credentials and limits are left out: rotating them changes nothing of what is meant.
    pub fn fingerprint(&self) -> Digest {
        let bare = Self {
            erase_credential: None,
            probe_credential: None,
            limits: Limits::default(),
            ..self.clone()
        };
        Digest::of(canonical::to_string(&bare).as_bytes())
    }
}

/// A frozen version of the inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryVersion {
    /// 1, 2, 3 ...
    pub number: i64,
    /// [`InventoryVersion::digest_of`] its systems.
    pub digest: Digest,
    /// Ordered by name.
    pub systems: Vec<System>,
    /// When it came into force.
    pub created_at: Timestamp,
    /// The date of the last signed-off inventory audit (I3); absent: none is on record.
    pub audited_on: Option<Date>,
}

impl InventoryVersion {
    /// SHA-256 over name and fingerprint of every system, in order of name.
    pub fn digest_of(systems: &[System]) -> Digest {
        let mut rows: Vec<(String, String)> = systems
            .iter()
            .map(|system| (system.name.to_string(), system.fingerprint().to_string()))
            .collect();
        rows.sort();
        Digest::of(canonical::to_string(&rows).as_bytes())
    }

    /// The system of a name.
    pub fn system(&self, name: &SystemName) -> Option<&System> {
        self.systems.iter().find(|system| &system.name == name)
    }
}
