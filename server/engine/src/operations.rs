//! Operations: stopping and going on, looking for what is overdue.

use domain::actor::{Actor, Permission};
use domain::attempt::{Attempt, Outcome};
use domain::audit::Event;
use domain::id::{JobId, RequestId};
use domain::inventory::SystemName;
use domain::job::{Disposition, Job};
use domain::mail::MailKind;
use domain::port::store::Tx;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::scope::TenantScope;
use domain::switches::{Pause, Switches};
use serde_json::json;

use crate::{Engine, Error};

impl Engine {
    /// Stops erasure on one system, or on all (E1). Chunks in flight end; none is authorised after this commit.
    pub async fn pause(&self, actor: &Actor, system: Option<SystemName>, reason: &str) -> Result<(), Error> {
        actor.require(Permission::Pause)?;
        if reason.trim().is_empty() {
            return Err(Error::invalid("reason", "say why"));
        }
        let mut tx = self.ports.store.begin().await?;
        // By the fence of holds: chunks being authorised come first, and are in flight; those after it see the switch.
        tx.fence_placement(&TenantScope::Any).await?;
        let mut switches = tx.settings().switches().await?;
        let pause = Pause {
            by: actor.reference(),
            since: self.now(),
            reason: reason.trim().to_owned(),
        };
        let object = system
            .as_ref()
            .map_or("system:*".to_owned(), |system| format!("system:{system}"));
        match system {
            Some(system) => drop(switches.systems.insert(system, pause)),
            None => switches.all = Some(pause),
        }
        tx.settings().set_switches(&switches).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("erasure.paused", object, json!({ "reason": reason })),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets erasure go on.
    pub async fn unpause(&self, actor: &Actor, system: Option<SystemName>) -> Result<(), Error> {
        actor.require(Permission::Pause)?;
        let mut tx = self.ports.store.begin().await?;
        let mut switches = tx.settings().switches().await?;
        let object = system
            .as_ref()
            .map_or("system:*".to_owned(), |system| format!("system:{system}"));
        match system {
            Some(system) => drop(switches.systems.remove(&system)),
            None => switches.all = None,
        }
        tx.settings().set_switches(&switches).await?;
        self.log(&mut *tx, actor, Event::new("erasure.unpaused", object, json!({})))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Pauses one request.
    pub async fn pause_request(&self, actor: &Actor, id: RequestId, reason: &str) -> Result<(), Error> {
        actor.require(Permission::Pause)?;
        let by = actor.person()?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        tx.fence_placement(&TenantScope::One(request.tenant_key)).await?;
        // Read again behind the fence: the chunk authorised before it may have changed the request.
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if request.aside.is_some() || request.stage.is_end() {
            return Err(Error::NotNow(format!(
                "the request is {} and cannot be paused",
                request.state_word()
            )));
        }
        let aside = Some(Aside::Paused {
            by,
            since: self.now(),
            reason: reason.trim().to_owned(),
        });
        tx.requests().update(&ErasureRequest { aside, ..request }).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "request.paused",
                format!("request:{id}"),
                json!({ "reason": reason }),
            ),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets a paused request go on.
    pub async fn unpause_request(&self, actor: &Actor, id: RequestId) -> Result<(), Error> {
        actor.require(Permission::Pause)?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if !matches!(request.aside, Some(Aside::Paused { .. })) {
            return Err(Error::NotNow("the request is not paused".into()));
        }
        if let (Stage::Scheduled, Some(plan)) = (request.stage, request.plan) {
            tx.jobs()
                .enqueue(&Job::Start { request: id, plan }, self.now())
                .await?;
        }
        tx.requests()
            .update(&ErasureRequest {
                aside: None,
                ..request
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("request.unpaused", format!("request:{id}"), json!({})),
        )
        .await?;
        tx.jobs()
            .enqueue(&Job::Resume { request: id }, self.now())
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The switches as they are.
    pub async fn switches(&self, actor: &Actor) -> Result<Switches, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        Ok(self.ports.store.read().await?.settings().switches().await?)
    }

    /// Parked jobs, with why.
    pub async fn parked_jobs(&self, actor: &Actor) -> Result<Vec<(JobId, Job, String)>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        Ok(self.ports.store.read().await?.jobs().parked().await?)
    }

    /// Puts a parked job back to work.
    pub async fn retry_job(&self, actor: &Actor, id: JobId) -> Result<(), Error> {
        actor.require(Permission::RetryStep)?;
        let mut tx = self.ports.store.begin().await?;
        tx.jobs().unpark(id, self.now()).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("job.retried", format!("job:{id}"), json!({})),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends attempts that never reported and can no longer be doing anything: of a request, or of all. Which they were.
    pub(crate) async fn write_off(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        of: Option<RequestId>,
    ) -> Result<Vec<Attempt>, Error> {
        let now = self.now();
        let mut silent = tx.attempts().expired(now).await?;
        silent.retain(|attempt| of.is_none_or(|of| attempt.request == of));
        for attempt in &silent {
            tx.attempts().end(attempt.id, now, &Outcome::TimedOut).await?;
            let object = format!("attempt:{}", attempt.id);
            self.log(tx, actor, Event::new("attempt.timed_out", object, json!({})))
                .await?;
        }
        Ok(silent)
    }

    /// Ends attempts that can no longer be doing anything, and alarms for what is overdue (invariant 9).
    pub(crate) async fn watch(&self, actor: &Actor) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let now = self.now();
        let mut tx = self.ports.store.begin().await?;
        for attempt in self.write_off(&mut *tx, actor, None).await? {
            tx.jobs()
                .enqueue(&Job::EraseStep { step: attempt.step }, now)
                .await?;
        }
        let today = now.date_in(&self.policy.zone)?;
        for request in tx.requests().open().await? {
            // What a hold keeps of a certified request, or in a restored system, waits for that hold.
            let answered = request.stage == Stage::Certified
                || (request.stage == Stage::Verified && request.again.is_some());
            let late = today > request.due_on && !answered;
            let name = format!("overdue:{}", request.id);
            if late
                && tx
                    .settings()
                    .text(&name)
                    .await?
                    .is_none_or(|told| told != today.to_string())
            {
                tx.settings().set_text(&name, &today.to_string()).await?;
                let event = Event::new(
                    "request.overdue",
                    format!("request:{}", request.id),
                    json!({ "due_on": request.due_on }),
                );
                self.log(&mut *tx, actor, event).await?;
                self.tell_staff(&mut *tx, &request, MailKind::NeedsAttention)
                    .await?;
            }
        }
        self.note_watch(&mut *tx).await?;
        self.watch_drills(&mut *tx, actor).await?;
        self.late_looks(&mut *tx, actor).await?;
        self.close_what_is_done(&mut *tx, actor).await?;
        self.end_replays(&mut *tx, actor).await?;
        self.warn_of_keys(&mut *tx, actor).await?;
        self.mail_checkpoint(&mut *tx).await?;
        self.refresh_list(&mut *tx).await?;
        self.refresh_storage(&mut *tx).await?;
        tx.commit().await?;
        self.retire_followed_keys(actor).await?;
        Ok(Disposition::Done)
    }
}
