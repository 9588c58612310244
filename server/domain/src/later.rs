//! Later checks: verification is repeated some days after a certificate was issued, because data comes back from imports and
//! restores (V7); and backups are looked at when their last set that may hold the data is due to run out.

use serde::{Deserialize, Serialize};

use crate::id::CertificateId;
use crate::inventory::DatasetRef;
use crate::time::{Date, Timestamp};
use crate::verification::Verdict;

/// What a later check is for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum LooksAt {
    /// Everything that was erased: has it come back?
    #[default]
    Records,
    /// Backups: has the last set run out that may hold what was erased?
    Backup {
        /// Which.
        dataset: DatasetRef,
    },
}

/// What a probe saw in one dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterLook {
    /// Where.
    pub dataset: DatasetRef,
    /// What it says of the records that had gone.
    pub verdict: Verdict,
    /// Records that the locator finds now, where the store can count.
    pub count: Option<u64>,
    /// How many ids of the samples were looked up.
    pub looked_up: u64,
    /// How many of them were found.
    pub found: u64,
    /// No control was possible before either, and a person accepted that in writing: nobody is asked again.
    pub accepted: bool,
    /// When.
    pub looked_at: Timestamp,
}

/// How a later check ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// Nothing has come back.
    Clean,
    /// Something was seen again: an incident is open.
    SeenAgain,
    /// No backup set is left that may hold what was erased: an officer may certify it by an addendum.
    RunOut,
    /// Sets are left, and their date was moved: they are looked at again after it.
    NotYet {
        /// The last day of the last of them.
        on: Date,
    },
    /// It was not needed any more.
    NotNeeded {
        /// Why: the certificate was revoked, replaced or suspended, or the request is being run again.
        why: String,
    },
}

/// A look that is due some days after the issue of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterCheck {
    /// Of which certificate.
    pub certificate: CertificateId,
    /// The first, the second, and so on.
    pub number: i64,
    /// What for.
    #[serde(default)]
    pub looks_at: LooksAt,
    /// When it is due.
    pub due_at: Timestamp,
    /// How and when it ended; absent until then.
    pub ended: Option<(Timestamp, Outcome)>,
    /// What was seen, dataset by dataset.
    pub looks: Vec<LaterLook>,
    /// Grows with each change.
    pub version: i64,
}

impl LaterCheck {
    /// The backup that it looked at and that has run out.
    pub fn run_out(&self) -> Option<&DatasetRef> {
        match (&self.looks_at, &self.ended) {
            (LooksAt::Backup { dataset }, Some((_, Outcome::RunOut))) => Some(dataset),
            _ => None,
        }
    }
}
