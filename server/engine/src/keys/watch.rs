//! Keys near their end: whoever keeps them is told at each threshold, once; those that others follow are retired.

use std::time::Duration;

use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::key::{Ending, KeyKind, KeyState, THRESHOLDS, ending};
use domain::mail::MailKind;
use domain::port::store::Tx;
use serde_json::json;

use crate::notification::About;
use crate::{Engine, Error};

/// Who is told.
const TOLD: [Role; 2] = [Role::Administrator, Role::ComplianceOfficer];
const DAY: u64 = 24 * 3600;

impl Engine {
    /// The keys that end soon or have ended, for the banner of those who keep them; empty for all others, and where this
    /// process does not hold the keys.
    pub fn ending_keys(&self, actor: &Actor) -> Result<Vec<Ending>, Error> {
        let told = [Permission::RotateKeys, Permission::ManageIssuer];
        match (&self.ports.keeper, actor.require_any(&told)) {
            (Some(keeper), Ok(())) => Ok(ending(&keeper.keys()?, self.now())),
            _ => Ok(Vec::new()),
        }
    }

    /// Mails 60, 30 and 7 days before the end of a key, and at its end. What was told is kept in the same commit, so that
    /// it is told once, by whichever process comes first; thresholds that were missed are told as one.
    pub(crate) async fn warn_of_keys(&self, tx: &mut dyn Tx, actor: &Actor) -> Result<(), Error> {
        let Some(keeper) = &self.ports.keeper else {
            return Ok(());
        };
        let now = self.now();
        for Ending { key, threshold } in ending(&keeper.keys()?, now) {
            let mut fresh = false;
            // From the first on: of two processes, the second waits here until the first has told.
            for days in THRESHOLDS.into_iter().filter(|days| *days >= threshold) {
                let name = format!("key-warned:{}:{days}", key.id);
                fresh = tx.settings().claim(&name, &now.to_string()).await?;
            }
            if !fresh {
                continue;
            }
            let details = json!({ "kind": key.kind, "threshold": threshold, "not_after": key.not_after });
            let object = format!("key:{}", key.id);
            self.log(tx, actor, Event::new("key.warned", object, details))
                .await?;
            let left = key.not_after.since(now);
            let facts = [
                ("what", what(key.kind).to_owned()),
                ("when", when(threshold, &key.not_after.date().to_string(), left)),
                ("effect", effect(key.kind, threshold).to_owned()),
                ("key", key.id.clone()),
            ];
            for person in tx.people().list().await? {
                let told = person.roles.iter().any(|role| TOLD.contains(role));
                if told && person.disabled_at.is_none() {
                    let to = (person.email, person.name);
                    self.queue_mail_with(tx, About::default(), MailKind::KeyEnding, to, &facts)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Retires the keys in whose place prepared ones sign by now. The log says so before it is done.
    pub(crate) async fn retire_followed_keys(&self, actor: &Actor) -> Result<(), Error> {
        let Some(keeper) = &self.ports.keeper else {
            return Ok(());
        };
        let (now, all) = (self.now(), keeper.keys()?);
        let idle =
            |key: &&domain::key::KeyAccount| key.kind.overlaps() && key.state(&all, now) == KeyState::Idle;
        for key in all.iter().filter(idle) {
            self.note_key(actor, "key.retired", &key.id, json!({ "kind": key.kind }))
                .await?;
        }
        if all.iter().any(|key| idle(&key)) {
            keeper.retire_followed(now)?;
        }
        Ok(())
    }
}

/// The beginning of a sentence.
fn what(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Document => "The key that signs certificates",
        KeyKind::Log => "The key that signs the log",
        KeyKind::Seal => "The seal of PDFs",
        KeyKind::Root => "The root under which PDFs are sealed",
    }
}

/// Its end.
fn when(threshold: u64, day: &str, left: Duration) -> String {
    let days = left.as_secs().div_ceil(DAY);
    match (threshold, days) {
        (0, _) => format!("ended on {day}"),
        (_, 1) => format!("ends on {day}, within a day"),
        (_, days) => format!("ends on {day}, in {days} days"),
    }
}

fn effect(kind: KeyKind, threshold: u64) -> &'static str {
    match (kind, threshold) {
        (KeyKind::Root, _) => "Seals that are made from then on need a fresh root.",
        (_, 0) => {
            "It signs no more. Certificates wait for a fresh one, and go on by themselves once it is there."
        }
        _ => "After its last day it does not sign any more, and certificates would wait.",
    }
}
