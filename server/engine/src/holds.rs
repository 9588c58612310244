//! Holds: placing, draining, releasing by two people, re-confirming the register.

use std::collections::BTreeSet;

use domain::actor::{Actor, Permission};
use domain::attempt::Attempt;
use domain::audit::Event;
use domain::hold::{Basis, Disclosure, Ground, HoldState, LegalHold, Release};
use domain::id::HoldId;
use domain::inventory::{Category, SystemName};
use domain::job::{Disposition, Job};
use domain::port::store::Tx;
use domain::port::vault::Purpose;
use domain::retention::KeeperId;
use domain::scope::{Cover, DateRange, KeepScope, Place, SubjectScope, TenantScope};
use domain::subject::Identifier;
use domain::switches::Switches;
use domain::time::{Date, Timestamp};
use serde_json::json;

use crate::{Engine, Error};

/// What a hold or duty is to keep, as a person says it.
#[derive(Debug, Clone)]
pub struct NewScope {
    /// Which tenants.
    pub tenant: TenantScope,
    /// One person's identifiers; empty: everybody.
    pub subject: Vec<Identifier>,
    /// Which systems; empty: all.
    pub systems: BTreeSet<SystemName>,
    /// Which categories; empty: all.
    pub categories: BTreeSet<Category>,
    /// Records made when.
    pub created: Option<DateRange>,
}

/// A hold to be placed.
#[derive(Debug, Clone)]
pub struct NewHold {
    /// The matter's name.
    pub matter: String,
    /// The court, regulator or body.
    pub authority: String,
    /// What gives it force.
    pub basis: Basis,
    /// Why the data may be kept.
    pub ground: Ground,
    /// What it keeps.
    pub scope: NewScope,
    /// Who answers for it.
    pub custodian: String,
    /// From when the matter runs.
    pub starts_on: Date,
    /// When it must be looked at again.
    pub review_on: Date,
    /// What others may learn.
    pub disclosure: Disclosure,
}

/// Which person's part in a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    First,
    Second,
}

impl Engine {
    /// Places a hold. From this commit on nothing it covers is authorised; it reads InForce once nothing is in flight.
    pub async fn place_hold(&self, actor: &Actor, hold: NewHold) -> Result<LegalHold, Error> {
        actor.require(Permission::ManageHolds)?;
        let placed_by = actor.person()?;
        for (field, text) in [
            ("matter", &hold.matter),
            ("authority", &hold.authority),
            ("custodian", &hold.custodian),
        ] {
            if text.trim().is_empty() {
                return Err(Error::invalid(field, "must not be empty"));
            }
        }
        let scope = self.scope(hold.scope)?;
        let mut tx = self.ports.store.begin().await?;
        tx.fence_placement(&scope.tenant).await?;
        let now = self.now();
        let hold = LegalHold {
            id: HoldId::new(now, self.random()),
            matter: hold.matter,
            authority: hold.authority,
            basis: hold.basis,
            ground: hold.ground,
            scope,
            custodian: hold.custodian,
            starts_on: hold.starts_on,
            review_on: hold.review_on,
            disclosure: hold.disclosure,
            placed_by,
            placed_at: now,
            state: HoldState::Draining { since: now },
            proposed_release: None,
            version: 1,
        };
        tx.holds().insert(&hold).await?;
        let details = json!({ "ground": hold.ground, "basis": hold.basis, "review_on": hold.review_on });
        self.log(
            &mut *tx,
            actor,
            Event::new("hold.placed", format!("hold:{}", hold.id), details),
        )
        .await?;
        tx.jobs().enqueue(&Job::Drain { hold: hold.id }, now).await?;
        self.review_tenant(&mut *tx, &hold.scope.tenant, now).await?;
        tx.commit().await?;
        Ok(hold)
    }

    /// Asks for a release as the first person, or confirms it as the second. The second must be another, seasoned person.
    pub async fn release_hold(&self, actor: &Actor, id: HoldId, reason: &str) -> Result<LegalHold, Error> {
        self.release(actor, id, reason, None).await
    }

    /// Asks for a release as the first person. Refused where somebody asked already: nobody confirms by accident.
    pub async fn propose_release(&self, actor: &Actor, id: HoldId, reason: &str) -> Result<LegalHold, Error> {
        self.release(actor, id, reason, Some(Part::First)).await
    }

    /// Confirms a release as the second person. Refused where nobody asked yet.
    pub async fn confirm_release(&self, actor: &Actor, id: HoldId, reason: &str) -> Result<LegalHold, Error> {
        self.release(actor, id, reason, Some(Part::Second)).await
    }

    async fn release(
        &self,
        actor: &Actor,
        id: HoldId,
        reason: &str,
        part: Option<Part>,
    ) -> Result<LegalHold, Error> {
        actor.require(Permission::ReleaseHold)?;
        let release = Release {
            by: actor.person()?,
            at: self.now(),
            reason: reason.trim().to_owned(),
        };
        let mut tx = self.ports.store.begin().await?;
        let hold = tx.holds().find(id).await?.ok_or(Error::NotFound("that hold"))?;
        let (hold, kind) = match (&hold.proposed_release, part) {
            (None, Some(Part::Second)) => (hold.release(release)?, "hold.released"),
            (None, _) | (Some(_), Some(Part::First)) => {
                (hold.propose_release(release)?, "hold.release_proposed")
            }
            (Some(first), _) => {
                actor.differs_from(Some(first.by), "confirming the release", "who proposed it")?;
                actor.seasoned(self.now())?;
                (hold.release(release)?, "hold.released")
            }
        };
        tx.holds().update(&hold).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(kind, format!("hold:{id}"), json!({ "reason": reason })),
        )
        .await?;
        if !hold.stands() {
            self.review_tenant(&mut *tx, &hold.scope.tenant, self.now())
                .await?;
        }
        tx.commit().await?;
        Ok(hold)
    }

    /// Takes a release back: a proposed one at any time, one by two people until the cooling-off ends. One person is enough:
    /// this keeps data. The hold then stands again; what was authorised meanwhile is drained.
    pub async fn take_back_release(
        &self,
        actor: &Actor,
        id: HoldId,
        reason: &str,
    ) -> Result<LegalHold, Error> {
        actor.require(Permission::ReleaseHold)?;
        actor.person()?;
        if reason.trim().is_empty() {
            return Err(Error::invalid("reason", "say why"));
        }
        let mut tx = self.ports.store.begin().await?;
        let hold = tx.holds().find(id).await?.ok_or(Error::NotFound("that hold"))?;
        tx.fence_placement(&hold.scope.tenant).await?;
        // Read again behind the fence: the second person may have come first.
        let hold = tx.holds().find(id).await?.ok_or(Error::NotFound("that hold"))?;
        let now = self.now();
        let stood = hold.stands();
        let hold = hold.take_back(now, self.policy.cooling_off)?;
        tx.holds().update(&hold).await?;
        let event = Event::new(
            "hold.release_taken_back",
            format!("hold:{id}"),
            json!({ "reason": reason, "stood": stood }),
        );
        self.log(&mut *tx, actor, event).await?;
        if !stood {
            tx.jobs().enqueue(&Job::Drain { hold: id }, now).await?;
            self.review_tenant(&mut *tx, &hold.scope.tenant, now).await?;
        }
        tx.commit().await?;
        Ok(hold)
    }

    /// Whether nothing that a hold covers is in flight any more; then it reads InForce.
    pub(crate) async fn drain(&self, actor: &Actor, id: HoldId) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.begin().await?;
        let hold = tx.holds().find(id).await?.ok_or(Error::NotFound("that hold"))?;
        if !matches!(hold.state, HoldState::Draining { .. }) {
            return Ok(Disposition::Done);
        }
        let now = self.now();
        if let Some(until) = self.in_flight_under(&mut *tx, &hold, now).await? {
            return Ok(Disposition::Again {
                at: until.min(now.after(std::time::Duration::from_millis(500))),
            });
        }
        // Not `now`: what reported between that moment and the look at what is in flight was still at work then.
        let hold = hold.drained(self.now());
        tx.holds().update(&hold).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("hold.in_force", format!("hold:{id}"), json!({})),
        )
        .await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// Until when something may still be at work that the hold covers and whose plan did not know it.
    async fn in_flight_under(
        &self,
        tx: &mut dyn Tx,
        hold: &LegalHold,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        let chunks = self.chunks_under(tx, hold, now).await?;
        Ok(chunks.iter().map(|chunk| chunk.expires_at).max())
    }

    /// The chunks that may still be at work, that the hold covers and whose plan did not know it.
    pub(crate) async fn chunks_under(
        &self,
        tx: &mut dyn Tx,
        hold: &LegalHold,
        now: Timestamp,
    ) -> Result<Vec<Attempt>, Error> {
        let mut chunks = Vec::new();
        for attempt in tx.attempts().in_flight(None, now).await? {
            let Some(step) = tx.attempts().find_step(attempt.step).await? else {
                continue;
            };
            let plan = tx.plans().find(step.plan).await?;
            let request = tx.requests().find(attempt.request).await?;
            let (Some(plan), Some(request)) = (plan, request) else {
                continue;
            };
            let Some(part) = plan.part(&attempt.dataset) else {
                continue;
            };
            let place = Place {
                system: &attempt.dataset.system,
                categories: &part.categories,
            };
            let covered = hold.scope.covers(request.wanted(&plan.digests), place) != Cover::None;
            if covered && !part.honours(KeeperId::Hold(hold.id)) {
                chunks.push(attempt);
            }
        }
        Ok(chunks)
    }

    /// After a restore: counsel has looked at the hold register and says that it is complete.
    pub async fn confirm_register(&self, actor: &Actor, statement: &str) -> Result<(), Error> {
        actor.require(Permission::ConfirmRegister)?;
        actor.person()?;
        if statement.trim().is_empty() {
            return Err(Error::invalid("statement", "say what was checked"));
        }
        let mut tx = self.ports.store.begin().await?;
        let switches = tx.settings().switches().await?;
        if switches.register_unconfirmed_since.is_none() {
            return Err(Error::NotNow(
                "the hold register waits for no confirmation".into(),
            ));
        }
        tx.settings()
            .set_switches(&Switches {
                register_unconfirmed_since: None,
                ..switches
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "register.confirmed",
                "register:holds",
                json!({ "statement": statement }),
            ),
        )
        .await?;
        self.review_all(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) fn scope(&self, scope: NewScope) -> Result<KeepScope, Error> {
        let subject = match scope.subject.as_slice() {
            [] => None,
            identifiers => {
                let text =
                    serde_json::to_vec(identifiers).map_err(|error| Error::Broken(error.to_string()))?;
                let sealed = self.ports.vault.seal(Purpose::Record, "hold-subject", &text)?;
                Some(SubjectScope {
                    digests: self.digests(identifiers)?,
                    sealed,
                })
            }
        };
        if let Some(DateRange {
            from: Some(from),
            until: Some(until),
        }) = scope.created
            && from > until
        {
            return Err(Error::invalid("created", "the first day is after the last"));
        }
        Ok(KeepScope {
            tenant: scope.tenant,
            subject,
            systems: scope.systems,
            categories: scope.categories,
            created: scope.created,
        })
    }
}
