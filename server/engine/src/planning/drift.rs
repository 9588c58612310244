//! Counting again just before the start: what drifted too far since the approver saw it is planned and approved again.

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::drift::{Drift, Recount};
use domain::id::{PlanId, RequestId};
use domain::inventory::{InventoryVersion, System};
use domain::job::{Disposition, Job, Leased};
use domain::mail::MailKind;
use domain::manifest::{DatasetManifest, Manifest};
use domain::plan::ErasurePlan;
use domain::port::probe::{Probe, ProbeError, Question};
use domain::port::store::{StoreError, Tx};
use domain::request::{ErasureRequest, Stage};
use domain::selection::{Side, Target};
use serde_json::json;

use crate::settling::RECOUNTED;
use crate::{Engine, Error};

/// Ids per page, where a store cannot count.
const PAGE: u32 = 5_000;
/// The entry that says what drifted.
const DRIFTED: &str = "request.drifted";

/// What is counted again.
struct Before {
    request: ErasureRequest,
    plan: ErasurePlan,
    manifest: Manifest,
    frozen: InventoryVersion,
    present: Option<InventoryVersion>,
}

impl Engine {
    /// Counts what the manifest counted. When nothing drifted too far, the run may start; else a fresh plan waits for approval.
    pub(crate) async fn recount(
        &self,
        actor: &Actor,
        leased: &Leased,
        id: RequestId,
        plan: PlanId,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let Some(before) = self.load_before(id, plan).await? else {
            return Ok(Disposition::Done);
        };
        let now = self.now();
        if let Some(starts_at) = before.request.starts_at.filter(|starts_at| now < *starts_at) {
            return Ok(Disposition::Again { at: starts_at });
        }
        let counted = self.count_all(&before).await;
        let mut tx = self.ports.store.begin().await?;
        // What changed meanwhile is decided again on what it is then.
        let request = self.of_version(&mut *tx, &before.request).await?;
        match counted {
            Ok(drifted) if drifted.is_empty() => {
                let details = json!({ "datasets": before.manifest.datasets.len() });
                let event = Event::new(RECOUNTED, format!("manifest:{plan}"), details);
                self.log(&mut *tx, actor, event).await?;
                tx.jobs()
                    .enqueue(&Job::Start { request: id, plan }, self.now())
                    .await?;
            }
            Ok(drifted) => self.approve_again(&mut *tx, actor, request, &drifted).await?,
            Err(error) => {
                let Some(why) = self.gives_up(&error, leased) else {
                    return Err(error);
                };
                let what = format!(
                    "the run cannot start, since its records cannot be counted again: {why}. Mend it, then settle the request"
                );
                self.needs_attention(&mut *tx, actor, request, what, "operator", false)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// What a run that waits for its start was approved on; nothing when it waits for none, or was counted lately.
    async fn load_before(&self, id: RequestId, plan: PlanId) -> Result<Option<Before>, Error> {
        let mut tx = self.ports.store.read().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let waits =
            request.stage == Stage::Scheduled && request.plan == Some(plan) && request.aside.is_none();
        if !waits || self.is_recounted(&mut *tx, &request, plan).await? {
            return Ok(None);
        }
        let plan = tx.plans().find(plan).await?.ok_or(Error::NotFound("that plan"))?;
        let manifest = tx.plans().manifest(plan.id).await?;
        let frozen = tx.inventory().find(plan.inventory).await?;
        Ok(Some(Before {
            request,
            manifest: manifest.ok_or(Error::NotFound("the manifest"))?,
            frozen: frozen.ok_or(Error::NotFound("the frozen inventory"))?,
            present: tx.inventory().latest().await?,
            plan,
        }))
    }

    async fn of_version(&self, tx: &mut dyn Tx, seen: &ErasureRequest) -> Result<ErasureRequest, Error> {
        let fresh = tx.requests().find(seen.id).await?;
        let fresh = fresh.filter(|fresh| fresh.version == seen.version);
        fresh.ok_or_else(|| Error::Store(StoreError::Conflict(format!("request {}", seen.id))))
    }

    async fn count_all(&self, before: &Before) -> Result<Vec<Drift>, Error> {
        let mut targets = self.secrets_of(&before.request, &before.plan)?.targets;
        let mut counting = Vec::with_capacity(before.manifest.datasets.len());
        for seen in &before.manifest.datasets {
            let target = targets.remove(&seen.dataset);
            let target = target.ok_or_else(|| Error::Broken(format!("no target for {}", seen.dataset)))?;
            let system = before.system(seen)?;
            let probe = self.probes()?.probe(&system, &self.probe_secret(&system)?)?;
            counting.push(async move {
                let recount = count(&*probe, &target).await;
                let recount = recount.map_err(|error| Error::Probe(error).at(&seen.dataset))?;
                Ok::<_, Error>(seen.drift(recount, self.policy.drift))
            });
        }
        let drifted = futures::future::try_join_all(counting).await?;
        Ok(drifted.into_iter().flatten().collect())
    }

    /// The approval was of other counts: it goes, the log says why, staff are told, and a fresh plan is drawn.
    async fn approve_again(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        request: ErasureRequest,
        drifted: &[Drift],
    ) -> Result<(), Error> {
        let id = request.id;
        // Not kept for a digest that fits again by chance: counts that swing are a person's business.
        let request = ErasureRequest {
            approval: None,
            ..request.replan()?
        };
        tx.requests().update(&request).await?;
        let details = json!({ "drifted": drifted });
        self.log(tx, actor, Event::new(DRIFTED, format!("request:{id}"), details))
            .await?;
        self.tell_staff(tx, &request, MailKind::ApproveAgain).await?;
        Ok(tx.jobs().enqueue(&Job::Plan { request: id }, self.now()).await?)
    }

    /// What drifted since the last approval, so that this one is asked for again.
    pub(super) async fn drifted(&self, tx: &mut dyn Tx, id: RequestId) -> Result<Vec<Drift>, Error> {
        let entries = tx.log().about(&format!("request:{id}")).await?;
        let decisive = |kind: &str| matches!(kind, DRIFTED | "request.approved");
        let newest = entries
            .into_iter()
            .filter(|entry| decisive(&entry.claims.kind))
            .max_by_key(|entry| entry.claims.time);
        let details = newest
            .filter(|entry| entry.claims.kind == DRIFTED)
            .and_then(|entry| entry.details);
        let Some(details) = details else {
            return Ok(Vec::new());
        };
        let unreadable = |_| Error::Broken(format!("what drifted of request {id} is not readable"));
        let mut details: serde_json::Value = serde_json::from_str(&details.text).map_err(unreadable)?;
        serde_json::from_value(details["drifted"].take()).map_err(unreadable)
    }
}

impl Before {
    /// The frozen system, with the probe's credential as it is now.
    fn system(&self, seen: &DatasetManifest) -> Result<System, Error> {
        let name = &seen.dataset.system;
        let frozen = self.frozen.system(name).cloned();
        let mut system = frozen.ok_or(Error::NotFound("a system of the frozen inventory"))?;
        let present = self.present.as_ref().and_then(|present| present.system(name));
        if let Some(present) = present.filter(|present| present.kind == system.kind) {
            system.probe_credential = present.probe_credential.clone();
        }
        Ok(system)
    }
}

async fn count(probe: &dyn Probe, target: &Target) -> Result<Recount, ProbeError> {
    let question = Question {
        ids: Vec::new(),
        controls: Vec::new(),
        count: vec![Side::Selected, Side::Withheld],
    };
    let counts = probe.look(target, &question).await?.counts;
    let selected = match counts.first().copied().flatten() {
        Some(selected) => selected,
        None => count_by_scan(probe, target).await?,
    };
    Ok(Recount {
        selected: Some(selected),
        withheld: counts.get(1).copied().flatten(),
    })
}

async fn count_by_scan(probe: &dyn Probe, target: &Target) -> Result<u64, ProbeError> {
    let (mut seen, mut after) = (0, None);
    loop {
        let page = probe.scan(target, Side::Selected, after.as_deref(), PAGE).await?;
        seen += page.ids.len() as u64;
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(seen),
        }
    }
}
