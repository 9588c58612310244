//! Verification: an independent look at every dataset, with its own credential, after settling.
//!
//! This module cannot erase, and judges from locator and manifest alone: nothing an eraser reported is in reach.

mod accounted;
mod again;
mod backups;
mod opening;
mod records;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::id::CheckId;
use domain::inventory::System;
use domain::job::{Disposition, Job, backoff};
use domain::manifest::DatasetManifest;
use domain::plan::{Action, ErasurePlan};
use domain::port::store::Tx;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::time::Timestamp;
use domain::verification::{Check, CheckState, Finding, Preservation, Verdict};
use serde_json::json;

use crate::{Engine, Error};

/// Everything that a look needs.
struct Look {
    check: Check,
    request: ErasureRequest,
    plan: ErasurePlan,
    action: Action,
    system: System,
    before: Option<DatasetManifest>,
    /// From when on whatever others erased in the dataset may be among the control records.
    known_since: Timestamp,
}

impl Engine {
    /// Looks at one dataset, once its system has settled.
    pub(crate) async fn run_check(&self, actor: &Actor, id: CheckId) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let Some(look) = self.load_look(id).await? else {
            return Ok(Disposition::Done);
        };
        let now = self.now();
        let (until, tries) = match look.check.state {
            CheckState::Waiting { until, tries } => (until, tries),
            CheckState::Found(_) => return Ok(Disposition::Done),
        };
        if now < until {
            return Ok(Disposition::Again { at: until });
        }
        if let Some(busy_until) = self.still_at_work(&look).await? {
            return Ok(Disposition::Again { at: busy_until });
        }
        let finding = match look.action {
            Action::NoPersonalRecords => self.plain(&look, Verdict::NoPersonalRecords),
            Action::Erase | Action::Withheld if look.before.is_some() => self.look_at_records(&look).await?,
            Action::Withheld => self.plain(&look, Verdict::Withheld),
            Action::Erase => self.plain(&look, inconclusive("the manifest does not know this dataset")),
            Action::Expire => self.look_at_backups(&look).await?,
            Action::Attest => match self.look_for_attestation(&look).await? {
                Some(finding) => finding,
                None => return self.await_attestation(actor, look).await,
            },
        };
        let unreachable = matches!(finding.verdict, Verdict::Unreachable { .. });
        if unreachable && tries + 1 < self.policy.max_probe_tries {
            return self.look_later(actor, look, tries + 1, finding).await;
        }
        self.keep_finding(actor, look, finding).await
    }

    async fn load_look(&self, id: CheckId) -> Result<Option<Look>, Error> {
        let mut tx = self.ports.store.read().await?;
        let check = tx
            .findings()
            .find_check(id)
            .await?
            .ok_or(Error::NotFound("that check"))?;
        let request = tx
            .requests()
            .find(check.request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let current = request.round == check.round && request.plan == Some(check.plan);
        if !current || !matches!(request.stage, Stage::Settling | Stage::Verifying) {
            return Ok(None);
        }
        let plan = tx
            .plans()
            .find(check.plan)
            .await?
            .ok_or(Error::NotFound("that plan"))?;
        let manifest = tx
            .plans()
            .manifest(check.plan)
            .await?
            .ok_or(Error::NotFound("the manifest"))?;
        let frozen = tx
            .inventory()
            .find(plan.inventory)
            .await?
            .ok_or(Error::NotFound("the frozen inventory"))?;
        let latest = tx.inventory().latest().await?;
        let name = &check.dataset.system;
        let present = latest.and_then(|latest| latest.system(name).cloned());
        let mut system = frozen
            .system(name)
            .cloned()
            .ok_or(Error::NotFound("a system of the frozen inventory"))?;
        if let Some(present) = present.filter(|present| present.kind == system.kind) {
            system.probe_credential = present.probe_credential;
        }
        let part = plan
            .part(&check.dataset)
            .ok_or(Error::NotFound("a part of the plan"))?;
        let action = part.action;
        let before = manifest.dataset(&check.dataset).cloned();
        let known_since = plan.created_at;
        Ok(Some(Look {
            check,
            request,
            plan,
            action,
            system,
            before,
            known_since,
        }))
    }

    /// A chunk that may still be at work makes any look worthless.
    async fn still_at_work(&self, look: &Look) -> Result<Option<Timestamp>, Error> {
        let mut tx = self.ports.store.read().await?;
        let busy = tx
            .attempts()
            .in_flight(Some(&look.check.dataset.system), self.now())
            .await?;
        let same = busy
            .into_iter()
            .filter(|attempt| attempt.dataset == look.check.dataset && attempt.request == look.request.id);
        Ok(same.map(|attempt| attempt.expires_at).max())
    }

    async fn look_for_attestation(&self, look: &Look) -> Result<Option<Finding>, Error> {
        let mut tx = self.ports.store.read().await?;
        let attestation = tx
            .findings()
            .attestation(look.plan.id, &look.check.dataset)
            .await?;
        Ok(attestation.map(|attestation| {
            self.plain(
                look,
                Verdict::Attested {
                    attestation: attestation.id,
                },
            )
        }))
    }

    async fn await_attestation(&self, actor: &Actor, look: Look) -> Result<Disposition, Error> {
        let mut tx = self.ports.store.begin().await?;
        let party = look
            .system
            .processor
            .clone()
            .unwrap_or_else(|| look.system.owner.clone());
        let what = format!(
            "{} must attest erasure of {} with a document: record it",
            party, look.check.dataset
        );
        self.needs_attention(&mut *tx, actor, look.request, what, "legal counsel", false)
            .await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    async fn look_later(
        &self,
        actor: &Actor,
        look: Look,
        tries: u32,
        finding: Finding,
    ) -> Result<Disposition, Error> {
        let until = self.now().after(backoff(tries));
        let id = look.check.id;
        let mut tx = self.ports.store.begin().await?;
        let state = CheckState::Waiting { until, tries };
        tx.findings().update_check(&Check { state, ..look.check }).await?;
        let details = json!({ "tries": tries, "verdict": finding.verdict.word() });
        self.log(
            &mut *tx,
            actor,
            Event::new("check.unreachable", format!("check:{id}"), details),
        )
        .await?;
        tx.commit().await?;
        Ok(Disposition::Again { at: until })
    }

    async fn keep_finding(&self, actor: &Actor, look: Look, finding: Finding) -> Result<Disposition, Error> {
        let (id, round) = (look.check.id, look.check.round);
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(look.request.id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let details = json!({ "dataset": look.check.dataset, "round": round, "verdict": finding.verdict.word(),
            "kept": finding.kept, "count": finding.count, "looked_up": finding.looked_up, "found": finding.found });
        let lost = matches!(finding.kept, Preservation::Lost { .. });
        let dataset = look.check.dataset.clone();
        tx.findings()
            .update_check(&Check {
                state: CheckState::Found(finding),
                ..look.check
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("check.found", format!("check:{id}"), details),
        )
        .await?;
        self.verifying_or_lost(&mut *tx, actor, request, &dataset.to_string(), lost)
            .await?;
        tx.jobs()
            .enqueue(
                &Job::Conclude {
                    request: look.request.id,
                    round,
                },
                self.now(),
            )
            .await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// The first finding of a round begins verifying; an unexplained loss stops the whole run at once (invariant 10).
    async fn verifying_or_lost(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        request: ErasureRequest,
        dataset: &str,
        lost: bool,
    ) -> Result<(), Error> {
        if lost {
            let what =
                format!("records are gone from {dataset} that had to stay: the run is stopped, find out why");
            self.needs_attention(tx, actor, request, what, "compliance officer", true)
                .await?;
        } else if request.stage == Stage::Settling {
            let id = request.id;
            let aside = request
                .aside
                .clone()
                .filter(|aside| !matches!(aside, Aside::NeedsAttention { stops: false, .. }));
            tx.requests()
                .update(&ErasureRequest {
                    aside,
                    ..request.become_stage(Stage::Verifying)?
                })
                .await?;
            self.log(
                tx,
                actor,
                Event::new("request.verifying", format!("request:{id}"), json!({})),
            )
            .await?;
        }
        Ok(())
    }

    /// A finding without a look at records.
    fn plain(&self, look: &Look, verdict: Verdict) -> Finding {
        let prober = self
            .ports
            .probes
            .as_ref()
            .map(|probes| probes.version(&look.system.kind));
        Finding {
            verdict,
            kept: Preservation::NothingToKeep,
            count: None,
            looked_up: 0,
            found: 0,
            control_found: false,
            residue_ids: None,
            looked_at: self.now(),
            prober: prober.unwrap_or_default(),
            accepted: None,
        }
    }
}

fn inconclusive(why: &str) -> Verdict {
    Verdict::Inconclusive { why: why.to_owned() }
}
