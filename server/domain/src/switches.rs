//! Switches: what stops work at once (E1), whoever holds a lease.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::inventory::SystemName;
use crate::time::Timestamp;

/// Somebody stopped something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The actor's reference.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
}

/// All switches: one row, read in the transaction that authorises.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Switches {
    /// Everything stops.
    pub all: Option<Pause>,
    /// Single systems stop.
    pub systems: BTreeMap<SystemName, Pause>,
    /// After a restore: counsel has not yet re-confirmed the hold register, so nothing may be erased.
    pub register_unconfirmed_since: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

impl Switches {
    /// What stops work on a system, in words; absent when nothing does.
    pub fn stop(&self, system: &SystemName) -> Option<String> {
        if self.register_unconfirmed_since.is_some() {
            return Some("after the restore, counsel must first re-confirm the hold register".into());
        }
        let pause = self.all.as_ref().map(|pause| ("everything is paused", pause));
        let pause = pause.or_else(|| {
            self.systems
                .get(system)
                .map(|pause| ("this system is paused", pause))
        });
        pause.map(|(what, pause)| format!("{what}: {}", pause.reason))
    }
}
