//! Drills: the schedule opens one a month on the synthetic tenant, people take it through as any request, and whoever must
//! know is told when it goes wrong, is late, or did not run (C7, E3).

mod gate;
mod shown;

pub(crate) use gate::standing;

use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::drill::{Drill, DrillState, Month, Schedule, Trouble};
use domain::id::{DrillId, PersonId};
use domain::mail::MailKind;
use domain::port::store::Tx;
use domain::register::CertificateRecord;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::scope::RequestScope;
use domain::subject::Tenant;
use domain::time::{Date, days_later};
use serde_json::json;

use crate::intake::NewRequest;
use crate::notification::About;
use crate::{Engine, Error};

/// Who is told.
const TOLD: [Role; 3] = [Role::Operator, Role::ComplianceOfficer, Role::Administrator];

impl Engine {
    /// Opens a drill now, besides those of the schedule. One runs at a time: two would erase the same records.
    pub async fn run_drill(&self, actor: &Actor) -> Result<Drill, Error> {
        actor.require(Permission::RunDrill)?;
        let by = actor.person()?;
        let schedule = self.policy.drills.as_ref();
        let schedule = schedule.ok_or_else(|| {
            Error::NotNow("no synthetic tenant is named: set drills.tenant to the key of one".into())
        })?;
        let mut tx = self.ports.store.begin().await?;
        if let Some(running) = tx.drills().running().await?.first() {
            return Err(Error::NotNow(format!(
                "drill {} has not ended: end or refuse its request first",
                running.id
            )));
        }
        let tenant = synthetic(&mut *tx, schedule).await?.map_err(Error::NotNow)?;
        let today = self.now().date_in(&self.policy.zone)?;
        let due_on = days_later(today, i32::from(schedule.days))?;
        let drill = self
            .open_drill(&mut *tx, actor, tenant, (None, due_on), Some(by))
            .await?;
        tx.commit().await?;
        Ok(drill)
    }

    /// Opens what is due, writes down which months had no drill, and alarms: once for each thing that is wrong.
    pub(crate) async fn watch_drills(&self, tx: &mut dyn Tx, actor: &Actor) -> Result<(), Error> {
        let today = self.now().date_in(&self.policy.zone)?;
        if let Some(schedule) = &self.policy.drills {
            self.open_what_is_due(tx, actor, schedule, today).await?;
        }
        for drill in tx.drills().running().await? {
            self.look_at_drill(tx, actor, drill, today).await?;
        }
        Ok(())
    }

    async fn open_what_is_due(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        schedule: &Schedule,
        today: Date,
    ) -> Result<(), Error> {
        let since = format!("drills-since:{}", schedule.tenant);
        let begun = match tx.settings().text(&since).await? {
            Some(month) => Month::parse(&month)?,
            None => {
                let begun = schedule.begun(today)?;
                tx.settings().note(&since, begun.as_str()).await?;
                begun
            }
        };
        let drills = tx.drills().all().await?;
        let last = drills.into_iter().filter_map(|drill| drill.month).max();
        let last = last.map_or(begun.clone(), |last| last.max(begun));
        let mut owed = schedule.owed(&last, today)?;
        // The newest is opened, late if need be. Those before it did not run, and cannot be made up for.
        let Some(newest) = owed.pop() else { return Ok(()) };
        for month in owed {
            let why = "nobody opened it: the schedule did not run".to_owned();
            self.not_run(tx, actor, schedule, month, why).await?;
        }
        if let Some(running) = tx.drills().running().await?.first() {
            let why = format!("the drill before it has not ended (drill {})", running.id);
            return self.not_run(tx, actor, schedule, newest, why).await;
        }
        match synthetic(tx, schedule).await? {
            Err(why) => self.not_run(tx, actor, schedule, newest, why).await,
            Ok(tenant) => {
                let due_on = schedule.due_on(&newest)?;
                self.open_drill(tx, actor, tenant, (Some(newest), due_on), None)
                    .await
                    .map(drop)
            }
        }
    }

    async fn open_drill(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        tenant: Tenant,
        (month, due_on): (Option<Month>, Date),
        by: Option<PersonId>,
    ) -> Result<Drill, Error> {
        let now = self.now();
        let today = now.date_in(&self.policy.zone)?;
        let what = month.as_ref().map_or(today.to_string(), ToString::to_string);
        let new = NewRequest {
            tenant: tenant.key.clone(),
            scope: RequestScope::Tenant {
                contract: format!("drill of {what}"),
                ended_on: today,
            },
            identifiers: Vec::new(),
            channel: if by.is_some() { "drill" } else { "schedule" }.into(),
        };
        let request = self.admit(tx, actor, tenant, new, by).await?;
        let drill = Drill {
            month,
            request: Some(request.id),
            ..self.blank(due_on)
        };
        tx.drills().insert(&drill).await?;
        let details = json!({ "month": drill.month, "request": request.id, "due_on": due_on });
        self.log(tx, actor, event("drill.opened", drill.id, details))
            .await?;
        self.tell_staff(tx, &request, MailKind::NeedsAttention).await?;
        Ok(drill)
    }

    fn blank(&self, due_on: Date) -> Drill {
        let now = self.now();
        Drill {
            id: DrillId::new(now, self.random()),
            month: None,
            request: None,
            opened_at: now,
            due_on,
            overdue_at: None,
            trouble: None,
            certificate: None,
            systems: Vec::new(),
            ended_at: None,
            version: 1,
        }
    }

    /// A month had no drill: it is written down, and told.
    async fn not_run(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        schedule: &Schedule,
        month: Month,
        why: String,
    ) -> Result<(), Error> {
        let now = self.now();
        let drill = Drill {
            overdue_at: Some(now),
            trouble: Some(Trouble { at: now, why }),
            ended_at: Some(now),
            month: Some(month.clone()),
            ..self.blank(schedule.due_on(&month)?)
        };
        tx.drills().insert(&drill).await?;
        self.alarm(tx, actor, &drill, "drill.overdue").await
    }

    /// One that runs: whether it went wrong, or is late.
    async fn look_at_drill(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        drill: Drill,
        today: Date,
    ) -> Result<(), Error> {
        let Some(request) = drill.request else {
            return Ok(());
        };
        let request = tx.requests().find(request).await?;
        let request = request.ok_or(Error::NotFound("the request of a drill"))?;
        let now = self.now();
        let why = wrong(&request);
        let fresh = why.filter(|why| drill.trouble.as_ref().is_none_or(|known| known.why != *why));
        if let Some(why) = fresh {
            let drill = Drill {
                trouble: Some(Trouble { at: now, why }),
                ended_at: request.stage.is_end().then_some(now),
                ..drill
            };
            tx.drills().update(&drill).await?;
            return self.alarm(tx, actor, &drill, "drill.failed").await;
        }
        if drill.overdue_at.is_none() && today > drill.due_on {
            let drill = Drill {
                overdue_at: Some(now),
                ..drill
            };
            tx.drills().update(&drill).await?;
            return self.alarm(tx, actor, &drill, "drill.overdue").await;
        }
        Ok(())
    }

    /// The certificate of a drill was issued: what it showed of each system is written down.
    pub(crate) async fn end_drill(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        request: &ErasureRequest,
        issued: &CertificateRecord,
    ) -> Result<(), Error> {
        let whole = matches!(request.scope, RequestScope::Tenant { .. });
        if !request.drill || !whole || !issued.kind.is_base() {
            return Ok(());
        }
        let (now, today) = (self.now(), self.now().date_in(&self.policy.zone)?);
        let systems = shown::shown(&self.gather(tx, request.id).await?);
        let known = tx.drills().of_request(request.id).await?;
        let ended = |drill: Drill| Drill {
            certificate: Some((issued.id, issued.issued_at.unwrap_or(now))),
            ended_at: Some(now),
            systems,
            ..drill
        };
        let drill = match known {
            // Certified once more, after a correction: the first one stands written down.
            Some(drill) if drill.certificate.is_some() => return Ok(()),
            Some(drill) => {
                let drill = ended(drill);
                tx.drills().update(&drill).await?;
                drill
            }
            // Somebody opened a request for a synthetic tenant by hand: it is a drill as well.
            None => {
                let drill = ended(Drill {
                    request: Some(request.id),
                    ..self.blank(today)
                });
                tx.drills().insert(&drill).await?;
                drill
            }
        };
        match drill.state() {
            DrillState::Passed => {
                let details = json!({ "month": drill.month, "certificate": issued.id });
                self.log(tx, actor, event("drill.passed", drill.id, details))
                    .await?;
                Ok(())
            }
            _ => self.alarm(tx, actor, &drill, "drill.failed").await,
        }
    }

    /// Logs what is wrong with a drill, and mails it.
    async fn alarm(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        drill: &Drill,
        kind: &'static str,
    ) -> Result<(), Error> {
        let ran = drill.request.is_some();
        let details = json!({ "month": drill.month, "request": drill.request, "ran": ran,
            "due_on": drill.due_on, "lacking": shown::lacking(drill) });
        self.log(tx, actor, event(kind, drill.id, details)).await?;
        let (what, why) = shown::alarm(drill);
        tracing::error!(drill = %drill.id, kind, "a drill failed, is late, or did not run");
        let facts = [("what", what), ("why", why)];
        self.tell_roles(tx, About::default(), MailKind::DrillAlarm, (&TOLD, &facts))
            .await
    }
}

/// The tenant that drills run on. One that is not synthetic is never touched.
async fn synthetic(tx: &mut dyn Tx, schedule: &Schedule) -> Result<Result<Tenant, String>, Error> {
    let key = &schedule.tenant;
    Ok(match tx.tenants().find_by_key(key).await? {
        Some(tenant) if tenant.synthetic => Ok(tenant),
        Some(_) => Err(format!(
            "drills.tenant names {key}, which is not registered as synthetic: drills never run on data of a real tenant"
        )),
        None => Err(format!(
            "drills.tenant names {key}, and there is no such tenant: lethe tenant add {key} --synthetic"
        )),
    })
}

/// What is wrong with the request of a drill.
fn wrong(request: &ErasureRequest) -> Option<String> {
    match (&request.aside, request.stage) {
        (_, Stage::Refused | Stage::Withdrawn | Stage::Duplicate) => Some(format!(
            "its request is {} and ended without a certificate",
            request.state_word()
        )),
        // Counsel is asked for the document of a party: that is part of the work.
        (Some(Aside::NeedsAttention { who, .. }), _) if who == "legal counsel" => None,
        (Some(Aside::NeedsAttention { what, .. }), _) => Some(what.clone()),
        _ => None,
    }
}

fn event(kind: &'static str, id: DrillId, details: serde_json::Value) -> Event {
    Event::new(kind, format!("drill:{id}"), details)
}

/// How drills are told of to people: used by pages and by the command line.
pub use shown::{DrillSeen, SystemDrilled};
