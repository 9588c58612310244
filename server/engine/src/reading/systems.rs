//! Drawing the systems of a request from its records.

use std::collections::BTreeMap;

use domain::attempt::{Step, StepState};
use domain::inventory::{DatasetRef, InventoryVersion, SystemName};
use domain::manifest::Manifest;
use domain::plan::{ErasurePlan, PlanPart};
use domain::retention::KeeperId;
use domain::verification::{Attestation, Check, CheckState, Finding, SpotCheck, Verdict};

use super::kept::KeeperSeen;
use super::names::Names;
use super::seen::{
    AttestationSeen, BeforeSeen, CheckSeen, DatasetSeen, FindingSeen, PartSeen, SpotCheckSeen, StepSeen,
    SystemSeen,
};

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
        // What was found under an earlier plan says nothing of what this one will do.
        let plan = self.plan.id;
        let steps = self
            .steps
            .iter()
            .filter(|step| step.plan == plan && step.dataset == dataset);
        let checks = self
            .checks
            .iter()
            .filter(|check| check.plan == plan && check.dataset == dataset);
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
