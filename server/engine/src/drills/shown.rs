//! What a drill showed of each system, and how drills are told of.

use std::collections::BTreeMap;

use domain::actor::{Actor, Permission};
use domain::drill::{
    Drill, DrillState, DrilledDataset, DrilledSystem, LastPassed, Month, Schedule, Trouble, last_passed,
};
use domain::id::{CertificateId, DrillId, RequestId};
use domain::inventory::{DatasetRef, SystemName};
use domain::plan::{Action, PlanPart};
use domain::time::{Date, Timestamp};
use domain::verification::Verdict;
use serde::Serialize;

use super::standing;
use crate::evidence::Evidence;
use crate::{Engine, Error};

/// A drill as its readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrillSeen {
    /// Which.
    pub id: DrillId,
    /// The month whose drill it is; absent: somebody asked for one besides.
    pub month: Option<Month>,
    /// How it stands.
    pub state: DrillState,
    /// The request that it runs as; absent: it did not run.
    pub request: Option<RequestId>,
    /// When it was opened, or found not to have run.
    pub opened_at: Timestamp,
    /// The last day on which it is in time.
    pub due_on: Date,
    /// When it was noticed that it is late.
    pub overdue_at: Option<Timestamp>,
    /// What went wrong.
    pub trouble: Option<Trouble>,
    /// Its certificate, and when that was issued.
    pub certificate: Option<(CertificateId, Timestamp)>,
    /// Datasets that have not passed, with why.
    pub lacking: BTreeMap<String, String>,
}

/// A system of the present inventory, and the last drill that it passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SystemDrilled {
    /// Which.
    pub system: SystemName,
    /// The last drill that it passed; absent: none ever.
    pub last: Option<LastPassed>,
}

impl SystemDrilled {
    /// It has passed a drill since its last change.
    pub fn counts(&self) -> bool {
        self.last.is_some_and(|last| last.unchanged)
    }
}

impl From<Drill> for DrillSeen {
    fn from(drill: Drill) -> Self {
        Self {
            state: drill.state(),
            lacking: lacking(&drill),
            id: drill.id,
            month: drill.month,
            request: drill.request,
            opened_at: drill.opened_at,
            due_on: drill.due_on,
            overdue_at: drill.overdue_at,
            trouble: drill.trouble,
            certificate: drill.certificate,
        }
    }
}

impl Engine {
    /// All drills, and months in which none ran, the newest first.
    pub async fn drills(&self, actor: &Actor) -> Result<Vec<DrillSeen>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let drills = self.ports.store.read().await?.drills().all().await?;
        Ok(drills.into_iter().map(DrillSeen::from).collect())
    }

    /// When drills are due, and on whom they run; absent: none runs.
    pub fn drill_schedule(&self, actor: &Actor) -> Result<Option<&Schedule>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        Ok(self.policy.drills.as_ref())
    }

    /// Every system of the present inventory, with the last drill that it passed; empty while there is no inventory.
    pub async fn drilled_systems(&self, actor: &Actor) -> Result<Vec<SystemDrilled>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let mut tx = self.ports.store.read().await?;
        let Some(inventory) = tx.inventory().latest().await? else {
            return Ok(Vec::new());
        };
        let passed = last_passed(&standing(&mut *tx).await?, &inventory);
        let systems = inventory.systems.into_iter().map(|system| SystemDrilled {
            last: passed.get(&system.name).copied(),
            system: system.name,
        });
        Ok(systems.collect())
    }

    /// What is wrong with drills now, where anything is: the newest of the schedule failed, is late or did not run, and none
    /// has passed since.
    pub async fn drill_alarm(&self, actor: &Actor) -> Result<Option<DrillSeen>, Error> {
        let drills = self.drills(actor).await?;
        let until = |drill: &&DrillSeen| drill.state != DrillState::Passed;
        let bad = [DrillState::Overdue, DrillState::Failed, DrillState::NotRun];
        let mut since = drills.iter().take_while(until);
        Ok(since.find(|drill| bad.contains(&drill.state)).cloned())
    }
}

/// What the evidence of a drill says of each system.
pub(super) fn shown(seen: &Evidence) -> Vec<DrilledSystem> {
    let systems = seen.plan.entries.iter().filter_map(|entry| {
        let system = seen.inventory.system(&entry.system)?;
        let datasets = entry.parts.iter().map(|part| {
            let name = DatasetRef {
                system: entry.system.clone(),
                dataset: part.dataset.clone(),
            };
            DrilledDataset {
                dataset: part.dataset.clone(),
                before: before(seen, &name).0,
                lacks: lacks(seen, &name, part),
            }
        });
        Some(DrilledSystem {
            system: entry.system.clone(),
            fingerprint: system.fingerprint(),
            datasets: datasets.collect(),
        })
    });
    systems.collect()
}

/// How many records there were before anything was erased, and whether there was any.
fn before(seen: &Evidence, name: &DatasetRef) -> (Option<u64>, bool) {
    let earlier = seen
        .earlier
        .iter()
        .find_map(|(_, manifest)| manifest.dataset(name));
    match earlier.or_else(|| seen.manifest.dataset(name)) {
        Some(seen) => (
            seen.count,
            seen.count.unwrap_or(seen.scanned.max(seen.sample_size)) > 0,
        ),
        None => (None, false),
    }
}

/// Why a dataset has not passed.
fn lacks(seen: &Evidence, name: &DatasetRef, part: &PlanPart) -> Option<String> {
    let Some(finding) = seen.finding(name) else {
        return Some("it has no verdict".into());
    };
    let listed = finding.count != Some(0);
    match (part.action, &finding.verdict) {
        _ if !part.kept.is_empty() => Some("a hold or duty kept records of it".into()),
        (Action::Erase, _) if !before(seen, name).1 => {
            Some("there was no record of the synthetic tenant to erase".into())
        }
        (Action::Erase, Verdict::Absent) | (Action::Attest, Verdict::Attested { .. }) => None,
        (Action::Expire, Verdict::ExpiresOn { .. }) if listed => None,
        (Action::Expire, Verdict::ExpiresOn { .. } | Verdict::Absent) => {
            Some("no backup set was listed".into())
        }
        (_, verdict) => Some(format!("its check ended as {}", verdict.word().replace('_', " "))),
    }
}

/// Datasets that have not passed, by name, with why.
pub(super) fn lacking(drill: &Drill) -> BTreeMap<String, String> {
    let rows = drill.lacking().map(|(system, dataset)| {
        let why = dataset.lacks.clone().unwrap_or_default();
        (format!("{system}.{}", dataset.dataset), why)
    });
    rows.collect()
}

/// What an alarm says: what is the matter, and why.
pub(super) fn alarm(drill: &Drill) -> (String, String) {
    let what = match &drill.month {
        Some(month) => format!("The drill of {month}"),
        None => format!("The drill opened on {}", drill.opened_at.date()),
    };
    let trouble = drill.trouble.as_ref().map(|trouble| trouble.why.clone());
    let lacking = lacking(drill);
    match drill.state() {
        DrillState::NotRun => (format!("{what} did not run"), trouble.unwrap_or_default()),
        DrillState::Overdue => (
            format!("{what} is late: it was to end by {}", drill.due_on),
            "its request has no certificate yet; somebody has to take it further".into(),
        ),
        _ if !lacking.is_empty() => {
            let rows = lacking.iter().map(|(dataset, why)| format!("{dataset}: {why}"));
            let rows: Vec<_> = rows.collect();
            (
                format!("{what} was certified, and does not cover every dataset"),
                rows.join("; "),
            )
        }
        _ => (format!("{what} failed"), trouble.unwrap_or_default()),
    }
}
