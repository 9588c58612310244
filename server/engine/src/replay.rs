//! Restored systems (V8): before one is used, a probe searches it for identities that were erased, and each that is there
//! again is erased again, by a request of its own on that system alone: held, planned, approved, fenced and verified as any.

#[cfg(feature = "probe")]
mod approval;
mod ledger;
#[cfg(feature = "probe")]
mod opening;
#[cfg(feature = "probe")]
mod search;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::{ReplayId, RequestId};
use domain::inventory::{Handling, SystemName};
use domain::job::Job;
use domain::port::store::Tx;
use domain::replay::{FoundAgain, Replay, ReplayError};
use domain::request::{ErasureRequest, Stage};
use serde_json::json;

use crate::{Engine, Error};

/// A replay with what became of what it found.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// The replay.
    pub replay: Replay,
    /// What was found, each with the request that erases it again.
    pub found: Vec<(FoundAgain, ErasureRequest)>,
    /// Those that wait for approval, with what each approval will bind to.
    pub waiting: Vec<(RequestId, Digest)>,
}

impl Replayed {
    /// What approving all that wait binds to.
    pub fn digest(&self) -> Digest {
        let texts: Vec<String> = self
            .waiting
            .iter()
            .map(|(request, digest)| format!("{request} {digest}"))
            .collect();
        let parts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        Digest::of_parts(&parts)
    }
}

impl Engine {
    /// Has a restored system searched for what was erased. Nothing is erased before a second person has approved it.
    pub async fn ask_replay(&self, actor: &Actor, system: &SystemName, why: &str) -> Result<Replay, Error> {
        actor.require(Permission::AskReplay)?;
        let (by, now) = (actor.person()?, self.now());
        let mut tx = self.ports.store.begin().await?;
        let inventory = tx.inventory().latest().await?;
        let inventory = inventory.ok_or_else(|| Error::NotNow("there is no inventory yet".into()))?;
        let known = inventory.system(system).ok_or(Error::NotFound("that system"))?;
        if known.handling != Handling::Erase {
            return Err(Error::invalid(
                "system",
                "nothing is erased there by Lethe: name the system into which the backup was restored",
            ));
        }
        let open = tx.replays().open().await?;
        if open
            .iter()
            .any(|replay| replay.system == *system && replay.seen.is_none())
        {
            return Err(Error::NotNow(format!("{system} is being searched already")));
        }
        let id = ReplayId::new(now, self.random());
        let replay = Replay::ask(id, system.clone(), why, by, now)
            .map_err(|error @ ReplayError::Why| Error::invalid("why", error.to_string()))?;
        tx.replays().insert(&replay).await?;
        let event = Event::new(
            "replay.asked",
            format!("replay:{id}"),
            json!({ "system": system }),
        );
        self.log(&mut *tx, actor, event).await?;
        tx.jobs().enqueue(&Job::Replay { replay: id }, now).await?;
        tx.commit().await?;
        Ok(replay)
    }

    /// All replays, the newest first.
    pub async fn replays(&self, actor: &Actor) -> Result<Vec<Replay>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let mut tx = self.ports.store.read().await?;
        Ok(tx.replays().all().await?)
    }

    /// One replay, with what became of what it found.
    pub async fn replay(&self, actor: &Actor, id: ReplayId) -> Result<Replayed, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let mut tx = self.ports.store.read().await?;
        replayed(&mut *tx, id).await
    }

    /// Probes found nothing any more of what a restored system had brought back. The request ends; what a hold or duty
    /// keeps there waits, and is erased when it ends.
    pub(crate) async fn erased_again(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        request: ErasureRequest,
    ) -> Result<(), Error> {
        let id = request.id;
        let plan = match request.plan {
            Some(plan) => tx.plans().find(plan).await?,
            None => None,
        };
        let plan = plan.ok_or_else(|| Error::Broken(format!("request {id} was verified without a plan")))?;
        let keeps = plan.parts().any(|(_, part)| !part.kept.is_empty());
        let request = ErasureRequest {
            aside: None,
            ..request.become_stage(Stage::Verified)?
        };
        let request = match keeps {
            true => request,
            false => request.close(self.now())?,
        };
        tx.requests().update(&request).await?;
        let details = json!({ "round": request.round, "keeps": keeps });
        let event = Event::new(
            "request.erased_again_after_restore",
            format!("request:{id}"),
            details,
        );
        self.log(tx, actor, event).await?;
        self.end_replays(tx, actor).await
    }

    /// Ends the replays of which nothing is left to be done.
    pub(crate) async fn end_replays(&self, tx: &mut dyn Tx, actor: &Actor) -> Result<(), Error> {
        for replay in tx.replays().open().await? {
            let Some(seen) = &replay.seen else { continue };
            let mut over = true;
            for found in &seen.found {
                let request = tx.requests().find(found.request).await?;
                over &= request.is_some_and(|request| request.stage.is_end());
            }
            if over {
                let ended = Replay {
                    ended_at: Some(self.now()),
                    ..replay
                };
                tx.replays().update(&ended).await?;
                let object = format!("replay:{}", ended.id);
                let details = json!({ "state": ended.state() });
                self.log(tx, actor, Event::new("replay.ended", object, details))
                    .await?;
            }
        }
        Ok(())
    }
}

/// A replay with its requests.
async fn replayed(tx: &mut dyn Tx, id: ReplayId) -> Result<Replayed, Error> {
    let replay = tx.replays().find(id).await?;
    let replay = replay.ok_or(Error::NotFound("that replay"))?;
    let (mut found, mut waiting) = (Vec::new(), Vec::new());
    for one in replay.seen.iter().flat_map(|seen| &seen.found) {
        let request = tx.requests().find(one.request).await?;
        let request = request.ok_or(Error::NotFound("a request of the replay"))?;
        let plan = request
            .plan
            .filter(|_| request.stage == Stage::Planned && request.aside.is_none());
        if let Some(plan) = plan {
            let manifest = tx.plans().manifest(plan).await?;
            let plan = tx.plans().find(plan).await?.ok_or(Error::NotFound("that plan"))?;
            let manifest = manifest.ok_or(Error::NotFound("the manifest"))?;
            waiting.push((request.id, manifest.digest(plan.digest())));
        }
        found.push((one.clone(), request));
    }
    Ok(Replayed {
        replay,
        found,
        waiting,
    })
}
