//! The signing keys as their keepers look at them: kinds, dates, states. Private halves never come here.

use domain::actor::{Actor, Permission};
use domain::key::{KeyAccount, KeyKind, KeyState, ending};
use serde::Serialize;

use crate::{Engine, Error};

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeySeen {
    /// Its name, kind and dates.
    pub key: KeyAccount,
    /// What it does now.
    pub state: KeyState,
    /// It ends soon or has ended, and no other follows: so many days are left at most (60, 30, 7, 0).
    pub ends_within: Option<u64>,
}

/// The keys of the issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeysSeen {
    /// Every key there is and was, the newest first.
    pub keys: Vec<KeySeen>,
    /// The log's name.
    pub log_origin: String,
    /// The log's verifier key (C2SP signed-note).
    pub log_key: String,
    /// The reader may put others in their place.
    pub may_rotate: bool,
}

impl KeysSeen {
    /// Those of a kind.
    pub fn of(&self, kind: KeyKind) -> impl Iterator<Item = &KeySeen> {
        self.keys.iter().filter(move |seen| seen.key.kind == kind)
    }
}

impl Engine {
    /// The keys that sign; absent in a process that does not sign.
    pub async fn signing_keys(&self, actor: &Actor) -> Result<Option<KeysSeen>, Error> {
        actor.require_any(&[
            Permission::RotateKeys,
            Permission::ManageIssuer,
            Permission::ReadAll,
        ])?;
        let (Some(signer), Some(keeper)) = (&self.ports.signer, &self.ports.keeper) else {
            return Ok(None);
        };
        let (now, all) = (self.now(), keeper.keys()?);
        let ending = ending(&all, now);
        let seen = |key: &KeyAccount| KeySeen {
            state: key.state(&all, now),
            ends_within: ending
                .iter()
                .find(|one| one.key.id == key.id)
                .map(|one| one.threshold),
            key: key.clone(),
        };
        Ok(Some(KeysSeen {
            keys: all.iter().rev().map(seen).collect(),
            log_origin: signer.log_origin().to_owned(),
            log_key: signer.public_keys(now)?.log_vkey,
            may_rotate: actor.require(Permission::RotateKeys).is_ok(),
        }))
    }
}
