//! Erasure of one dataset, chunk by chunk: authorise in a commit, act with no transaction open, write the outcome.
//!
//! This module cannot look: whatever the eraser says is "reported", never "deleted".

use std::sync::Arc;
use std::time::Duration;

use domain::actor::{Actor, Permission};
use domain::attempt::{Attempt, Outcome, Step, StepState};
use domain::audit::Event;
use domain::id::{AttemptId, StepId};
use domain::inventory::{Limits, System};
use domain::job::{Disposition, Job, Leased, backoff};
use domain::plan::ErasurePlan;
use domain::port::erase::{Chunk, Cursor, Erase, EraseError, Erased};
use domain::port::store::Tx;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::scope::{Cover, Place};
use domain::selection::Target;
use serde_json::json;

use crate::{Engine, Error};

/// What the fence says to the next chunk.
enum Authorisation {
    /// Go, within this attempt.
    Granted(Box<Attempt>, Option<Cursor>),
    /// Not now; the lease goes back.
    Wait(Duration),
    /// There is nothing to do for this job any more.
    Over,
}

/// Everything that erasing a step needs, loaded once per lease.
struct Work {
    plan: ErasurePlan,
    target: Target,
    limits: Limits,
    eraser: Arc<dyn Erase>,
}

/// How long to wait when all places of a system are taken.
const BUSY: Duration = Duration::from_millis(10);
/// How long to wait when something is paused.
const PAUSED: Duration = Duration::from_secs(5);

impl Engine {
    /// Erases the chunks of a step for as long as the lease lasts.
    pub(crate) async fn erase_step(
        &self,
        actor: &Actor,
        leased: &Leased,
        id: StepId,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let work = match self.load_work(id).await {
            Ok(Some(work)) => work,
            Ok(None) => return Ok(Disposition::Done),
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => return self.park_step(actor, id, error.to_string()).await,
        };
        loop {
            let (attempt, after) = match self.authorise(actor, leased, id, &work).await? {
                Authorisation::Granted(attempt, after) => (attempt, after),
                Authorisation::Wait(time) => {
                    return Ok(Disposition::Again {
                        at: self.now().after(time),
                    });
                }
                Authorisation::Over => return Ok(Disposition::Done),
            };
            let outcome = self.act(&work, &attempt, after).await;
            if let Some(disposition) = self.write_outcome(actor, &attempt, outcome).await? {
                return Ok(disposition);
            }
            if self.now().after(self.policy.chunk_deadline) >= leased.leased_until {
                return Ok(Disposition::Again { at: self.now() });
            }
        }
    }

    async fn load_work(&self, id: StepId) -> Result<Option<Work>, Error> {
        let mut tx = self.ports.store.read().await?;
        let step = tx
            .attempts()
            .find_step(id)
            .await?
            .ok_or(Error::NotFound("that step"))?;
        if step.state != StepState::Ready {
            return Ok(None);
        }
        let request = tx
            .requests()
            .find(step.request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let plan = tx
            .plans()
            .find(step.plan)
            .await?
            .ok_or(Error::NotFound("that plan"))?;
        let version = tx.inventory().find(plan.inventory).await?;
        let latest = tx.inventory().latest().await?;
        drop(tx);
        let missing = || {
            Error::Broken(format!(
                "system {} is not in the frozen inventory",
                step.dataset.system
            ))
        };
        let frozen = version
            .and_then(|version| version.system(&step.dataset.system).cloned())
            .ok_or_else(missing)?;
        let system = with_present_credentials(
            frozen,
            latest.and_then(|latest| latest.system(&step.dataset.system).cloned()),
        );
        let target = self.secrets_of(&request, &plan)?.targets.remove(&step.dataset);
        let target =
            target.ok_or_else(|| Error::Broken(format!("the plan holds no target for {}", step.dataset)))?;
        let erasers = self.ports.erasers.as_ref().ok_or(Error::NotEquipped("erasers"))?;
        let eraser = erasers.eraser(&system, &self.erase_secret(&system)?)?;
        Ok(Some(Work {
            plan,
            target,
            limits: system.limits,
            eraser,
        }))
    }

    /// The fence: everything that can forbid the next chunk is read in the transaction that authorises it (H2).
    async fn authorise(
        &self,
        actor: &Actor,
        leased: &Leased,
        id: StepId,
        work: &Work,
    ) -> Result<Authorisation, Error> {
        let mut tx = self.ports.store.begin().await?;
        let step = tx
            .attempts()
            .find_step(id)
            .await?
            .ok_or(Error::NotFound("that step"))?;
        let request = tx
            .requests()
            .find(step.request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        tx.fence_authorisation(&request.tenant_key).await?;
        let now = self.now();
        // Read again behind the fence: what was read before it may be old.
        let step = tx
            .attempts()
            .find_step(id)
            .await?
            .ok_or(Error::NotFound("that step"))?;
        let request = tx
            .requests()
            .find(step.request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if !tx.jobs().holds(leased, now).await? || step.state != StepState::Ready || !may_run(&request, &step)
        {
            return Ok(Authorisation::Over);
        }
        if matches!(
            request.aside,
            Some(Aside::Paused { .. } | Aside::NeedsAttention { stops: true, .. })
        ) {
            return Ok(Authorisation::Wait(PAUSED));
        }
        if tx
            .settings()
            .switches()
            .await?
            .stop(&step.dataset.system)
            .is_some()
        {
            return Ok(Authorisation::Wait(PAUSED));
        }
        if let Some(stopped) = self.stopped_by(&mut *tx, &request, &step, &work.plan).await? {
            self.stop_step(tx, actor, step, stopped).await?;
            return Ok(Authorisation::Over);
        }
        let busy = tx.attempts().in_flight(Some(&step.dataset.system), now).await?;
        if busy.len() >= usize::from(work.limits.concurrency) {
            return Ok(Authorisation::Wait(BUSY));
        }
        // Not the moment of the fence: a hold released between that and the look at holds stood until then.
        let now = self.now();
        let deadline = now.after(self.policy.chunk_deadline).min(leased.leased_until);
        let attempt = Attempt {
            id: AttemptId::new(now, self.random()),
            step: id,
            request: request.id,
            tenant_key: request.tenant_key.clone(),
            dataset: step.dataset.clone(),
            fence: leased.fence,
            authorised_at: now,
            deadline,
            expires_at: deadline.after(deadline.since(now)),
            outcome: None,
        };
        tx.attempts().start(&attempt).await?;
        let details =
            json!({ "step": id, "dataset": step.dataset, "deadline": deadline, "chunk": step.chunks + 1 });
        let (after, started_at) = (step.cursor.clone(), step.started_at.or(Some(now)));
        tx.attempts()
            .update_step(&Step {
                chunks: step.chunks + 1,
                started_at,
                ..step
            })
            .await?;
        if !request.touched {
            tx.requests()
                .update(&ErasureRequest {
                    touched: true,
                    ..request
                })
                .await?;
        }
        self.log(
            &mut *tx,
            actor,
            Event::new("attempt.authorised", format!("attempt:{}", attempt.id), details),
        )
        .await?;
        tx.commit().await?;
        Ok(Authorisation::Granted(Box::new(attempt), after))
    }

    /// A standing hold or duty that covers the dataset and that the plan did not take into account.
    async fn stopped_by(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
        step: &Step,
        plan: &ErasurePlan,
    ) -> Result<Option<domain::retention::KeeperId>, Error> {
        let part = plan
            .part(&step.dataset)
            .ok_or_else(|| Error::Broken(format!("the plan has no part {}", step.dataset)))?;
        let place = Place {
            system: &step.dataset.system,
            categories: &part.categories,
        };
        let wanted = request.wanted(&plan.digests);
        let today = self.now().date_in(&self.policy.zone)?;
        let keepers = tx.holds().keepers(&request.tenant_key, today).await?;
        let unknown = keepers
            .into_iter()
            .find(|keeper| keeper.scope.covers(wanted, place) != Cover::None && !part.honours(keeper.id));
        Ok(unknown.map(|keeper| keeper.id))
    }

    async fn stop_step(
        &self,
        mut tx: Box<dyn Tx>,
        actor: &Actor,
        step: Step,
        keeper: domain::retention::KeeperId,
    ) -> Result<(), Error> {
        let details = json!({ "keeper": keeper, "dataset": step.dataset });
        let (id, request) = (step.id, step.request);
        tx.attempts()
            .update_step(&Step {
                state: StepState::Stopped { keeper },
                ..step
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("step.stopped", format!("step:{id}"), details),
        )
        .await?;
        tx.jobs().enqueue(&Job::Resume { request }, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// The call itself. No transaction is open; what takes longer than the attempt may live is cut off.
    async fn act(&self, work: &Work, attempt: &Attempt, after: Option<Cursor>) -> Result<Erased, EraseError> {
        let chunk = Chunk {
            after,
            limit: work.limits.chunk,
            deadline: attempt.deadline,
        };
        let longest = attempt.expires_at.since(self.now());
        match tokio::time::timeout(longest, work.eraser.erase(&work.target, &chunk)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(EraseError::Transient("the system did not answer in time".into())),
        }
    }

    /// tx2: outcome, cursor, and what comes next. `None`: the next chunk may be asked for at once.
    async fn write_outcome(
        &self,
        actor: &Actor,
        attempt: &Attempt,
        outcome: Result<Erased, EraseError>,
    ) -> Result<Option<Disposition>, Error> {
        let mut tx = self.ports.store.begin().await?;
        let now = self.now();
        let step = tx
            .attempts()
            .find_step(attempt.step)
            .await?
            .ok_or(Error::NotFound("that step"))?;
        let object = format!("attempt:{}", attempt.id);
        let (ended, step, disposition, event) = match outcome {
            Ok(erased) => {
                let done = erased.next.is_none();
                let step = Step {
                    state: if done { StepState::Done } else { step.state.clone() },
                    cursor: erased.next.or(step.cursor.clone()),
                    reported: step.reported + erased.reported,
                    failures: 0,
                    ended_at: done.then_some(now),
                    method: Some(erased.method),
                    ..step
                };
                let details = json!({ "reported": erased.reported, "done": done });
                let ended = Outcome::Reported {
                    records: erased.reported,
                };
                (
                    ended,
                    step,
                    done.then_some(Disposition::Done),
                    Event::new("attempt.reported", object, details),
                )
            }
            Err(error) => {
                let why = error.to_string();
                let failures = step.failures + 1;
                let gives_up =
                    matches!(error, EraseError::Refused(_)) || failures >= self.policy.max_failures;
                let state = if gives_up {
                    StepState::Parked { why: why.clone() }
                } else {
                    step.state.clone()
                };
                let event = Event::new(
                    "attempt.failed",
                    object,
                    json!({ "why": why, "parked": gives_up }),
                );
                let disposition = match (gives_up, &error) {
                    (true, _) => Disposition::Done,
                    (false, EraseError::TooLate) => Disposition::Again { at: now },
                    (false, _) => Disposition::Again {
                        at: now.after(backoff(failures)),
                    },
                };
                (
                    Outcome::Failed { why },
                    Step {
                        state,
                        failures,
                        ..step
                    },
                    Some(disposition),
                    event,
                )
            }
        };
        tx.attempts().end(attempt.id, now, &ended).await?;
        tx.attempts().update_step(&step).await?;
        self.log(&mut *tx, actor, event).await?;
        self.after_step(&mut *tx, actor, &step).await?;
        tx.commit().await?;
        Ok(disposition)
    }

    /// A step that ended for now leaves the look at the whole round, or a person.
    async fn after_step(&self, tx: &mut dyn Tx, actor: &Actor, step: &Step) -> Result<(), Error> {
        match &step.state {
            StepState::Done => {
                tx.jobs()
                    .enqueue(
                        &Job::Settle {
                            request: step.request,
                            round: step.round,
                        },
                        self.now(),
                    )
                    .await?;
            }
            StepState::Parked { why } => {
                let request = tx
                    .requests()
                    .find(step.request)
                    .await?
                    .ok_or(Error::NotFound("that request"))?;
                let what = format!(
                    "erasing {} is parked: {why}. Mend it, then retry the step",
                    step.dataset
                );
                self.needs_attention(tx, actor, request, what, "operator", false)
                    .await?;
            }
            StepState::Ready | StepState::Stopped { .. } => {}
        }
        Ok(())
    }

    /// Something is wrong before any call could be made.
    async fn park_step(&self, actor: &Actor, id: StepId, why: String) -> Result<Disposition, Error> {
        let mut tx = self.ports.store.begin().await?;
        let step = tx
            .attempts()
            .find_step(id)
            .await?
            .ok_or(Error::NotFound("that step"))?;
        let step = Step {
            state: StepState::Parked { why: why.clone() },
            ..step
        };
        tx.attempts().update_step(&step).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("step.parked", format!("step:{id}"), json!({ "why": why })),
        )
        .await?;
        self.after_step(&mut *tx, actor, &step).await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }
}

/// The request is in the round of the step, on its plan, and was approved on it.
fn may_run(request: &ErasureRequest, step: &Step) -> bool {
    let approved = request
        .approval
        .as_ref()
        .is_some_and(|approval| approval.plan == step.plan);
    request.stage == Stage::Erasing
        && request.round == step.round
        && request.plan == Some(step.plan)
        && approved
        && !matches!(request.aside, Some(Aside::OnHold { .. }))
}

/// The frozen system, with credentials as they are now: rotating one changes nothing of what is erased.
fn with_present_credentials(frozen: System, present: Option<System>) -> System {
    match present {
        Some(present) if present.kind == frozen.kind => System {
            erase_credential: present.erase_credential,
            probe_credential: present.probe_credential,
            limits: present.limits,
            ..frozen
        },
        _ => frozen,
    }
}
