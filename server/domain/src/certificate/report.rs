//! The report of one system: what was done in it, what was found, and what the finding proves.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::time::{Date, Timestamp};

/// One system of the inventory. There is no "skipped".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Its name in the inventory.
    pub name: String,
    /// What it is, such as `postgres` or `backup`.
    pub kind: String,
    /// Where the data is.
    pub location: String,
    /// Who answers for it.
    pub owner: String,
    /// Categories of personal data.
    pub categories: Vec<String>,
    /// The processor that runs it, when it is not the issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
    /// What the plan said for it.
    pub handling: Handling,
    /// What was done, in plain words. A logical delete is not NIST SP 800-88 "Clear".
    pub method: String,
    /// The connector that did it.
    pub connector: String,
    /// Its version.
    pub connector_version: String,
    /// When the first chunk started, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When the last chunk ended, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Whether what was done in it had been rehearsed on synthetic data; left out on drills, and by earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill: Option<Rehearsal>,
    /// Its datasets.
    pub datasets: Vec<Dataset>,
}

/// Whether the process was rehearsed in a system, since its entry in the inventory was last changed, when the run was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rehearsal {
    /// A drill has passed.
    Passed {
        /// When its certificate was issued.
        at: Timestamp,
    },
    /// None has.
    Missing {
        /// Who accepted that in writing, and why; left out where the issuer's rules do not ask for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acceptance: Option<Acceptance>,
    },
}

/// What a plan can say for a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// Erased by a connector.
    Erase,
    /// Backups that expire.
    Expire,
    /// A named party confirms.
    Attest,
    /// Not erased, on a ground.
    Withheld,
}

/// One table, bucket, key space or the like of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// Records in scope before erasure, counted by the probe; left out when the store gives no exact count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// Records in scope afterwards, counted by the probe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// What the eraser says it deleted. Reported, not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<u64>,
    /// Commitment to count and ids before erasure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Digest>,
    /// What was looked for, and the verdict.
    pub verification: Verification,
}

impl Dataset {
    /// Records that are gone: the difference of two counts by the probe.
    pub fn gone(&self) -> Option<u64> {
        self.before?.checked_sub(self.after?)
    }
}

/// An independent look at a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// The verdict.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
    /// The sample drawn before erasure and looked up again. Required of `absent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// The positive control.
    pub control: Control,
    /// Held records and records outside the request that must still be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<Neighbours>,
    /// Seconds waited after erasure, for stores that settle late.
    pub waited_seconds: u64,
    /// Whether probe and eraser used different credentials.
    pub separate_credentials: bool,
    /// Version of the verifier.
    pub verifier: String,
    /// Who accepted that no control is possible, and why. Required of `inconclusive_accepted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Acceptance>,
    /// Who attested, on what evidence. Required of `attested`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
    /// What the finding proves, in words; see [`super::wording::proves`].
    pub proves: String,
}

/// Verdicts that a certificate can carry. Residue, unreachable and plain inconclusive cannot be certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Looked for and not found, with the control found.
    Absent,
    /// Nothing was found, no control is possible, and a person accepted that with a reason.
    InconclusiveAccepted,
    /// A named party says so, with evidence.
    Attested,
    /// In backups that expire; a later probe and an addendum will tell.
    Expiring,
    /// Not erased, on a ground; found unchanged.
    Preserved,
    /// No backup set that could hold it is left: the sets were listed.
    Expired,
    /// By its locator the dataset holds nothing of single persons; the request is about one.
    NoPersonalRecords,
}

/// A sample of ids drawn by the probe before erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// How many ids were looked up afterwards.
    pub size: u64,
    /// How many of them were found.
    pub found: u64,
    /// The dataset by its name in the inventory, as it goes into the seed; left out where the seed cannot be made again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// The seed; where it comes from the operator's own log, a digest of the root and of the commitment to what was mixed in.
    pub seed: Digest,
    /// Where the seed's unpredictability comes from.
    pub seed_source: SeedSource,
}

/// Where the seed's unpredictability comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedSource {
    /// A nonce committed by a witness or the approver's side before planning.
    CommittedNonce,
    /// From the operator's own log only.
    OperatorLog,
}

/// The record known to be present that the same probe must find, or its "not found" is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// A canary of the synthetic tenant was found before and after.
    Canary,
    /// A record outside the request was found before and after.
    OutsideRecord,
    /// Another tenant's record was found before and after: in certificates of before `outside_record`.
    OtherTenant,
    /// No control is possible.
    NotPossible,
    /// The verdict needs none: attested, expiring or preserved.
    NotNeeded,
}

/// Records that had to survive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbours {
    /// How many were looked up.
    pub looked_up: u64,
    /// How many were found.
    pub found: u64,
}

/// A person's acceptance of a finding without a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The role of the person.
    pub role: String,
    /// The name, where configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// A statement by a party that runs a system itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The organisation.
    pub by: String,
    /// When it was given.
    pub at: Timestamp,
    /// SHA-256 of the document given as evidence.
    pub evidence: Digest,
}

/// A part that was not erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// The system.
    pub system: String,
    /// The dataset; left out when the whole system is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// What is kept, in words.
    pub what: String,
    /// Records kept, counted by the probe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// A hold or a retention duty.
    pub by: WithheldBy,
    /// The ground in words, as the hold's disclosure allows, with the article (Art. 17(3)).
    pub ground: String,
    /// Opaque reference of the matter, where it may be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    /// Until when.
    pub until: Until,
}

/// What keeps a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithheldBy {
    /// A legal hold.
    LegalHold,
    /// A duty to keep, by statute or contract.
    RetentionDuty,
}

/// Until when a part is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Until {
    /// Until a date.
    Date {
        /// The date.
        on: Date,
    },
    /// Until the hold is released.
    Release,
}

/// Backup sets that may still hold the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The system.
    pub system: String,
    /// Sets that were listed by the probe.
    pub sets: u64,
    /// When the last of them expires.
    pub expires_on: Date,
    /// When the probe listed the sets and read the exclusion.
    pub checked_at: Timestamp,
    /// The rule that ends the sets was read again from the backup system, and is in force.
    pub rule_confirmed: bool,
    /// When the probe found that none of the sets is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<Timestamp>,
}

/// What an officer saw by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpotCheck {
    /// The system.
    pub system: String,
    /// The dataset.
    pub dataset: String,
    /// Random ids looked at.
    pub ids: u64,
    /// How many of them were there.
    pub found: u64,
    /// Whether the decoy known to exist was seen; missing it voids the check.
    pub decoy_seen: bool,
    /// What the officer wrote down.
    pub saw: String,
    /// The role of the officer.
    pub role: String,
    /// The name, where configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When.
    pub at: Timestamp,
}
