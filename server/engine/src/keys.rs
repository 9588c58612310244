//! The issuer's keys: made ahead, put in place of others, and watched, so that no certificate ever waits for one (C6).

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::key::{KeyAccount, KeyKind};
use domain::port::keeper::{KeyKeeper, Rotation};
use domain::time::Timestamp;
use serde_json::{Value, json};

use crate::{Engine, Error};

mod compromise;
mod watch;

pub use compromise::{AtStake, SignedByKey};

impl Engine {
    /// The same engine with the folder of keys in reach: for a command of a person, which is given no signer.
    pub fn with_keeper(mut self, keeper: std::sync::Arc<dyn KeyKeeper>) -> Self {
        self.ports.keeper = Some(keeper);
        self
    }

    pub(crate) fn keeper(&self) -> Result<&dyn KeyKeeper, Error> {
        let keeper = self.ports.keeper.as_deref();
        keeper.ok_or(Error::NotEquipped("the folder of signing keys"))
    }

    /// Makes a key that is published at once and takes over at a later moment, so that whoever checks learns it in time.
    pub async fn prepare_key(
        &self,
        actor: &Actor,
        kind: KeyKind,
        signs_from: Timestamp,
        reason: &str,
    ) -> Result<KeyAccount, Error> {
        actor.require(Permission::RotateKeys)?;
        let (keeper, reason, now) = (self.keeper()?, said(reason)?, self.now());
        if !kind.overlaps() {
            return Err(Error::invalid(
                "kind",
                format!("a {kind} key needs no overlap: rotate it, and it signs at once"),
            ));
        }
        let all = keeper.keys()?;
        let of_kind = || all.iter().filter(|key| key.kind == kind);
        let last = of_kind()
            .filter(|key| key.may_sign(now))
            .map(|key| key.not_after)
            .max();
        if of_kind().any(|key| key.signs_from > now && key.retired_at.is_none()) {
            return Err(Error::NotNow(format!("a next {kind} key is published already")));
        }
        match last {
            None => {
                return Err(Error::NotNow(format!(
                    "no {kind} key signs now: rotate it, and a fresh one signs at once"
                )));
            }
            Some(end) if signs_from <= now || signs_from > end => {
                let why = format!("between now and the end of the present key, {}", end.date());
                return Err(Error::invalid("signs_from", why));
            }
            Some(_) => {}
        }
        self.begin(actor, "key.preparation_begun", kind, reason).await?;
        let key = keeper.prepare(kind, signs_from, now)?;
        let details = json!({ "kind": kind, "signs_from": key.signs_from, "not_after": key.not_after });
        self.note_key(actor, "key.prepared", &key.id, details).await?;
        Ok(key)
    }

    /// Puts the next key of a kind, or a fresh one, in place of the present one. What waits for a key goes on by itself.
    pub async fn rotate_key(&self, actor: &Actor, kind: KeyKind, reason: &str) -> Result<Rotation, Error> {
        actor.require(Permission::RotateKeys)?;
        let (keeper, reason) = (self.keeper()?, said(reason)?);
        self.begin(actor, "key.rotation_begun", kind, reason).await?;
        let done = keeper.rotate(kind, self.now())?;
        for fresh in &done.fresh {
            let details =
                json!({ "kind": kind, "old": done.retired, "new": fresh.id, "not_after": fresh.not_after });
            self.note_key(actor, "key.rotated", &fresh.id, details).await?;
        }
        Ok(done)
    }

    /// Notes, before the file is written, that all keys leave the folder in one encrypted file.
    pub async fn escrow_keys(&self, actor: &Actor, file: Digest) -> Result<(), Error> {
        actor.require(Permission::RotateKeys)?;
        let keys = self.keeper()?.keys()?;
        let names: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
        self.note_key(
            actor,
            "key.escrowed",
            "all",
            json!({ "file": file, "keys": names }),
        )
        .await
    }

    /// What is about to be done to the folder of keys stands in the log before it is done.
    async fn begin(
        &self,
        actor: &Actor,
        what: &'static str,
        kind: KeyKind,
        reason: &str,
    ) -> Result<(), Error> {
        let details = json!({ "kind": kind, "reason": reason });
        self.note_key(actor, what, kind.word(), details).await
    }

    pub(crate) async fn note_key(
        &self,
        actor: &Actor,
        what: &'static str,
        key: &str,
        details: Value,
    ) -> Result<(), Error> {
        let mut tx = self.ports.store.begin().await?;
        self.log(&mut *tx, actor, Event::new(what, format!("key:{key}"), details))
            .await?;
        Ok(tx.commit().await?)
    }
}

/// A reason, which is needed.
fn said(reason: &str) -> Result<&str, Error> {
    match reason.trim() {
        "" => Err(Error::invalid("reason", "say why")),
        said => Ok(said),
    }
}
