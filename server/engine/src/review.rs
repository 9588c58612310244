//! Looking again at a request when holds, duties or the inventory changed: wait, resume, replan, or go on.

use std::collections::BTreeSet;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::id::RequestId;
use domain::job::{Disposition, Job};
use domain::plan::ErasurePlan;
use domain::port::store::Tx;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::retention::{Keeper, KeeperId};
use domain::scope::{Cover, Place, RequestScope, TenantScope};
use domain::time::{Date, Timestamp, days_later};
use serde_json::json;

use crate::{Engine, Error};

/// What a fresh look at the keepers of a request says.
enum Review {
    /// Nothing to do.
    Fine,
    /// Something covers it that the plan does not know, or the inventory changed: a fresh plan, now.
    Replan(&'static str),
    /// Something that was kept is free: a fresh plan after the cooling-off.
    Freed,
}

impl Engine {
    /// Leaves a review of every open request of a scope's tenants.
    pub(crate) async fn review_tenant(
        &self,
        tx: &mut dyn Tx,
        tenant: &TenantScope,
        at: Timestamp,
    ) -> Result<(), Error> {
        for request in tx.requests().open().await? {
            let concerned = match tenant {
                TenantScope::Any => true,
                TenantScope::One(key) => *key == request.tenant_key,
            };
            if concerned {
                tx.jobs()
                    .enqueue(&Job::Resume { request: request.id }, at)
                    .await?;
            }
        }
        Ok(())
    }

    /// Leaves a review of every open request.
    pub(crate) async fn review_all(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        self.review_tenant(tx, &TenantScope::Any, self.now()).await
    }

    /// Looks again at one request.
    pub(crate) async fn review(&self, actor: &Actor, id: RequestId) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let keepers = tx
            .holds()
            .keepers(&request.tenant_key, self.now().date_in(&self.policy.zone)?)
            .await?;
        match &request.aside {
            Some(Aside::OnHold {
                keepers: held,
                resumes_at,
                ..
            }) => {
                let stands = |id: &KeeperId| keepers.iter().any(|keeper| keeper.id == *id);
                let unchanged = held.iter().all(stands);
                let still: Vec<Keeper> =
                    match unchanged || self.wholly_covered(&mut *tx, &request, &keepers).await? {
                        true if unchanged => keepers
                            .into_iter()
                            .filter(|keeper| held.contains(&keeper.id))
                            .collect(),
                        true => keepers,
                        false => Vec::new(),
                    };
                let resumes_at = *resumes_at;
                self.review_held(tx, actor, request, &still, resumes_at).await
            }
            Some(Aside::Paused { .. }) => Ok(Disposition::Done),
            _ => self.review_running(tx, actor, request, &keepers).await,
        }
    }

    /// Whether what stands leaves nothing to be erased, as far as scopes tell; planning looks closer.
    async fn wholly_covered(
        &self,
        tx: &mut dyn Tx,
        request: &ErasureRequest,
        keepers: &[Keeper],
    ) -> Result<bool, Error> {
        let Some(inventory) = tx.inventory().latest().await? else {
            return Ok(!keepers.is_empty());
        };
        let wanted = request.wanted(&request.digests);
        let mut datasets = request
            .systems_of(&inventory)
            .flat_map(|system| system.datasets.iter().map(move |dataset| (system, dataset)))
            .filter(|(_, dataset)| {
                request.scope != RequestScope::Subject || !dataset.locator.subject.is_empty()
            });
        Ok(datasets.all(|(system, dataset)| {
            let place = Place {
                system: &system.name,
                categories: &dataset.categories,
            };
            keepers
                .iter()
                .any(|keeper| keeper.scope.covers(wanted, place) == Cover::Whole)
        }))
    }

    /// On hold: when what stands no longer covers everything, wait for the cooling-off, then plan afresh.
    async fn review_held(
        &self,
        mut tx: Box<dyn Tx>,
        actor: &Actor,
        request: ErasureRequest,
        still: &[Keeper],
        resumes_at: Option<Timestamp>,
    ) -> Result<Disposition, Error> {
        let (id, now) = (request.id, self.now());
        let Some(Aside::OnHold { keepers, since, .. }) = request.aside.clone() else {
            return Ok(Disposition::Done);
        };
        let standing: BTreeSet<KeeperId> = still.iter().map(|keeper| keeper.id).collect();
        let same = standing == keepers;
        let keepers = if standing.is_empty() { keepers } else { standing };
        let aside = |resumes_at| {
            Some(Aside::OnHold {
                keepers: keepers.clone(),
                since,
                resumes_at,
            })
        };
        match resumes_at {
            None if same => {
                self.review_when_duties_end(
                    &mut *tx,
                    id,
                    still.iter().filter_map(|keeper| keeper.until).collect(),
                )
                .await?;
            }
            _ if !still.is_empty() => {
                self.review_when_duties_end(
                    &mut *tx,
                    id,
                    still.iter().filter_map(|keeper| keeper.until).collect(),
                )
                .await?;
                tx.requests()
                    .update(&ErasureRequest {
                        aside: aside(None),
                        ..request
                    })
                    .await?;
                self.log(
                    &mut *tx,
                    actor,
                    Event::new("request.held_again", format!("request:{id}"), json!({})),
                )
                .await?;
            }
            None => {
                let at = now.after(self.policy.cooling_off);
                tx.requests()
                    .update(&ErasureRequest {
                        aside: aside(Some(at)),
                        ..request
                    })
                    .await?;
                let event = Event::new(
                    "request.cooling_off",
                    format!("request:{id}"),
                    json!({ "resumes_at": at }),
                );
                self.log(&mut *tx, actor, event).await?;
                tx.jobs().enqueue(&Job::Resume { request: id }, at).await?;
            }
            Some(at) if now < at => {
                tx.jobs().enqueue(&Job::Resume { request: id }, at).await?;
            }
            Some(_) => {
                tx.requests().update(&request.replan()?).await?;
                self.log(
                    &mut *tx,
                    actor,
                    Event::new("request.resumed", format!("request:{id}"), json!({})),
                )
                .await?;
                tx.jobs().enqueue(&Job::Plan { request: id }, now).await?;
            }
        }
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// Not on hold: is the plan still right?
    async fn review_running(
        &self,
        mut tx: Box<dyn Tx>,
        actor: &Actor,
        request: ErasureRequest,
        keepers: &[Keeper],
    ) -> Result<Disposition, Error> {
        let (id, now) = (request.id, self.now());
        let plan = match request.plan {
            Some(plan) => tx.plans().find(plan).await?,
            None => None,
        };
        let Some(plan) = plan else {
            return self.review_unplanned(tx, request).await;
        };
        let latest = tx.inventory().latest().await?;
        let changed = latest.is_some_and(|latest| plan.accounts_for_wanted(&request, &latest).is_err());
        let why = match self.compare(&request, &plan, keepers, changed) {
            Review::Fine => {
                let kept = plan
                    .parts()
                    .flat_map(|(_, part)| part.kept.iter().filter_map(|kept| kept.until))
                    .collect();
                self.review_when_duties_end(&mut *tx, id, kept).await?;
                self.still_kept(&mut *tx, actor, id).await?;
                tx.commit().await?;
                return Ok(Disposition::Done);
            }
            Review::Freed => {
                let released = tx.settings().text(&freed_name(id)).await?;
                let due = released
                    .as_deref()
                    .and_then(|text| text.parse::<Timestamp>().ok());
                match due {
                    Some(due) if now >= due => "something that was kept is free",
                    Some(due) => return Ok(Disposition::Again { at: due }),
                    None => {
                        let due = now.after(self.policy.cooling_off);
                        tx.settings().set_text(&freed_name(id), &due.to_string()).await?;
                        let event = Event::new(
                            "request.cooling_off",
                            format!("request:{id}"),
                            json!({ "resumes_at": due }),
                        );
                        self.log(&mut *tx, actor, event).await?;
                        tx.jobs().enqueue(&Job::Resume { request: id }, due).await?;
                        tx.commit().await?;
                        return Ok(Disposition::Done);
                    }
                }
            }
            Review::Replan(why) => why,
        };
        // By the fence of holds: a chunk being authorised comes first and is in flight; one after it sees the fresh plan.
        tx.fence_placement(&TenantScope::One(request.tenant_key.clone()))
            .await?;
        let busy = tx
            .attempts()
            .in_flight(None, now)
            .await?
            .into_iter()
            .filter(|attempt| attempt.request == id);
        if let Some(until) = busy.map(|attempt| attempt.expires_at).max() {
            return Ok(Disposition::Again {
                at: until.min(now.after(std::time::Duration::from_millis(200))),
            });
        }
        tx.settings().set_text(&freed_name(id), "").await?;
        tx.requests().update(&request.replan()?).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "request.replanned",
                format!("request:{id}"),
                json!({ "why": why }),
            ),
        )
        .await?;
        tx.jobs().enqueue(&Job::Plan { request: id }, now).await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// What was free is kept again: a later release has its own cooling-off.
    async fn still_kept(&self, tx: &mut dyn Tx, actor: &Actor, id: RequestId) -> Result<(), Error> {
        let cooling = tx.settings().text(&freed_name(id)).await?;
        if cooling.is_some_and(|until| !until.is_empty()) {
            tx.settings().set_text(&freed_name(id), "").await?;
            let event = Event::new("request.held_again", format!("request:{id}"), json!({}));
            self.log(tx, actor, event).await?;
        }
        Ok(())
    }

    /// A request that could not be planned (a system nobody can handle, nobody eligible) is planned again.
    async fn review_unplanned(
        &self,
        mut tx: Box<dyn Tx>,
        request: ErasureRequest,
    ) -> Result<Disposition, Error> {
        if request.stage == Stage::IdentityConfirmed {
            tx.jobs()
                .enqueue(&Job::Plan { request: request.id }, self.now())
                .await?;
            tx.commit().await?;
        }
        Ok(Disposition::Done)
    }

    /// Leaves a look on the day after the earliest of the duties that keep something ends.
    async fn review_when_duties_end(
        &self,
        tx: &mut dyn Tx,
        id: RequestId,
        ends: Vec<Date>,
    ) -> Result<(), Error> {
        let now = self.now();
        // A day more than the date says, so that it is over in every zone.
        let looks = ends
            .into_iter()
            .filter_map(|until| days_later(until, 2).ok())
            .map(Timestamp::start_of);
        if let Some(at) = looks.filter(|at| *at > now).min() {
            tx.jobs().enqueue(&Job::Resume { request: id }, at).await?;
        }
        Ok(())
    }

    fn compare(
        &self,
        request: &ErasureRequest,
        plan: &ErasurePlan,
        keepers: &[Keeper],
        inventory_changed: bool,
    ) -> Review {
        let unknown = plan.parts().any(|(entry, part)| {
            let place = Place {
                system: &entry.system,
                categories: &part.categories,
            };
            keepers.iter().any(|keeper| {
                keeper.scope.covers(request.wanted(&plan.digests), place) != Cover::None
                    && !part.honours(keeper.id)
            })
        });
        let standing = |id: KeeperId| keepers.iter().any(|keeper| keeper.id == id);
        let freed = plan
            .parts()
            .any(|(_, part)| part.kept.iter().any(|kept| !standing(kept.keeper)));
        let settled = matches!(
            request.stage,
            Stage::Certified | Stage::Planned | Stage::Approved | Stage::Scheduled
        );
        match request.stage {
            Stage::Certified if freed => Review::Freed,
            // What was kept of it in a restored system waits there.
            Stage::Verified if request.again.is_some() && freed && !unknown => Review::Freed,
            Stage::Certified => Review::Fine,
            stage if stage.is_end() || stage == Stage::Received => Review::Fine,
            _ if unknown => Review::Replan("a hold or duty that the plan does not know covers it"),
            _ if inventory_changed => Review::Replan("the inventory changed"),
            _ if freed && settled => Review::Freed,
            _ => Review::Fine,
        }
    }
}

/// The setting that keeps until when a freed part of a request cools off.
fn freed_name(id: RequestId) -> String {
    format!("freed:{id}")
}
