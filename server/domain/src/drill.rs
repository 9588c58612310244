//! Drills: the whole process on a synthetic tenant, once a month, and what of it each system has passed (C7, E3).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::{CertificateId, DrillId, RequestId};
use crate::inventory::{DatasetName, InventoryVersion, SystemName};
use crate::subject::TenantKey;
use crate::time::{Date, TimeError, Timestamp, date, days_later, months_later};

/// When drills are due, and on whom they run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The synthetic tenant. Not the one whose records are canaries: a drill erases everything of this one.
    pub tenant: TenantKey,
    /// The day of the month on which a drill is opened, 1 to 28.
    pub day: u8,
    /// In how many days it must have ended in a certificate, 1 to 27.
    pub days: u8,
}

/// A calendar month: `2026-03`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Month(String);

impl Month {
    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self(day.to_string().chars().take(7).collect())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn first(&self) -> Result<Date, TimeError> {
        crate::time::parse_date(&format!("{}-01", self.0))
    }

    /// So many months later, or earlier.
    pub fn later(&self, months: i32) -> Result<Self, TimeError> {
        Ok(Self::of(months_later(self.first()?, months)?))
    }

    /// Reads `2026-03`.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let month = Self(text.to_owned());
        month.first()?;
        Ok(month)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Schedule {
    /// The newest month whose drill is due to be opened by a day.
    pub fn newest(&self, today: Date) -> Result<Month, TimeError> {
        let month = Month::of(today);
        match today < self.opens_on(&month)? {
            true => month.later(-1),
            false => Ok(month),
        }
    }

    /// The day on which the drill of a month is opened.
    pub fn opens_on(&self, month: &Month) -> Result<Date, TimeError> {
        let first = month.first()?;
        date(
            first.year(),
            first.month(),
            i8::try_from(self.day).unwrap_or(28).clamp(1, 28),
        )
    }

    /// The last day on which the drill of a month is in time.
    pub fn due_on(&self, month: &Month) -> Result<Date, TimeError> {
        days_later(self.opens_on(month)?, i32::from(self.days))
    }

    /// The month before the first one that this installation owes, when the schedule was first seen on a day: what was due
    /// before that is owed by nobody.
    pub fn begun(&self, today: Date) -> Result<Month, TimeError> {
        let newest = self.newest(today)?;
        match today > self.due_on(&newest)? {
            true => Ok(newest),
            false => newest.later(-1),
        }
    }

    /// The months that are owed after one, the oldest first, up to a day. At most two years of them.
    pub fn owed(&self, after: &Month, today: Date) -> Result<Vec<Month>, TimeError> {
        let newest = self.newest(today)?;
        let mut owed = Vec::new();
        let mut month = after.later(1)?;
        while month <= newest {
            let next = month.later(1)?;
            owed.push(month);
            month = next;
        }
        Ok(owed.split_off(owed.len().saturating_sub(24)))
    }
}

/// What a drill showed of one system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrilledSystem {
    /// Which.
    pub system: SystemName,
    /// [`crate::inventory::System::fingerprint`] of it as it was drilled.
    pub fingerprint: Digest,
    /// Its datasets.
    pub datasets: Vec<DrilledDataset>,
}

/// What a drill showed of one dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrilledDataset {
    /// Which.
    pub dataset: DatasetName,
    /// Records of the synthetic tenant before, where the store can count.
    pub before: Option<u64>,
    /// Why it has not passed; absent: it has.
    pub lacks: Option<String>,
}

impl DrilledSystem {
    /// Every dataset of it has passed.
    pub fn passed(&self) -> bool {
        !self.datasets.is_empty() && self.datasets.iter().all(|dataset| dataset.lacks.is_none())
    }
}

/// Something went wrong with a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// When it was noticed.
    pub at: Timestamp,
    /// What.
    pub why: String,
}

/// A drill, or the fact that one did not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// Its id.
    pub id: DrillId,
    /// The month whose drill it is; absent: somebody asked for one besides.
    pub month: Option<Month>,
    /// The request that it runs as; absent: it did not run.
    pub request: Option<RequestId>,
    /// When it was opened, or found not to have run.
    pub opened_at: Timestamp,
    /// The last day on which it is in time.
    pub due_on: Date,
    /// When it was noticed that it is late.
    pub overdue_at: Option<Timestamp>,
    /// What went wrong last.
    pub trouble: Option<Trouble>,
    /// Its certificate, and when that was issued.
    pub certificate: Option<(CertificateId, Timestamp)>,
    /// What it showed; empty before it has a certificate.
    pub systems: Vec<DrilledSystem>,
    /// When it ended, one way or another; absent: something may still come of it.
    pub ended_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// How a drill stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillState {
    /// It runs, and is in time.
    Running,
    /// It runs, and should have ended.
    Overdue,
    /// It ended in a certificate, and every system has passed.
    Passed,
    /// It went wrong, or some system has not passed.
    Failed,
    /// It did not run.
    NotRun,
}

impl DrillState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Running,
        Self::Overdue,
        Self::Passed,
        Self::Failed,
        Self::NotRun,
    ];

    /// The word stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Overdue => "overdue",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotRun => "not_run",
        }
    }
}

impl Drill {
    /// How it stands.
    pub fn state(&self) -> DrillState {
        match (&self.request, &self.certificate, &self.trouble) {
            (None, ..) => DrillState::NotRun,
            (_, Some(_), _) if self.lacking().next().is_none() => DrillState::Passed,
            (_, Some(_), _) | (_, None, Some(_)) => DrillState::Failed,
            (_, None, None) if self.overdue_at.is_some() => DrillState::Overdue,
            (_, None, None) => DrillState::Running,
        }
    }

    /// Datasets that have not passed, with why.
    pub fn lacking(&self) -> impl Iterator<Item = (&SystemName, &DrilledDataset)> {
        self.systems.iter().flat_map(|drilled| {
            let lacking = drilled.datasets.iter().filter(|dataset| dataset.lacks.is_some());
            lacking.map(|dataset| (&drilled.system, dataset))
        })
    }
}

/// When a system has last passed a drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastPassed {
    /// When.
    pub at: Timestamp,
    /// It is the same system as it was drilled: nothing of what is found in it and how has changed.
    pub unchanged: bool,
}

/// When each system of an inventory last passed a drill; those that never did are left out. A system that was changed and
/// put back is the system that was drilled.
pub fn last_passed(drills: &[Drill], inventory: &InventoryVersion) -> BTreeMap<SystemName, LastPassed> {
    let mut passed: BTreeMap<SystemName, LastPassed> = BTreeMap::new();
    for drill in drills {
        let Some((_, at)) = drill.certificate else {
            continue;
        };
        for drilled in drill.systems.iter().filter(|drilled| drilled.passed()) {
            let Some(system) = inventory.system(&drilled.system) else {
                continue;
            };
            let seen = LastPassed {
                at,
                unchanged: system.fingerprint() == drilled.fingerprint,
            };
            let newest = passed.entry(drilled.system.clone()).or_insert(seen);
            if (seen.unchanged, seen.at) > (newest.unchanged, newest.at) {
                *newest = seen;
            }
        }
    }
    passed
}

/// What an approver saw of drills, as it stands with the approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsed {
    /// When each system of the plan has passed a drill since its last change.
    pub passed: BTreeMap<SystemName, Timestamp>,
    /// Systems of the plan that have not.
    pub missing: BTreeSet<SystemName>,
    /// Why the approver accepted those, in writing; absent where the rules do not ask for it.
    pub accepted: Option<String>,
}

#[cfg(test)]
mod tests;
