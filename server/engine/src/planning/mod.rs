//! Planning: a frozen inventory, met with holds and duties, becomes one entry for every system; probes draw the manifest.

pub(crate) mod approval;
mod drift;
mod manifest;
pub(crate) mod nonce;
mod resolve;
mod sampling;
mod seed;

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Actor, Permission, Role};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::{PlanId, RequestId};
use domain::inventory::{DatasetRef, Handling, InventoryVersion, System};
use domain::job::{Disposition, Job, Leased};
use domain::mail::MailKind;
use domain::nonce::{CommittedNonce, NonceRule};
use domain::people::Person;
use domain::plan::{Action, ErasurePlan, PlanEntry, PlanPart};
use domain::port::store::Tx;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::retention::{Keeper, KeeperId};
use domain::selection::Target;
use serde_json::json;

pub(crate) use resolve::{Resolver, tenant_target};

use crate::access::PlanSecrets;
use crate::{Engine, Error};

impl Engine {
    /// Makes the plan of a request on the present inventory, or says who must do what first.
    pub(crate) async fn plan(
        &self,
        actor: &Actor,
        leased: &Leased,
        id: RequestId,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.read().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let blocked = matches!(request.aside, Some(Aside::OnHold { .. } | Aside::Paused { .. }));
        if request.stage != Stage::IdentityConfirmed || request.plan.is_some() || blocked {
            return Ok(Disposition::Done);
        }
        let inventory = tx.inventory().latest().await?;
        let today = self.now().date_in(&self.policy.zone)?;
        let keepers = tx.holds().keepers(&request.tenant_key, today).await?;
        let committed = tx.nonces().of_request(id).await?.pop();
        let committed = committed.filter(|nonce| nonce.plan.is_none());
        let people = tx.people().list().await?;
        drop(tx);
        let obstacle = match &inventory {
            None => Some("there is no inventory yet: apply one (lethe inventory apply FILE)".to_owned()),
            Some(inventory) => self
                .unplannable(inventory)
                .or_else(|| nobody_eligible(&request, &people, self)),
        };
        let (Some(inventory), None) = (inventory, &obstacle) else {
            let what = obstacle.unwrap_or_default();
            return self.cannot_plan(actor, request, what).await;
        };
        let (plan, blocking) = match self
            .draw_up(&request, &inventory, &keepers, committed.as_ref())
            .await
        {
            Ok(drawn) => drawn,
            Err(Error::NotNow(what)) => return self.cannot_plan(actor, request, what).await,
            Err(error) => match self.gives_up(&error, leased) {
                Some(why) => {
                    let what =
                        format!("a lookup cannot be resolved: {why}. Mend it, then settle the request");
                    return self.cannot_plan(actor, request, what).await;
                }
                None => return Err(error),
            },
        };
        if plan.is_wholly_withheld() && !blocking.is_empty() {
            return self.put_on_hold(actor, request, blocking).await;
        }
        if committed.is_none() && self.policy.nonce == NonceRule::Committed {
            return self.await_commitment(actor, request).await;
        }
        let mut tx = self.ports.store.begin().await?;
        let details = json!({ "plan": plan.id, "digest": plan.digest(), "inventory": plan.inventory,
            "inventory_digest": plan.inventory_digest, "nonce_commitment": plan.nonce_commitment });
        tx.plans().insert(&plan).await?;
        if let Some(nonce) = committed {
            tx.nonces().update(&nonce.use_for(plan.id)?).await?;
        }
        tx.requests()
            .update(&ErasureRequest {
                plan: Some(plan.id),
                awaits_nonce: None,
                aside: None,
                ..request
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("plan.frozen", format!("plan:{}", plan.id), details),
        )
        .await?;
        tx.jobs()
            .enqueue(&Job::DrawManifest { plan: plan.id }, self.now())
            .await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// Why a system stops every request, naming it (I2): no connector, no probe, no credential.
    fn unplannable(&self, inventory: &InventoryVersion) -> Option<String> {
        let probes = self.ports.probes.as_ref()?;
        inventory.systems.iter().find_map(|system| {
            let why = match probes.check(system) {
                Err(error) => error.to_string(),
                Ok(()) => missing_credential(system)?.to_owned(),
            };
            Some(format!("system {} stops every request: {why}", system.name))
        })
    }

    /// Fills the plan: every system, every dataset, and what is kept of each.
    async fn draw_up(
        &self,
        request: &ErasureRequest,
        inventory: &InventoryVersion,
        keepers: &[Keeper],
        committed: Option<&CommittedNonce>,
    ) -> Result<(ErasurePlan, BTreeSet<KeeperId>), Error> {
        let now = self.now();
        let id = PlanId::new(now, self.random());
        let mut resolver = Resolver::new(self, inventory, request)?;
        let mut targets: BTreeMap<DatasetRef, Target> = BTreeMap::new();
        let systems: Vec<&System> = request.systems_of(inventory).collect();
        if systems.is_empty() {
            let what =
                "the restored system is no longer in the inventory: put it back, then settle the request";
            return Err(Error::NotNow(what.into()));
        }
        for system in &systems {
            for dataset in &system.datasets {
                let target = resolver.target(system, dataset).await?;
                targets.insert(target.dataset.clone(), target);
            }
        }
        let digests = resolver.digests()?;
        let mut entries = Vec::new();
        let mut blocking = BTreeSet::new();
        for system in systems {
            let mut parts = Vec::new();
            for dataset in &system.datasets {
                let name = DatasetRef {
                    system: system.name.clone(),
                    dataset: dataset.name.clone(),
                };
                let target = targets
                    .get_mut(&name)
                    .ok_or_else(|| Error::Broken(format!("no target for {name}")))?;
                let wanted = request.wanted(&digests);
                let (withheld, kept) = resolver
                    .withhold(system, dataset, keepers, wanted, target)
                    .await?;
                blocking.extend(kept.iter().filter(|_| withheld).map(|kept| kept.keeper));
                let nothing_personal = request.scope == domain::scope::RequestScope::Subject
                    && dataset.locator.subject.is_empty();
                let action = match (withheld, nothing_personal, system.handling) {
                    (true, _, _) => Action::Withheld,
                    (false, true, _) => Action::NoPersonalRecords,
                    (false, false, Handling::Erase) => Action::Erase,
                    (false, false, Handling::Expire) => Action::Expire,
                    (false, false, Handling::Attest) => Action::Attest,
                };
                let text = domain::canonical::to_string(target);
                let target =
                    self.ports
                        .vault
                        .digest_under(Self::key_of(request)?, "target", text.as_bytes())?;
                let categories = dataset.categories.clone();
                parts.push(PlanPart {
                    dataset: dataset.name.clone(),
                    categories,
                    action,
                    kept,
                    target,
                });
            }
            entries.push(PlanEntry {
                system: system.name.clone(),
                fingerprint: system.fingerprint(),
                handling: system.handling,
                parts,
            });
        }
        let own: [u8; 32] = self.random();
        let secrets = PlanSecrets {
            nonce: committed.is_none().then(|| hex::encode(own)),
            targets,
        };
        let plan = ErasurePlan {
            id,
            request: request.id,
            inventory: inventory.number,
            inventory_digest: inventory.digest,
            entries,
            digests,
            nonce_commitment: committed.map_or_else(|| Digest::of(&own), |nonce| nonce.commitment),
            sealed: self.seal_under(Self::key_of(request)?, &format!("targets:{id}"), &secrets)?,
            created_at: now,
        };
        Ok((plan, blocking))
    }

    /// Everything is covered: the attempt is logged, legal is told, and the request waits by itself (H3).
    async fn put_on_hold(
        &self,
        actor: &Actor,
        request: ErasureRequest,
        keepers: BTreeSet<KeeperId>,
    ) -> Result<Disposition, Error> {
        let mut tx = self.ports.store.begin().await?;
        let id = request.id;
        let details = json!({ "keepers": keepers });
        let aside = Some(Aside::OnHold {
            keepers,
            since: self.now(),
            resumes_at: None,
        });
        let request = ErasureRequest {
            aside,
            awaits_nonce: None,
            ..request
        };
        tx.requests().update(&request).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("request.blocked", format!("request:{id}"), details),
        )
        .await?;
        self.tell_staff(&mut *tx, &request, MailKind::RequestBlocked)
            .await?;
        // A hold released between reading and this commit must not be missed, nor the end of a duty.
        tx.jobs()
            .enqueue(&Job::Resume { request: id }, self.now())
            .await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    async fn cannot_plan(
        &self,
        actor: &Actor,
        request: ErasureRequest,
        what: String,
    ) -> Result<Disposition, Error> {
        let mut tx: Box<dyn Tx> = self.ports.store.begin().await?;
        self.needs_attention(&mut *tx, actor, request, what, "operator", false)
            .await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }
}

fn missing_credential(system: &System) -> Option<&'static str> {
    match system.handling {
        Handling::Attest => None,
        Handling::Expire if system.probe_credential.is_none() => Some("it has no probe credential"),
        Handling::Expire => None,
        Handling::Erase if system.probe_credential.is_none() => Some("it has no probe credential"),
        Handling::Erase if system.erase_credential.is_none() => Some("it has no erase credential"),
        Handling::Erase => None,
    }
}

/// Separation of duties needs people: one to approve and another to certify, neither the opener, both seasoned.
fn nobody_eligible(request: &ErasureRequest, people: &[Person], engine: &Engine) -> Option<String> {
    let now = engine.now();
    let officers = people.iter().filter(|person| {
        person.disabled_at.is_none()
            && person.roles.contains(&Role::ComplianceOfficer)
            && Some(person.id) != request.opened_by
            && person.actor().seasoned(now).is_ok()
    });
    (officers.count() < 2).then(|| {
        "two compliance officers other than the opener are needed, one to approve and another to certify: \
         create them (an account counts 24 hours after it was made or promoted)"
            .to_owned()
    })
}
