//! Requests that are already being erased: put into the database as planning and approval would have left them.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::Actor;
use domain::attempt::{Step, StepState};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::{EntryId, PersonId, PlanId, RequestId, StepId, TenantId};
use domain::inventory::{DatasetRef, InventoryVersion};
use domain::job::Job;
use domain::plan::{Action, ErasurePlan, KeptPart, PlanEntry, PlanPart};
use domain::port::store::{Store, Tx};
use domain::port::vault::Vault as _;
use domain::request::{Approval, ErasureRequest, Stage};
use domain::scope::RequestScope;
use domain::selection::{Criterion, Selection, Target};
use domain::subject::{Identifier, IdentifierDigest, Normalisation, Tenant};
use domain::time::parse_date;
use serde_json::json;

use crate::site::{key, key_ring, now, random};

/// What is to be erased.
pub struct Draft<'a> {
    /// Whose data.
    pub tenant: &'a Tenant,
    /// Of which person; absent: the whole tenant.
    pub person: Option<Identifier>,
    /// Which datasets get a step.
    pub datasets: Vec<DatasetRef>,
    /// What the plan takes into account.
    pub kept: Vec<KeptPart>,
}

/// A request that is being erased.
#[derive(Debug, Clone)]
pub struct Running {
    /// The request.
    pub request: RequestId,
    /// Its steps, each of one dataset.
    pub steps: Vec<(StepId, DatasetRef)>,
}

/// Appends an entry: without one, nothing is committed.
pub async fn log(tx: &mut dyn Tx) {
    let event = Event::new("test.prepared", "test:1", json!({}));
    let entry = event.entry(
        EntryId::new(now(), random()),
        &Actor::System("tests"),
        now(),
        random(),
    );
    tx.log().append(&entry).await.unwrap();
}

/// Registers a tenant.
pub async fn tenant(store: &dyn Store, name: &str) -> Tenant {
    let id = TenantId::new(now(), random());
    let tenant = Tenant {
        id,
        key: key(name),
        name: name.into(),
        contacts: Vec::new(),
        synthetic: false,
        created_at: now(),
    };
    let mut tx = store.begin().await.unwrap();
    tx.tenants().insert(&tenant).await.unwrap();
    log(&mut *tx).await;
    tx.commit().await.unwrap();
    tenant
}

/// The selection carries the step's mark in the place of a tenant key, for erasers that only take notes.
fn target(
    inventory: &InventoryVersion,
    dataset: &DatasetRef,
    marks: &BTreeMap<DatasetRef, String>,
) -> Target {
    let system = inventory.system(&dataset.system).unwrap();
    let locator = system.dataset(&dataset.dataset).unwrap().locator.clone();
    let any_of = vec![marks.get(dataset).cloned().unwrap_or_default()];
    let field = locator.tenant.field.clone();
    let tenant = Criterion {
        field,
        any_of,
        normalise: Normalisation::Exact,
    };
    let selection = Selection {
        tenant,
        subject: Vec::new(),
        except: Vec::new(),
    };
    Target {
        dataset: dataset.clone(),
        locator,
        selection,
    }
}

impl Draft<'_> {
    /// Puts the request with plan, approval, steps and jobs in place. Erasers find in the selection what `mark` says
    /// for a step.
    pub async fn start(self, store: &dyn Store, mark: impl Fn(StepId) -> String) -> Running {
        let mut tx = store.begin().await.unwrap();
        let inventory = tx.inventory().latest().await.unwrap().unwrap();
        let steps: Vec<_> = self
            .datasets
            .iter()
            .map(|name| (StepId::new(now(), random()), name.clone()))
            .collect();
        let marks: BTreeMap<_, _> = steps.iter().map(|(id, name)| (name.clone(), mark(*id))).collect();
        let request = self.request();
        let plan = self.plan(&request, &inventory, &marks);
        let approval = Approval {
            by: request.opened_by.unwrap(),
            at: now(),
            plan: plan.id,
            digest: plan.digest(),
            exceptions: Vec::new(),
            rehearsed: None,
        };
        let request = ErasureRequest {
            plan: Some(plan.id),
            approval: Some(approval),
            ..request
        };
        tx.requests().insert(&request).await.unwrap();
        tx.plans().insert(&plan).await.unwrap();
        for (id, dataset) in &steps {
            tx.attempts()
                .insert_step(&step(*id, &request, plan.id, dataset))
                .await
                .unwrap();
            tx.jobs()
                .enqueue(&Job::EraseStep { step: *id }, now())
                .await
                .unwrap();
        }
        log(&mut *tx).await;
        tx.commit().await.unwrap();
        Running {
            request: request.id,
            steps,
        }
    }

    fn digests(&self) -> BTreeSet<IdentifierDigest> {
        let vault = key_ring();
        let digest = |one: &Identifier| IdentifierDigest {
            kind: one.kind.clone(),
            digest: vault.digest("identifier", &one.matching()).unwrap(),
        };
        self.person.iter().map(digest).collect()
    }

    fn request(&self) -> ErasureRequest {
        let id = RequestId::new(now(), random());
        let whole = || RequestScope::Tenant {
            contract: "MSA 2024-117".into(),
            ended_on: parse_date("2026-02-28").unwrap(),
        };
        ErasureRequest {
            id,
            tenant: self.tenant.id,
            tenant_key: self.tenant.key.clone(),
            scope: self.person.as_ref().map_or_else(whole, |_| RequestScope::Subject),
            drill: false,
            channel: "portal".into(),
            key: Some(key_ring().new_key(&format!("request:{id}")).unwrap()),
            identifiers: None,
            digests: self.digests(),
            opened_by: Some(PersonId::new(now(), random())),
            received_at: now(),
            due_on: parse_date("2036-01-01").unwrap(),
            extension: None,
            identity: None,
            stage: Stage::Erasing,
            aside: None,
            plan: None,
            awaits_nonce: None,
            approval: None,
            starts_at: None,
            round: 1,
            touched: false,
            ending: None,
            certificate: None,
            again: None,
            closed_at: None,
            destroyed_at: None,
            version: 1,
        }
    }

    fn plan(
        &self,
        request: &ErasureRequest,
        inventory: &InventoryVersion,
        marks: &BTreeMap<DatasetRef, String>,
    ) -> ErasurePlan {
        let id = PlanId::new(now(), random());
        let mut targets: BTreeMap<String, Target> = BTreeMap::new();
        let mut entries = Vec::new();
        for system in &inventory.systems {
            let mut parts = Vec::new();
            for dataset in &system.datasets {
                let name = DatasetRef {
                    system: system.name.clone(),
                    dataset: dataset.name.clone(),
                };
                targets.insert(name.to_string(), target(inventory, &name, marks));
                parts.push(PlanPart {
                    dataset: dataset.name.clone(),
                    categories: dataset.categories.clone(),
                    action: Action::Erase,
                    kept: self.kept.clone(),
                    target: Digest::of(name.to_string().as_bytes()),
                });
            }
            let (system, fingerprint, handling) =
                (system.name.clone(), system.fingerprint(), system.handling);
            entries.push(PlanEntry {
                system,
                fingerprint,
                handling,
                parts,
            });
        }
        let secrets = serde_json::to_vec(&json!({ "nonce": "00", "targets": targets })).unwrap();
        let sealing_key = request.key.as_ref().unwrap();
        ErasurePlan {
            id,
            request: request.id,
            inventory: inventory.number,
            inventory_digest: inventory.digest,
            entries,
            digests: self.digests(),
            nonce_commitment: Digest::of(b"nonce"),
            sealed: key_ring()
                .seal_under(sealing_key, &format!("targets:{id}"), &secrets)
                .unwrap(),
            created_at: now(),
        }
    }
}

fn step(id: StepId, request: &ErasureRequest, plan: PlanId, dataset: &DatasetRef) -> Step {
    Step {
        id,
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
    }
}
