//! From the end of erasing to the checks: when every step of a round is done, each dataset gets a check that waits
//! until its system has settled (V2, V3).

use std::time::Duration;

use domain::actor::{Actor, Permission};
use domain::attempt::StepState;
use domain::audit::Event;
use domain::id::{CheckId, PlanId, RequestId};
use domain::inventory::DatasetRef;
use domain::job::{Disposition, Job};
use domain::port::store::Tx;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::verification::{Check, CheckState};
use serde_json::json;

use crate::{Engine, Error};

/// The entry that says so, about the manifest.
pub(crate) const RECOUNTED: &str = "manifest.recounted";
/// How long a recount is worth something: the start follows at once, unless something comes in between.
const RECOUNT_HOLDS: Duration = Duration::from_secs(3600);

impl Engine {
    /// The grace period is over: the first round begins.
    pub(crate) async fn start(
        &self,
        actor: &Actor,
        id: RequestId,
        plan: PlanId,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if request.stage != Stage::Scheduled || request.plan != Some(plan) || request.aside.is_some() {
            return Ok(Disposition::Done);
        }
        let now = self.now();
        if let Some(starts_at) = request.starts_at.filter(|starts_at| now < *starts_at) {
            return Ok(Disposition::Again { at: starts_at });
        }
        let plan = tx.plans().find(plan).await?.ok_or(Error::NotFound("that plan"))?;
        let latest = tx.inventory().latest().await?;
        let first = match latest.is_none_or(|latest| plan.accounts_for_wanted(&request, &latest).is_err()) {
            true => Some(Job::Resume { request: id }),
            false if !self.is_recounted(&mut *tx, &request, plan.id).await? => Some(Job::Recount {
                request: id,
                plan: plan.id,
            }),
            false => None,
        };
        if let Some(job) = first {
            tx.jobs().enqueue(&job, now).await?;
            tx.commit().await?;
            return Ok(Disposition::Done);
        }
        let datasets = plan
            .parts()
            .filter(|(_, part)| part.action == domain::plan::Action::Erase);
        let datasets: Vec<DatasetRef> = datasets
            .map(|(entry, part)| DatasetRef {
                system: entry.system.clone(),
                dataset: part.dataset.clone(),
            })
            .collect();
        let round = request.round + 1;
        let request = ErasureRequest {
            round,
            ..request.become_stage(Stage::Erasing)?
        };
        tx.requests().update(&request).await?;
        let details = json!({ "round": round, "datasets": datasets.len() });
        self.log(
            &mut *tx,
            actor,
            Event::new("request.started", format!("request:{id}"), details),
        )
        .await?;
        self.add_steps(&mut *tx, &request, plan.id, &datasets).await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// A probe counted again after the grace period, lately, and found what was approved: without that nothing starts.
    pub(crate) async fn is_recounted(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
        plan: PlanId,
    ) -> Result<bool, Error> {
        let entries = tx.log().about(&format!("manifest:{plan}")).await?;
        let counted = entries.iter().filter(|entry| entry.claims.kind == RECOUNTED);
        let counted = counted.map(|entry| entry.claims.time).max();
        let now = self.now();
        Ok(counted.is_some_and(|at| request.starts_at <= Some(at) && now < at.after(RECOUNT_HOLDS)))
    }

    /// Adds the steps of a round, with their jobs. Without any, the round settles at once.
    pub(crate) async fn add_steps(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
        plan: PlanId,
        datasets: &[DatasetRef],
    ) -> Result<(), Error> {
        let now = self.now();
        for dataset in datasets {
            let step = domain::attempt::Step {
                id: domain::id::StepId::new(now, self.random()),
                request: request.id,
                plan,
                round: request.round,
                dataset: dataset.clone(),
                state: StepState::Ready,
                cursor: None,
                reported: 0,
                chunks: 0,
                failures: 0,
                started_at: None,
                ended_at: None,
                method: None,
                version: 1,
            };
            tx.attempts().insert_step(&step).await?;
            tx.jobs().enqueue(&Job::EraseStep { step: step.id }, now).await?;
        }
        if datasets.is_empty() {
            tx.jobs()
                .enqueue(
                    &Job::Settle {
                        request: request.id,
                        round: request.round,
                    },
                    now,
                )
                .await?;
        }
        Ok(())
    }

    /// Every step of the round is done: checks wait for their systems to settle. All systems, always (V2).
    pub(crate) async fn settle(
        &self,
        actor: &Actor,
        id: RequestId,
        round: i32,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if request.stage != Stage::Erasing || request.round != round {
            return Ok(Disposition::Done);
        }
        let steps = tx.attempts().steps(id, Some(round)).await?;
        if steps.iter().any(|step| step.state != StepState::Done) {
            return Ok(Disposition::Done);
        }
        let plan_id = request
            .plan
            .ok_or_else(|| Error::Broken("erasing without a plan".into()))?;
        let plan = tx
            .plans()
            .find(plan_id)
            .await?
            .ok_or(Error::NotFound("that plan"))?;
        let inventory = tx
            .inventory()
            .find(plan.inventory)
            .await?
            .ok_or(Error::NotFound("the frozen inventory"))?;
        let now = self.now();
        for (entry, part) in plan.parts() {
            let settle = inventory
                .system(&entry.system)
                .map(domain::inventory::System::settle)
                .unwrap_or_default();
            let until = now.after(settle);
            let check = Check {
                id: CheckId::new(now, self.random()),
                request: id,
                plan: plan_id,
                round,
                dataset: DatasetRef {
                    system: entry.system.clone(),
                    dataset: part.dataset.clone(),
                },
                state: CheckState::Waiting { until, tries: 0 },
                version: 1,
            };
            tx.findings().insert_check(&check).await?;
            tx.jobs()
                .enqueue(&Job::RunCheck { check: check.id }, until)
                .await?;
        }
        let aside = request
            .aside
            .clone()
            .filter(|aside| !matches!(aside, Aside::NeedsAttention { stops: false, .. }));
        tx.requests()
            .update(&ErasureRequest {
                aside,
                ..request.become_stage(Stage::Settling)?
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "request.settling",
                format!("request:{id}"),
                json!({ "round": round }),
            ),
        )
        .await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }
}
