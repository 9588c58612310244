//! The systems of a request: for each dataset what is planned, what was reported, and what a probe saw.

use std::collections::{BTreeMap, BTreeSet};

use domain::attempt::{Step, StepState};
use domain::digest::Digest;
use domain::id::{AttestationId, CheckId, SpotCheckId, StepId};
use domain::inventory::{Category, DatasetRef, Handling, InventoryVersion, SystemName};
use domain::manifest::{Control, Manifest};
use domain::plan::{Action, ErasurePlan, PlanPart};
use domain::retention::KeeperId;
use domain::scope::Cover;
use domain::time::{Date, Timestamp};
use domain::verification::{Attestation, Check, CheckState, Finding, Preservation, SpotCheck, Verdict};
use serde::Serialize;

use super::kept::KeeperSeen;
use super::names::{Named, Names};

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

/// Everything that the systems are drawn from.
pub(super) struct Records<'a> {
    pub(super) plan: &'a ErasurePlan,
    pub(super) inventory: Option<&'a InventoryVersion>,
    pub(super) manifest: Option<&'a Manifest>,
    pub(super) steps: &'a [Step],
    pub(super) checks: &'a [Check],
    pub(super) spots: &'a [SpotCheck],
    pub(super) attestations: &'a [Attestation],
    pub(super) keepers: &'a BTreeMap<KeeperId, KeeperSeen>,
    pub(super) names: &'a Names,
    /// Words written among staff are shown.
    pub(super) staff: bool,
}

impl Records<'_> {
    /// The systems, in the order of the plan.
    pub(super) fn systems(&self) -> Vec<SystemSeen> {
        let systems = self.plan.entries.iter().map(|entry| {
            let system = self
                .inventory
                .and_then(|inventory| inventory.system(&entry.system));
            SystemSeen {
                name: entry.system.clone(),
                title: system.map_or_else(|| entry.system.to_string(), |system| system.title.clone()),
                kind: system.map(|system| system.kind.clone()).unwrap_or_default(),
                owner: system.map(|system| system.owner.clone()).unwrap_or_default(),
                location: system.map(|system| system.location.clone()).unwrap_or_default(),
                processor: system.and_then(|system| system.processor.clone()),
                handling: entry.handling,
                datasets: entry
                    .parts
                    .iter()
                    .map(|part| self.dataset(&entry.system, part))
                    .collect(),
            }
        });
        systems.collect()
    }

    fn dataset(&self, system: &SystemName, part: &PlanPart) -> DatasetSeen {
        let dataset = DatasetRef {
            system: system.clone(),
            dataset: part.dataset.clone(),
        };
        let kept = part.kept.iter().map(|kept| PartSeen {
            keeper: kept.keeper,
            cover: kept.cover,
            // As it may be told today, which is not always how it could be told when the plan was made.
            disclosed: self
                .keepers
                .get(&kept.keeper)
                .map_or_else(|| kept.disclosed.clone(), |keeper| keeper.disclosed.clone()),
            until: kept.until,
        });
        let before = self.manifest.and_then(|manifest| manifest.dataset(&dataset));
        let steps = self.steps.iter().filter(|step| step.dataset == dataset);
        let checks = self.checks.iter().filter(|check| check.dataset == dataset);
        let spots = self.spots.iter().filter(|spot| spot.dataset == dataset);
        let attestation = self.attestations.iter().find(|one| one.dataset == dataset);
        DatasetSeen {
            categories: part.categories.clone(),
            action: part.action,
            kept: kept.collect(),
            before: before.map(|before| BeforeSeen {
                count: before.count,
                sample_size: before.sample_size,
                withheld_count: before.withheld_count,
                control: before.control,
                positive: before.positive,
            }),
            step: steps.max_by_key(|step| step.round).map(|step| self.step(step)),
            check: checks
                .max_by_key(|check| check.round)
                .map(|check| self.check(check)),
            spot_check: spots.max_by_key(|spot| spot.shown_at).map(|spot| self.spot(spot)),
            attestation: attestation.map(|one| AttestationSeen {
                id: one.id,
                party: one.party.clone(),
                document: one.document,
                dated_on: one.dated_on,
                recorded_at: one.recorded_at,
            }),
            dataset,
        }
    }

    fn step(&self, step: &Step) -> StepSeen {
        let why = match &step.state {
            StepState::Parked { why } if self.staff => Some(why.clone()),
            _ => None,
        };
        StepSeen {
            id: step.id,
            round: step.round,
            state: step.state.word(),
            why,
            reported: step.reported,
            chunks: step.chunks,
            failures: step.failures,
            started_at: step.started_at,
            ended_at: step.ended_at,
            method: step.method.clone(),
        }
    }

    fn check(&self, check: &Check) -> CheckSeen {
        let (until, tries) = match check.state {
            CheckState::Waiting { until, tries } => (Some(until), tries),
            CheckState::Found(_) => (None, 0),
        };
        CheckSeen {
            id: check.id,
            round: check.round,
            state: check.state_word(),
            until,
            tries,
            finding: check.finding().map(|finding| self.finding(finding)),
        }
    }

    fn finding(&self, finding: &Finding) -> FindingSeen {
        let verdict = match &finding.verdict {
            Verdict::Inconclusive { .. } if !self.staff => Verdict::Inconclusive { why: String::new() },
            Verdict::Unreachable { .. } if !self.staff => Verdict::Unreachable { why: String::new() },
            verdict => verdict.clone(),
        };
        let accepted = finding.accepted.as_ref();
        FindingSeen {
            verdict,
            kept: finding.kept.clone(),
            count: finding.count,
            looked_up: finding.looked_up,
            found: finding.found,
            control_found: finding.control_found,
            looked_at: finding.looked_at,
            prober: finding.prober.clone(),
            accepted_by: accepted.map(|accepted| self.names.person(accepted.by)),
            accepted_because: accepted
                .filter(|_| self.staff)
                .map(|accepted| accepted.reason.clone()),
        }
    }

    fn spot(&self, spot: &SpotCheck) -> SpotCheckSeen {
        let result = spot.result.as_ref();
        SpotCheckSeen {
            id: spot.id,
            round: spot.round,
            officer: self.names.person(spot.officer),
            shown_at: spot.shown_at,
            shown: spot.shown,
            recorded_at: result.map(|result| result.recorded_at),
            still_there: result.map(|result| result.still_there),
            decoy_seen: result.map(|result| result.decoy_seen),
            note: result.filter(|_| self.staff).map(|result| result.note.clone()),
        }
    }
}
