//! What was found again becomes requests: one for each that erased it first.

use domain::actor::Actor;
use domain::audit::Event;
use domain::id::{ReplayId, RequestId};
use domain::job::Job;
use domain::port::store::Tx;
use domain::replay::{Again, Comparison, FoundAgain, Replay};
use domain::request::{ErasureRequest, Stage};
use domain::retention::due_on;
use domain::scope::RequestScope;
use domain::subject::Identifier;
use serde_json::json;

use super::search::{Found, Traces};
use crate::{Engine, Error};

impl Engine {
    /// Writes down what was seen, and opens the requests that erase it again.
    pub(super) async fn keep_comparison(
        &self,
        actor: &Actor,
        id: ReplayId,
        seen: Comparison,
        found: Found,
    ) -> Result<(), Error> {
        let mut tx = self.ports.store.begin().await?;
        let replay = tx.replays().find(id).await?;
        let replay = replay.ok_or(Error::NotFound("that replay"))?;
        if replay.seen.is_some() {
            return Ok(());
        }
        let open: Vec<ErasureRequest> = tx.requests().open().await?;
        let mut again = Vec::new();
        for (of, traces) in found {
            let same = |again: &Again| again.of == of && again.system == replay.system;
            let before = open
                .iter()
                .find(|request| request.again.as_ref().is_some_and(same));
            let request = match before {
                Some(request) => self.adopt(&mut *tx, actor, request.clone()).await?,
                None => self.open_again(&mut *tx, actor, &replay, of, &traces).await?,
            };
            again.push(FoundAgain {
                of,
                request,
                datasets: traces.datasets,
            });
        }
        let ended_at = again.is_empty().then_some(seen.at);
        let details = json!({ "inventory": seen.inventory, "compared": seen.compared, "found": again.len(),
            "unclear": seen.unclear.len(), "ended": ended_at.is_some() });
        let replay = Replay {
            seen: Some(Comparison { found: again, ..seen }),
            ended_at,
            ..replay
        };
        tx.replays().update(&replay).await?;
        let event = Event::new("replay.searched", format!("replay:{id}"), details);
        self.log(&mut *tx, actor, event).await?;
        Ok(tx.commit().await?)
    }

    /// Takes over the request of an earlier replay that has the same to erase and has not ended. One that only waits for what
    /// is kept is planned afresh: the restore may have brought more.
    async fn adopt(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        request: ErasureRequest,
    ) -> Result<RequestId, Error> {
        let id = request.id;
        if request.stage == Stage::Verified {
            tx.requests().update(&request.replan()?).await?;
            let details = json!({ "why": "the system was restored again" });
            let event = Event::new("request.replanned", format!("request:{id}"), details);
            self.log(tx, actor, event).await?;
            tx.jobs().enqueue(&Job::Plan { request: id }, self.now()).await?;
        }
        Ok(id)
    }

    /// Opens the request that erases again what another one erased. Whose it is was confirmed then.
    async fn open_again(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        replay: &Replay,
        of: RequestId,
        traces: &Traces,
    ) -> Result<RequestId, Error> {
        let first = tx.requests().find(of).await?;
        let first = first.ok_or(Error::NotFound("a request of the ledger"))?;
        let now = self.now();
        let id = RequestId::new(now, self.random());
        let key = self.ports.vault.new_key(&format!("request:{id}"))?;
        let identifiers: Vec<Identifier> = match first.scope {
            RequestScope::Subject => traces.identifiers.iter().cloned().collect(),
            RequestScope::Tenant { .. } => Vec::new(),
        };
        let request = ErasureRequest {
            id,
            channel: "replay".into(),
            identifiers: Some(self.seal_under(&key, "identifiers", &identifiers)?),
            key: Some(key),
            digests: self.digests(&identifiers)?,
            opened_by: Some(replay.asked_by),
            received_at: now,
            due_on: due_on(now, &self.policy.zone)?,
            extension: None,
            stage: Stage::IdentityConfirmed,
            aside: None,
            plan: None,
            awaits_nonce: None,
            approval: None,
            starts_at: None,
            round: 0,
            touched: false,
            ending: None,
            certificate: None,
            again: Some(Again {
                replay: replay.id,
                system: replay.system.clone(),
                of,
            }),
            closed_at: None,
            destroyed_at: None,
            version: 1,
            ..first
        };
        tx.requests().insert(&request).await?;
        let details = json!({ "tenant": request.tenant, "replay": replay.id, "again": of });
        let event = Event::new("request.opened", format!("request:{id}"), details);
        self.log(tx, actor, event).await?;
        tx.jobs().enqueue(&Job::Plan { request: id }, now).await?;
        Ok(id)
    }
}
