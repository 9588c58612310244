//! A system of a request's plan as its page shows it: what is planned, what was reported, and what a probe saw.

use std::collections::BTreeSet;

use domain::digest::Digest;
use domain::id::{AttestationId, CheckId, SpotCheckId, StepId};
use domain::inventory::{Category, DatasetRef, Handling, SystemName};
use domain::manifest::Control;
use domain::plan::Action;
use domain::retention::KeeperId;
use domain::scope::Cover;
use domain::time::{Date, Timestamp};
use domain::verification::{Preservation, Verdict};
use serde::Serialize;

use super::names::Named;

/// A system of the plan.
#[derive(Debug, Clone, Serialize)]
pub struct SystemSeen {
    /// Its stable name.
    pub name: SystemName,
    /// What people call it.
    pub title: String,
    /// The connector kind.
    pub kind: String,
    /// Who answers for it.
    pub owner: String,
    /// Where the data is.
    pub location: String,
    /// Who runs it, where it is not the issuer.
    pub processor: Option<String>,
    /// What is done about it.
    pub handling: Handling,
    /// Its datasets.
    pub datasets: Vec<DatasetSeen>,
}

/// A dataset of the plan.
#[derive(Debug, Clone, Serialize)]
pub struct DatasetSeen {
    /// Which.
    pub dataset: DatasetRef,
    /// What it holds.
    pub categories: BTreeSet<Category>,
    /// What is done about it.
    pub action: Action,
    /// What is kept of it.
    pub kept: Vec<PartSeen>,
    /// What the probe saw before.
    pub before: Option<BeforeSeen>,
    /// Its newest step.
    pub step: Option<StepSeen>,
    /// Its newest check.
    pub check: Option<CheckSeen>,
    /// The newest look of an officer.
    pub spot_check: Option<SpotCheckSeen>,
    /// What a party attested.
    pub attestation: Option<AttestationSeen>,
}

/// A part that is kept.
#[derive(Debug, Clone, Serialize)]
pub struct PartSeen {
    /// By which hold or duty.
    pub keeper: KeeperId,
    /// How much of the dataset.
    pub cover: Cover,
    /// What may be said of the hold or duty.
    pub disclosed: String,
    /// Until when, where that is known.
    pub until: Option<Date>,
}

/// What the probe saw before erasure.
#[derive(Debug, Clone, Serialize)]
pub struct BeforeSeen {
    /// Records to be erased, where the store can count.
    pub count: Option<u64>,
    /// How many were drawn to be looked up again.
    pub sample_size: u64,
    /// Records that are withheld.
    pub withheld_count: Option<u64>,
    /// Which positive control there is.
    pub control: Control,
    /// The control and the whole sample were found.
    pub positive: bool,
}

/// A step: what was reported, not what is gone.
#[derive(Debug, Clone, Serialize)]
pub struct StepSeen {
    /// Which.
    pub id: StepId,
    /// In which round.
    pub round: i32,
    /// The word of its state.
    pub state: &'static str,
    /// What is the matter with a parked one; for staff.
    pub why: Option<String>,
    /// Records reported as deleted.
    pub reported: u64,
    /// Chunks authorised.
    pub chunks: u32,
    /// Failures in a row.
    pub failures: u32,
    /// When the first chunk was authorised.
    pub started_at: Option<Timestamp>,
    /// When it was done.
    pub ended_at: Option<Timestamp>,
    /// What was done, in plain words.
    pub method: Option<String>,
}

/// A check.
#[derive(Debug, Clone, Serialize)]
pub struct CheckSeen {
    /// Which.
    pub id: CheckId,
    /// In which round.
    pub round: i32,
    /// `waiting`, or the word of the verdict.
    pub state: &'static str,
    /// While it waits: not before.
    pub until: Option<Timestamp>,
    /// While it waits: how often the system did not answer.
    pub tries: u32,
    /// What was found.
    pub finding: Option<FindingSeen>,
}

/// A finding, without the sealed ids.
#[derive(Debug, Clone, Serialize)]
pub struct FindingSeen {
    /// Of what had to go.
    pub verdict: Verdict,
    /// Of what had to stay.
    pub kept: Preservation,
    /// The count afterwards.
    pub count: Option<u64>,
    /// Sampled records looked up.
    pub looked_up: u64,
    /// Of which found.
    pub found: u64,
    /// The control was found in the same session.
    pub control_found: bool,
    /// When.
    pub looked_at: Timestamp,
    /// The probe's name and version.
    pub prober: String,
    /// Who accepted the exception, where one was.
    pub accepted_by: Option<Named>,
    /// Why it was accepted; for staff.
    pub accepted_because: Option<String>,
}

/// An officer's look at single records.
#[derive(Debug, Clone, Serialize)]
pub struct SpotCheckSeen {
    /// Which.
    pub id: SpotCheckId,
    /// In which round.
    pub round: i32,
    /// Who looked.
    pub officer: Named,
    /// When the ids were shown.
    pub shown_at: Timestamp,
    /// How many, the decoy included.
    pub shown: u32,
    /// When the result was recorded.
    pub recorded_at: Option<Timestamp>,
    /// Ids seen to exist still.
    pub still_there: Option<u32>,
    /// The decoy was seen; if not, the look is void.
    pub decoy_seen: Option<bool>,
    /// In the officer's words; for staff.
    pub note: Option<String>,
}

/// What a party attested.
#[derive(Debug, Clone, Serialize)]
pub struct AttestationSeen {
    /// Which.
    pub id: AttestationId,
    /// Who attests.
    pub party: String,
    /// SHA-256 of the document.
    pub document: Digest,
    /// The document's date.
    pub dated_on: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}
