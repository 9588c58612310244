//! Looking into someone else's system. Nothing here can erase; see [`crate::port::erase`] for that.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::inventory::System;
use crate::port::connector::ConnectorError;
use crate::secret::Secret;
use crate::selection::{RecordId, Side, Target};
use crate::time::{Date, Timestamp};

/// What a probe of a kind can do, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Can give exact counts.
    pub exact_count: bool,
    /// Can tell apart withheld records of a subject or criterion.
    pub exclude_records: bool,
    /// Can tell apart records by date.
    pub exclude_dates: bool,
    /// Can list records outside the request in the same container.
    pub others: bool,
    /// The level of what is verified, in plain words (`logical deletion; pages may keep bytes until VACUUM`).
    pub level: &'static str,
}

/// One page of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Ids, each record once over the whole scan of a quiet dataset.
    pub ids: Vec<RecordId>,
    /// Of [`Side::Others`]: whose each record is, in the order of the ids, by the tenant's field as the store writes it;
    /// absent where the store names nobody. Empty for other sides.
    pub tenants: Vec<Option<String>>,
    /// Where to go on; absent: the scan is complete.
    pub next: Option<String>,
}

/// What to look at, in one session with one credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Looked up by primary key, WITHOUT the tenant filter: "unlinked but kept" must be found.
    pub ids: Vec<RecordId>,
    /// Records known to be present, looked up by the same query in the same session.
    pub controls: Vec<RecordId>,
    /// Which sides to count.
    pub count: Vec<Side>,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// For each id of the question, in order: found.
    pub found: Vec<bool>,
    /// For each control, in order: found.
    pub controls: Vec<bool>,
    /// For each side asked for, in order; `None` where the store cannot count exactly.
    pub counts: Vec<Option<u64>>,
}

/// What the probe sees of a dataset, for `inventory try`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// The container was found in a listing of its parent.
    pub container_found: bool,
    /// Names of the container's siblings (tables, prefixes, buckets), at most 20.
    pub siblings: Vec<String>,
    /// Fields of the container, where it has any.
    pub fields: Vec<String>,
    /// Anything worth telling a person.
    pub notes: Vec<String>,
}

/// Looking failed: the answer is "cannot tell", never "absent".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// Network, timeout, overload: try again.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// Credential refused, container not there, wrong namespace, answer not understood: a person must look.
    #[error("cannot see: {0}")]
    Blind(String),
}

/// Looks at records. Never writes. Counts and lookups come from the system itself, never from a cache.
#[async_trait]
pub trait Probe: Send + Sync {
    /// What this kind can do.
    fn capabilities(&self) -> Capabilities;

    /// What the credential sees of the dataset's container.
    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError>;

    /// One page of the ids of a side, in any stable order.
    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError>;

    /// Looks up ids and controls and counts sides, in one session. A container that is not there is
    /// [`ProbeError::Blind`], never "not found".
    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError>;

    /// Distinct values of a field over the selected and withheld records: resolves lookups.
    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError>;

    /// Where a listing goes by the order of the ids: the place in it right behind a record, as `after` of a scan. Absent where
    /// a listing can only be followed from its beginning.
    fn place_behind(&self, target: &Target, id: &RecordId) -> Option<String>;

    /// How a person looks one record up without us: a query or a command, quoted by the system's rules.
    fn native_query(&self, target: &Target, id: &RecordId) -> String;
}

/// One backup set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupSet {
    /// Its name in the backup system.
    pub name: String,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// When it goes, by the rule as the backup system holds it now; absent: no rule ends it.
    pub expires_on: Option<Date>,
}

/// What a backup probe sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// Every set that is there.
    pub sets: Vec<BackupSet>,
    /// The rule that ends sets, re-read from the backup system (`keep-within 35d`); absent: it is not in force.
    pub rule: Option<String>,
    /// Why the rule is not in force, or anything else worth telling.
    pub notes: Vec<String>,
}

/// Looks at backup sets.
#[async_trait]
pub trait BackupProbe: Send + Sync {
    /// Lists every set and re-reads the rule that ends them.
    async fn report(&self, now: Timestamp) -> Result<BackupReport, ProbeError>;
}

/// Makes probes.
pub trait Probes: Send + Sync {
    /// Refuses a system whose kind is unknown or whose configuration is wrong, before it enters the inventory.
    fn check(&self, system: &System) -> Result<(), ConnectorError>;

    /// The probe of a system, with its opened probe credential. Connects to nothing yet.
    fn probe(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Probe>, ConnectorError>;

    /// The backup probe of a system handled by expiry.
    fn backups(&self, system: &System, credential: &Secret) -> Result<Arc<dyn BackupProbe>, ConnectorError>;

    /// The connector's name and version, for certificates.
    fn version(&self, kind: &str) -> String;
}
