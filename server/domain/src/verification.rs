//! Checks: an independent look at every dataset after erasure, and the verdicts they may give.
//!
//! Nothing here knows what an eraser reported: a check judges from locator, manifest and sighting alone.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::{AttestationId, CheckId, PersonId, PlanId, RequestId, SpotCheckId};
use crate::inventory::DatasetRef;
use crate::manifest::{Control, DatasetManifest};
use crate::port::probe::Sighting;
use crate::port::vault::Sealed;
use crate::time::{Date, Timestamp};

/// What a check found of the records that had to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// The control was found, the count is zero, and no sampled record was found.
    Absent,
    /// Records remain.
    Residue {
        /// How many are known to remain: the count, or the sampled ones found, whichever is more.
        remaining: u64,
    },
    /// It cannot be told.
    Inconclusive {
        /// Why.
        why: String,
    },
    /// The system does not answer; it is tried again.
    Unreachable {
        /// Why.
        why: String,
    },
    /// Backups hold it until they run out, by a rule that was re-read.
    ExpiresOn {
        /// When the last set goes.
        on: Date,
    },
    /// A named party attested erasure with a document.
    Attested {
        /// The attestation.
        attestation: AttestationId,
    },
    /// All of it is withheld and was to stay.
    Withheld,
    /// By its locator the dataset holds nothing of single persons.
    NoPersonalRecords,
}

impl Verdict {
    /// The word stored and shown.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Residue { .. } => "residue",
            Self::Inconclusive { .. } => "inconclusive",
            Self::Unreachable { .. } => "unreachable",
            Self::ExpiresOn { .. } => "expires_on",
            Self::Attested { .. } => "attested",
            Self::Withheld => "withheld",
            Self::NoPersonalRecords => "no_personal_records",
        }
    }

    /// A certificate may rest on it.
    pub const fn certifiable(&self) -> bool {
        !matches!(
            self,
            Self::Residue { .. } | Self::Inconclusive { .. } | Self::Unreachable { .. }
        )
    }
}

/// What a check found of the records that had to stay: withheld ones and those outside the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kept")]
pub enum Preservation {
    /// All looked-up records that had to stay are there, and withheld counts are unchanged.
    Preserved,
    /// Records are gone that had to stay. The whole run stops.
    Lost {
        /// Withheld records missing.
        withheld: u64,
        /// Records outside the request missing from the control sample.
        others: u64,
    },
    /// There was nothing to compare.
    NothingToKeep,
    /// Nothing was found at all, the control included: the probe is blind, or all is gone.
    Unknown,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Of what had to go.
    pub verdict: Verdict,
    /// Of what had to stay.
    pub kept: Preservation,
    /// The count afterwards, where the store can count.
    pub count: Option<u64>,
    /// How many sampled records were looked up.
    pub looked_up: u64,
    /// How many of them were found.
    pub found: u64,
    /// The control was found in the same session.
    pub control_found: bool,
    /// Up to ten ids that remain (JSON array), sealed under the request's key with context `residue:<check id>`.
    pub residue_ids: Option<Sealed>,
    /// When the probe looked.
    pub looked_at: Timestamp,
    /// The probe's name and version.
    pub prober: String,
    /// A person accepted "no control possible" with a reason.
    pub accepted: Option<Acceptance>,
}

/// An exception accepted in writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Where a check is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every check is found in the end, and there are few of them"
)]
pub enum CheckState {
    /// The store settles, or an unreachable system is tried again.
    Waiting {
        /// Not before.
        until: Timestamp,
        /// How often the system did not answer.
        tries: u32,
    },
    /// The probe looked.
    Found(Finding),
}

/// The verification of one dataset in one round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its id.
    pub id: CheckId,
    /// Of which request.
    pub request: RequestId,
    /// Against which plan and manifest.
    pub plan: PlanId,
    /// In which round.
    pub round: i32,
    /// Which dataset.
    pub dataset: DatasetRef,
    /// Where it is.
    pub state: CheckState,
    /// Grows with each change.
    pub version: i64,
}

impl Check {
    /// The finding, once there is one.
    pub const fn finding(&self) -> Option<&Finding> {
        match &self.state {
            CheckState::Found(finding) => Some(finding),
            CheckState::Waiting { .. } => None,
        }
    }

    /// The word stored and shown.
    pub const fn state_word(&self) -> &'static str {
        match &self.state {
            CheckState::Waiting { .. } => "waiting",
            CheckState::Found(finding) => finding.verdict.word(),
        }
    }
}

/// What one look proves about a dataset, by the rules of Absent and Preserved.
///
/// The question behind `sighting` had: ids = selected then withheld samples; controls = the canary where there is one,
/// then the others' sample; counts = selected, withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Of what had to go.
    pub verdict: Verdict,
    /// Of what had to stay.
    pub kept: Preservation,
    /// The count afterwards.
    pub count: Option<u64>,
    /// Sampled records found.
    pub found: u64,
    /// The control was found.
    pub control_found: bool,
}

/// What is known of control records outside the request that are no longer found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accounted {
    /// How many of those missing were erased by chunks that were authorised for an approved request of their own tenant.
    pub gone_rightly: u64,
    /// A record outside the request that was listed only now is found by the same lookup. Asked where no control of before
    /// remains and all have gone rightly.
    pub fresh_control: bool,
}

/// Judges one look. Pure: the same sighting always gives the same verdict.
pub fn judge(before: &DatasetManifest, sighting: &Sighting, accounted: Accounted) -> Judgement {
    let (selected_found, withheld_found) = sighting
        .found
        .split_at((before.sample_size as usize).min(sighting.found.len()));
    let complete = sighting.found.len() as u64 == before.sample_size + before.withheld_sample_size;
    let found = selected_found.iter().filter(|found| **found).count() as u64;
    let canary = usize::from(before.control == Control::Canary);
    let (canaries, others) = sighting.controls.split_at(canary.min(sighting.controls.len()));
    let control_found = match before.control {
        Control::Canary => canaries.iter().all(|found| *found) && !canaries.is_empty(),
        Control::OutsideRecord => others.iter().any(|found| *found) || accounted.fresh_control,
        Control::None => false,
    };
    let count = sighting.counts.first().copied().flatten();
    let withheld_count = sighting.counts.get(1).copied().flatten();

    let missing = |found: &[bool]| found.iter().filter(|found| !**found).count() as u64;
    let shrunk = before
        .withheld_count
        .zip(withheld_count)
        .map_or(0, |(was, is)| was.saturating_sub(is));
    let lost_withheld = missing(withheld_found).max(shrunk);
    let lost_others = missing(others).saturating_sub(accounted.gone_rightly);
    let others_to_keep = (others.len() as u64).saturating_sub(accounted.gone_rightly);
    // Everything out of sight at once, controls included, may be blindness as well as loss: the verdict says so.
    let all_dark = !control_found
        && lost_others == others_to_keep
        && missing(withheld_found) as usize == withheld_found.len();

    let kept = match (lost_withheld, lost_others) {
        (0, 0) if withheld_found.is_empty() && others_to_keep == 0 => Preservation::NothingToKeep,
        (0, 0) => Preservation::Preserved,
        _ if all_dark => Preservation::Unknown,
        (withheld, others) => Preservation::Lost { withheld, others },
    };
    let verdict = if !complete {
        inconclusive("the probe answered for another number of records than it was asked for")
    } else if found > 0 || count.is_some_and(|count| count > 0) {
        Verdict::Residue {
            remaining: count.unwrap_or(0).max(found),
        }
    } else if !before.positive {
        inconclusive("before erasure the probe did not find the records that it had listed")
    } else if before.control == Control::None {
        inconclusive("no control possible: no record is known that must be found")
    } else if !control_found && before.control == Control::OutsideRecord && others_to_keep == 0 {
        inconclusive(
            "no control possible: the records outside this request that were known are erased by requests of their own, and \
             no other is found",
        )
    } else if !control_found && all_dark {
        inconclusive(
            "no record that had to stay is found, the control included: the probe is blind, or everything is gone. Look \
             into the system itself",
        )
    } else if !control_found {
        inconclusive("the control record, known to be present, was not found")
    } else if count.is_none() && before.scanned > before.sample_size {
        inconclusive("the store cannot count, and only a sample was looked up")
    } else {
        Verdict::Absent
    };
    Judgement {
        verdict,
        kept,
        count,
        found,
        control_found,
    }
}

fn inconclusive(why: &str) -> Verdict {
    Verdict::Inconclusive { why: why.into() }
}

/// An officer's look at single records (V6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotCheck {
    /// Its id.
    pub id: SpotCheckId,
    /// Of which request.
    pub request: RequestId,
    /// In which round.
    pub round: i32,
    /// Which dataset.
    pub dataset: DatasetRef,
    /// Who looks.
    pub officer: PersonId,
    /// When the ids were shown.
    pub shown_at: Timestamp,
    /// The ids in the order shown and which of them is the decoy (JSON), sealed under the request's key with
    /// context `spot:<id>`.
    pub sealed: Sealed,
    /// How many ids were shown, the decoy included.
    pub shown: u32,
    /// What the officer recorded; absent until then.
    pub result: Option<SpotCheckResult>,
    /// Grows with each change.
    pub version: i64,
}

/// What an officer saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotCheckResult {
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// How many of the sampled ids (without the decoy) were seen to exist still.
    pub still_there: u32,
    /// The decoy was seen. If not, the check is void.
    pub decoy_seen: bool,
    /// In the officer's words; no identifiers.
    pub note: String,
}

/// A party's confirmation that it erased (I5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// Its id.
    pub id: AttestationId,
    /// For which request.
    pub request: RequestId,
    /// Against which plan.
    pub plan: PlanId,
    /// For which dataset.
    pub dataset: DatasetRef,
    /// Who attests: the party's name.
    pub party: String,
    /// SHA-256 of the document.
    pub document: Digest,
    /// The document's date.
    pub dated_on: Date,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Timestamp,
}

#[cfg(test)]
mod tests;
