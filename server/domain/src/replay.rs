//! Replays: a system that was restored from a backup is searched for identities that were erased, and they are erased
//! again before it is used (V8).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{PersonId, ReplayId, RequestId};
use crate::inventory::{DatasetRef, SystemName};
use crate::subject::{IdentifierDigest, TenantKey};
use crate::time::Timestamp;

/// The longest account of what was restored, in characters.
const MOST_TEXT: usize = 1_000;

/// An entry of the ledger: an identity that a request erased, as a keyed digest. Without the key nobody can tell whose
/// it is, and with it only by trying a value that is already known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedIdentity {
    /// By which request.
    pub request: RequestId,
    /// Of which tenant.
    pub tenant: TenantKey,
    /// The person, as one system or another knew them; absent: the whole tenant was erased.
    pub identity: Option<IdentifierDigest>,
}

/// An erased identity that is there again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAgain {
    /// The request that erased it.
    pub of: RequestId,
    /// The request that erases it again, in the restored system alone.
    pub request: RequestId,
    /// Where it was found.
    pub datasets: BTreeSet<DatasetRef>,
}

/// What the probe saw of the restored system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// When it had looked.
    pub at: Timestamp,
    /// The inventory version it looked by.
    pub inventory: i64,
    /// So many requests of the ledger were looked for.
    pub compared: u64,
    /// What is there again.
    pub found: Vec<FoundAgain>,
    /// Where it could not be told, and why: the system is not searched before these are mended.
    pub unclear: Vec<String>,
}

/// How far a replay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayState {
    /// The probe is looking.
    Looking,
    /// Erased identities are there; they are being erased again.
    Erasing,
    /// Over, and some datasets could not be searched: mend them and replay again.
    Unclear,
    /// Over: every dataset was searched, and what was found was dealt with.
    Clean,
}

impl ReplayState {
    /// The word stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::Erasing => "erasing",
            Self::Unclear => "unclear",
            Self::Clean => "clean",
        }
    }
}

/// A replay of one system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Its id.
    pub id: ReplayId,
    /// The restored system.
    pub system: SystemName,
    /// What was restored, from when, and why. No identifiers of people.
    pub why: String,
    /// Who asked for it; opens the requests that erase again.
    pub asked_by: PersonId,
    /// When.
    pub asked_at: Timestamp,
    /// What was seen, once the probe has looked.
    pub seen: Option<Comparison>,
    /// When nothing of it was left to be done.
    pub ended_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// What a request erases again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// Of which replay.
    pub replay: ReplayId,
    /// The only system that it is about.
    pub system: SystemName,
    /// The request that erased it before.
    pub of: RequestId,
}

/// A replay cannot be asked for like that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// Nobody could tell later what it was about.
    #[error("say what was restored and from when, in 1 to {MOST_TEXT} characters")]
    Why,
}

impl Replay {
    /// Asks for a replay.
    pub fn ask(
        id: ReplayId,
        system: SystemName,
        why: &str,
        by: PersonId,
        at: Timestamp,
    ) -> Result<Self, ReplayError> {
        let why = why.trim();
        match why.chars().count() {
            1..=MOST_TEXT => Ok(Self {
                id,
                system,
                why: why.to_owned(),
                asked_by: by,
                asked_at: at,
                seen: None,
                ended_at: None,
                version: 1,
            }),
            _ => Err(ReplayError::Why),
        }
    }

    /// How far it is.
    pub fn state(&self) -> ReplayState {
        match (&self.seen, self.ended_at) {
            (None, _) => ReplayState::Looking,
            (Some(_), None) => ReplayState::Erasing,
            (Some(seen), Some(_)) if seen.unclear.is_empty() => ReplayState::Clean,
            (Some(_), Some(_)) => ReplayState::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Slug;
    use uuid::Uuid;

    fn replay(why: &str) -> Result<Replay, ReplayError> {
        let system = Slug::parse("crm").unwrap();
        let at = Timestamp::from_microsecond(0);
        Replay::ask(Uuid::nil().into(), system, why, Uuid::nil().into(), at)
    }

    fn seen(unclear: &[&str]) -> Option<Comparison> {
        Some(Comparison {
            at: Timestamp::from_microsecond(1),
            inventory: 1,
            compared: 1,
            found: Vec::new(),
            unclear: unclear.iter().map(|why| (*why).to_owned()).collect(),
        })
    }

    #[test]
    fn a_replay_says_what_was_restored() {
        assert_eq!(replay("  "), Err(ReplayError::Why));
        assert_eq!(replay(&"x".repeat(MOST_TEXT + 1)), Err(ReplayError::Why));
        assert_eq!(replay(" backup of Sunday ").unwrap().why, "backup of Sunday");
    }

    #[test]
    fn what_could_not_be_searched_is_never_clean() {
        let asked = replay("backup of Sunday").unwrap();
        assert_eq!(asked.state(), ReplayState::Looking);
        let ended_at = Some(Timestamp::from_microsecond(2));
        let over = |unclear: &[&str]| Replay {
            seen: seen(unclear),
            ended_at,
            ..asked.clone()
        };
        assert_eq!(over(&[]).state(), ReplayState::Clean);
        assert_eq!(over(&["crm.users: unreachable"]).state(), ReplayState::Unclear);
        let at_work = Replay {
            ended_at: None,
            ..over(&[])
        };
        assert_eq!(at_work.state(), ReplayState::Erasing);
    }
}
