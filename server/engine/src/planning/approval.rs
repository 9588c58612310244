//! Approval: a second person binds the run to the digest of plan and manifest.

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::drift::Drift;
use domain::drill::Rehearsed;
use domain::id::RequestId;
use domain::incident::IncidentState;
use domain::job::Job;
use domain::mail::MailKind;
use domain::manifest::{Control, Manifest};
use domain::plan::ErasurePlan;
use domain::port::store::Tx;
use domain::request::{Approval, ErasureRequest, Stage};
use serde_json::json;

use crate::{Engine, Error};

/// What an approver decides on.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The plan.
    pub plan: ErasurePlan,
    /// What probes saw.
    pub manifest: Manifest,
    /// What the approval will bind to.
    pub digest: Digest,
    /// Datasets without a possible control, which must be accepted in writing.
    pub without_control: Vec<String>,
    /// Which systems have passed a drill since their last change, and which have not; absent in drills.
    pub rehearsed: Option<Rehearsed>,
    /// Approving asks for an acceptance in writing of those that have not.
    pub drill_gate: bool,
    /// Counts that drifted too far since an earlier approval, which fell by it.
    pub drifted: Vec<Drift>,
}

impl Engine {
    /// What waits for approval.
    pub async fn proposal(&self, actor: &Actor, id: RequestId) -> Result<Proposal, Error> {
        actor.require(Permission::ReadAll)?;
        let mut tx = self.ports.store.read().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let plan = request
            .plan
            .ok_or_else(|| Error::NotNow("the request has no plan yet".into()))?;
        let plan = tx.plans().find(plan).await?.ok_or(Error::NotFound("that plan"))?;
        let manifest = tx.plans().manifest(plan.id).await?;
        let manifest = manifest.ok_or_else(|| Error::NotNow("the manifest is not drawn yet".into()))?;
        let digest = manifest.digest(plan.digest());
        let without = manifest
            .datasets
            .iter()
            .filter(|seen| seen.control == Control::None);
        let without_control = without.map(|seen| seen.dataset.to_string()).collect();
        let rehearsed = self.rehearsed(&mut *tx, &request, &plan).await?;
        Ok(Proposal {
            plan,
            manifest,
            digest,
            without_control,
            rehearsed,
            drill_gate: self.policy.drill_gate,
            drifted: self.drifted(&mut *tx, id).await?,
        })
    }

    /// Approves the run. `digest` is what the approver saw: if anything changed since, the approval is refused. `undrilled`
    /// says why systems without a passed drill are accepted; where the rules ask for that, nothing is approved without it.
    pub async fn approve_request(
        &self,
        actor: &Actor,
        id: RequestId,
        digest: Digest,
        exceptions: Vec<String>,
        undrilled: Option<String>,
    ) -> Result<ErasureRequest, Error> {
        actor.require(Permission::ApproveRun)?;
        actor.seasoned(self.now())?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        actor.differs_from(request.opened_by, "approving the run", "who opened the request")?;
        if request.stage != Stage::Planned || request.aside.is_some() {
            return Err(Error::NotNow(format!(
                "the request is {} and waits for no approval",
                request.state_word()
            )));
        }
        let plan = request
            .plan
            .ok_or_else(|| Error::Broken("planned without a plan".into()))?;
        let plan = tx.plans().find(plan).await?.ok_or(Error::NotFound("that plan"))?;
        let manifest = tx
            .plans()
            .manifest(plan.id)
            .await?
            .ok_or(Error::NotFound("the manifest"))?;
        if manifest.digest(plan.digest()) != digest {
            return Err(Error::NotNow(
                "plan or manifest changed since you looked: look again".into(),
            ));
        }
        let rehearsed = self.rehearsed(&mut *tx, &request, &plan).await?;
        let rehearsed = rehearsed
            .map(|seen| self.accepted(actor, seen, undrilled.as_deref()))
            .transpose()?;
        let now = self.now();
        let starts_at = now.after(self.policy.grace);
        let approval = Some(Approval {
            by: actor.person()?,
            at: now,
            plan: plan.id,
            digest,
            exceptions: exceptions.clone(),
            rehearsed: rehearsed.clone(),
        });
        let request = request
            .become_stage(Stage::Approved)?
            .become_stage(Stage::Scheduled)?;
        let request = ErasureRequest {
            approval,
            starts_at: Some(starts_at),
            ..request
        };
        tx.requests().update(&request).await?;
        self.confirm_by_approval(&mut *tx, actor, &request).await?;
        let details = json!({ "digest": digest, "starts_at": starts_at, "exceptions": exceptions, "rehearsed": rehearsed });
        self.log(
            &mut *tx,
            actor,
            Event::new("request.approved", format!("request:{id}"), details),
        )
        .await?;
        self.tell_tenant(&mut *tx, &request, MailKind::RunScheduled)
            .await?;
        tx.jobs()
            .enqueue(
                &Job::Start {
                    request: id,
                    plan: plan.id,
                },
                starts_at,
            )
            .await?;
        tx.commit().await?;
        Ok(request)
    }

    /// Approving the run that erases again confirms what was found: the suspension can no longer be lifted.
    async fn confirm_by_approval(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        request: &ErasureRequest,
    ) -> Result<(), Error> {
        let Some(certificate) = request.certificate else {
            return Ok(());
        };
        for incident in tx.incidents().of_certificate(certificate).await? {
            if incident.state == IncidentState::Suspected {
                self.confirmed(tx, actor, incident).await?;
            }
        }
        Ok(())
    }
}
