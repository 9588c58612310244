//! Drift: what a probe counts just before a run, against what the approver saw in the manifest.

use serde::{Deserialize, Serialize};

use crate::inventory::DatasetRef;
use crate::manifest::DatasetManifest;
use crate::selection::Side;

/// How far a count may drift before a person must approve again. It is too far when it passes both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// In hundredths of what the manifest counted.
    pub percent: u32,
    /// In records.
    pub records: u32,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            percent: 10,
            records: 10,
        }
    }
}

/// What a probe counted of a dataset just now; absent where nothing could be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recount {
    /// Of what is to be erased.
    pub selected: Option<u64>,
    /// Of what is withheld.
    pub withheld: Option<u64>,
}

/// A count that drifted too far. Holds counts only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// Of which dataset.
    pub dataset: DatasetRef,
    /// Of which of its records.
    pub side: Side,
    /// In the manifest.
    pub before: u64,
    /// Just now.
    pub now: u64,
}

impl Tolerance {
    /// Too far, upwards or downwards. That everything is gone is always too far: somebody else deletes, or the probe looks elsewhere.
    const fn is_passed(self, before: u64, now: u64) -> bool {
        let by = before.abs_diff(now);
        let share = before.saturating_mul(self.percent as u64) / 100;
        (by > self.records as u64 && by > share) || (before > 0 && now == 0)
    }

    /// Of withheld records none may be missing, however few: they are evidence.
    const fn is_passed_by_withheld(self, before: u64, now: u64) -> bool {
        now < before || self.is_passed(before, now)
    }
}

impl DatasetManifest {
    /// The counts that drifted too far since this was drawn.
    pub fn drift(&self, now: Recount, tolerance: Tolerance) -> Vec<Drift> {
        // A store that cannot count was scanned, then and now.
        let selected = Some(self.count.unwrap_or(self.scanned)).zip(now.selected);
        let withheld = self.withheld_count.zip(now.withheld);
        let selected = selected.filter(|(before, now)| tolerance.is_passed(*before, *now));
        let withheld = withheld.filter(|(before, now)| tolerance.is_passed_by_withheld(*before, *now));
        let sides = [(Side::Selected, selected), (Side::Withheld, withheld)];
        let drifted = sides
            .into_iter()
            .filter_map(|(side, counts)| Some((side, counts?)));
        let drifted = drifted.map(|(side, (before, now))| Drift {
            dataset: self.dataset.clone(),
            side,
            before,
            now,
        });
        drifted.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(before: u64, now: u64) -> bool {
        Tolerance::default().is_passed(before, now)
    }

    #[test]
    fn a_few_records_more_or_fewer_are_no_drift() {
        assert!(!passed(40, 50) && !passed(40, 30) && !passed(0, 10));
    }

    #[test]
    fn a_tenth_of_many_records_is_no_drift() {
        assert!(!passed(100_000, 110_000) && !passed(100_000, 90_000));
    }

    #[test]
    fn more_than_both_is_drift_in_either_direction() {
        assert!(passed(40, 51) && passed(40, 29) && passed(100_000, 110_001) && passed(100_000, 89_999));
    }

    #[test]
    fn that_everything_is_gone_is_always_drift() {
        assert!(passed(1, 0) && !passed(0, 0));
    }

    #[test]
    fn a_tolerance_of_nothing_lets_no_record_pass() {
        let none = Tolerance {
            percent: 0,
            records: 0,
        };
        assert!(none.is_passed(40, 41) && none.is_passed(40, 39) && !none.is_passed(40, 40));
    }

    #[test]
    fn of_withheld_records_not_one_may_be_missing() {
        let tolerance = Tolerance::default();
        assert!(tolerance.is_passed_by_withheld(40, 39) && !tolerance.is_passed_by_withheld(40, 50));
        assert!(tolerance.is_passed_by_withheld(40, 51));
    }

    #[test]
    fn counts_at_the_edge_of_numbers_do_not_overflow() {
        assert!(passed(u64::MAX, 0) && passed(0, u64::MAX));
    }
}
