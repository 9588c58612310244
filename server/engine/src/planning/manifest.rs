//! Drawing the manifest: what the probe sees before erasure, in the very way in which it will look afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::actor::{Actor, Permission};
use domain::audit::{Event, merkle};
use domain::digest::Digest;
use domain::id::{PlanId, RequestId};
use domain::inventory::{DatasetRef, Handling, InventoryVersion};
use domain::job::{Disposition, Job, Leased};
use domain::mail::MailKind;
use domain::manifest::{Control, DatasetManifest, Manifest, Samples, SeedSource, seed};
use domain::nonce::Nonce;
use domain::plan::{Action, ErasurePlan};
use domain::port::probe::{Probe, Question};
use domain::port::store::StoreError;
use domain::request::{Approval, ErasureRequest, Stage};
use domain::selection::{RecordId, Side, Target};
use serde_json::json;

use super::sampling::Scan;
use super::seed::Seed;
use crate::access::PlanSecrets;
use crate::{Engine, Error};

/// How soon to ask again for a checkpoint that contains the plan.
const CHECKPOINT_WAIT: std::time::Duration = std::time::Duration::from_millis(15);

/// What is needed to draw one dataset.
struct Draw<'a> {
    request: &'a ErasureRequest,
    plan: &'a ErasurePlan,
    seed: Digest,
    target: Target,
    canary: Option<RecordId>,
    /// Ids sampled for earlier plans of the request under which something was already erased.
    carried: Vec<RecordId>,
    probe: Arc<dyn Probe>,
}

impl Engine {
    /// Draws the manifest of a plan, then asks for approval; or goes on, when the same was approved before.
    pub(crate) async fn draw_manifest(
        &self,
        actor: &Actor,
        leased: &Leased,
        id: PlanId,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.read().await?;
        let plan = tx.plans().find(id).await?.ok_or(Error::NotFound("that plan"))?;
        let request = tx
            .requests()
            .find(plan.request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let drawn = tx.plans().manifest(id).await?.is_some();
        let committed = tx.nonces().of_plan(id).await?;
        if request.plan != Some(id) || request.stage != Stage::IdentityConfirmed || drawn {
            return Ok(Disposition::Done);
        }
        let inventory = tx
            .inventory()
            .find(plan.inventory)
            .await?
            .ok_or(Error::NotFound("the frozen inventory"))?;
        drop(tx);
        let secrets = self.secrets_of(&request, &plan)?;
        let found = match committed {
            None => self.own_seed(&plan, &secrets).await?,
            Some(nonce) => self.committed_seed(actor, &request, &plan, nonce).await?,
        };
        let (source, nonce) = match found {
            Seed::Made(made) => *made,
            Seed::NoCheckpoint => {
                return Ok(Disposition::Again {
                    at: self.now().after(CHECKPOINT_WAIT),
                });
            }
            Seed::Awaited => return Ok(Disposition::Done),
        };
        let carried = self.carried(&request, &plan).await?;
        let drawn = self
            .draw_all(&request, &plan, &inventory, (&source, &nonce), secrets, carried)
            .await;
        let datasets = match drawn {
            Ok(datasets) => datasets,
            Err(error) => {
                let Some(why) = self.gives_up(&error, leased) else {
                    return Err(error);
                };
                let mut tx = self.ports.store.begin().await?;
                let what = format!("the manifest cannot be drawn: {why}. Mend it, then settle the request");
                // The plan is given up, so that settling plans afresh.
                let request = ErasureRequest {
                    plan: None,
                    ..request
                };
                self.needs_attention(&mut *tx, actor, request, what, "operator", false)
                    .await?;
                tx.commit().await?;
                return Ok(Disposition::Done);
            }
        };
        let manifest = Manifest {
            plan: id,
            seed: source,
            datasets,
            drawn_at: self.now(),
        };
        self.keep_manifest(actor, request, &plan, manifest).await
    }

    async fn draw_all(
        &self,
        request: &ErasureRequest,
        plan: &ErasurePlan,
        inventory: &InventoryVersion,
        (source, nonce): (&SeedSource, &Nonce),
        mut secrets: PlanSecrets,
        mut carried: BTreeMap<DatasetRef, Vec<RecordId>>,
    ) -> Result<Vec<DatasetManifest>, Error> {
        let mut draws = Vec::new();
        for (entry, part) in plan.parts() {
            if entry.handling != Handling::Erase || !matches!(part.action, Action::Erase | Action::Withheld) {
                continue;
            }
            let name = DatasetRef {
                system: entry.system.clone(),
                dataset: part.dataset.clone(),
            };
            let system = inventory
                .system(&entry.system)
                .ok_or(Error::NotFound("a system of the frozen inventory"))?;
            let dataset = system
                .dataset(&part.dataset)
                .ok_or(Error::NotFound("a dataset of the frozen inventory"))?;
            let target = secrets
                .targets
                .remove(&name)
                .ok_or_else(|| Error::Broken(format!("no target for {name}")))?;
            draws.push(Draw {
                request,
                plan,
                seed: seed(source.root, request.id, &name, nonce.as_bytes()),
                target,
                canary: dataset.canary.clone().map(RecordId),
                carried: carried.remove(&name).unwrap_or_default(),
                probe: self.probes()?.probe(system, &self.probe_secret(system)?)?,
            });
        }
        let mut drawing = Vec::with_capacity(draws.len());
        for draw in draws {
            let dataset = draw.target.dataset.clone();
            drawing.push(async move { self.draw(draw).await.map_err(|error| error.at(&dataset)) });
        }
        futures::future::try_join_all(drawing).await
    }

    /// One dataset: scan, sample, and look the sample up by the path that verification will use.
    async fn draw(&self, draw: Draw<'_>) -> Result<DatasetManifest, Error> {
        let scan = Scan {
            probe: &*draw.probe,
            target: &draw.target,
            seed: draw.seed,
        };
        let (mut selected, scanned) = scan.selected().await?;
        let (withheld, kept_ids) = scan.withheld(!draw.carried.is_empty()).await?;
        let mut others = scan.others(&selected).await?;
        let known: BTreeSet<RecordId> = selected.iter().cloned().collect();
        let carried = draw
            .carried
            .iter()
            .filter(|id| !known.contains(id) && !kept_ids.contains(id));
        let gone_or_stray: Vec<RecordId> = carried.cloned().collect();
        let mut controls: Vec<RecordId> = draw.canary.iter().cloned().collect();
        controls.extend(others.iter().map(|other| other.id.clone()));
        let ids = selected.iter().chain(&withheld).cloned().collect();
        let question = Question {
            ids,
            controls,
            count: vec![Side::Selected, Side::Withheld],
        };
        let sighting = draw.probe.look(&draw.target, &question).await?;
        let seen = sighting
            .controls
            .get(usize::from(draw.canary.is_some())..)
            .unwrap_or_default();
        let other_found = seen.contains(&true);
        if other_found {
            // What went between listing and lookup is no control: another request may be erasing it.
            let mut seen = seen.iter();
            others.retain(|_| seen.next() == Some(&true));
        }
        let control = match (&draw.canary, others.is_empty()) {
            (Some(_), _) => Control::Canary,
            (None, false) => Control::OutsideRecord,
            (None, true) => Control::None,
        };
        let control_found = match control {
            Control::Canary => sighting.controls.first() == Some(&true),
            Control::OutsideRecord => other_found,
            Control::None => true,
        };
        let positive = control_found
            && sighting.found.len() == selected.len() + withheld.len()
            && sighting.found.iter().all(|found| *found);
        // What was sampled before must be looked for again, wherever it went; it is not part of what must be found now.
        selected.extend(gone_or_stray);
        self.manifest_of(
            &draw,
            sighting.counts,
            scanned,
            control,
            positive,
            Samples {
                selected,
                withheld,
                others,
                canary: draw.canary.clone(),
            },
        )
    }

    fn manifest_of(
        &self,
        draw: &Draw<'_>,
        counts: Vec<Option<u64>>,
        scanned: u64,
        control: Control,
        positive: bool,
        samples: Samples,
    ) -> Result<DatasetManifest, Error> {
        let key = Self::key_of(draw.request)?;
        let mut tree = merkle::Tree::new();
        for id in samples.selected.iter().chain(&samples.withheld) {
            let digest = self.ports.vault.digest_under(key, "sample", id.0.as_bytes())?;
            tree.append(merkle::leaf(digest.as_bytes()), |_| {});
        }
        let dataset = draw.target.dataset.clone();
        let context = format!("samples:{}:{dataset}", draw.plan.id);
        Ok(DatasetManifest {
            count: counts.first().copied().flatten(),
            scanned,
            sample_size: samples.selected.len() as u64,
            commitment: tree.root(),
            withheld_count: counts.get(1).copied().flatten(),
            withheld_sample_size: samples.withheld.len() as u64,
            others_sample_size: samples.others.len() as u64,
            control,
            positive,
            sealed: self.seal_under(key, &context, &samples)?,
            dataset,
        })
    }

    /// Samples of earlier plans under which erasure began: what was there then must be accounted for now, even if it can no longer
    /// be found by the tenant's key.
    async fn carried(
        &self,
        request: &ErasureRequest,
        plan: &ErasurePlan,
    ) -> Result<BTreeMap<DatasetRef, Vec<RecordId>>, Error> {
        let mut carried: BTreeMap<DatasetRef, Vec<RecordId>> = BTreeMap::new();
        for (earlier, manifest) in self.started_manifests(request.id).await? {
            if earlier == plan.id {
                continue;
            }
            for dataset in &manifest.datasets {
                let context = format!("samples:{earlier}:{}", dataset.dataset);
                let samples: Samples = self.open_under(Self::key_of(request)?, &context, &dataset.sealed)?;
                carried
                    .entry(dataset.dataset.clone())
                    .or_default()
                    .extend(samples.selected);
            }
        }
        for ids in carried.values_mut() {
            ids.sort();
            ids.dedup();
        }
        Ok(carried)
    }

    /// Manifests of the plans of a request under which anything was authorised, oldest first.
    pub(crate) async fn started_manifests(
        &self,
        request: RequestId,
    ) -> Result<Vec<(PlanId, Manifest)>, Error> {
        let mut tx = self.ports.store.read().await?;
        let steps = tx.attempts().steps(request, None).await?;
        let mut started = Vec::new();
        for plan in tx.plans().of_request(request).await? {
            if !steps.iter().any(|step| step.plan == plan.id && step.chunks > 0) {
                continue;
            }
            if let Some(manifest) = tx.plans().manifest(plan.id).await? {
                started.push((plan.id, manifest));
            }
        }
        Ok(started)
    }

    /// Stores the manifest; the request waits for approval, unless the same digest is approved already.
    async fn keep_manifest(
        &self,
        actor: &Actor,
        request: ErasureRequest,
        plan: &ErasurePlan,
        manifest: Manifest,
    ) -> Result<Disposition, Error> {
        let digest = manifest.digest(plan.digest());
        let id = request.id;
        let mut tx = self.ports.store.begin().await?;
        let fresh = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if fresh.version != request.version {
            return Err(Error::Store(StoreError::Conflict(format!("request {id}"))));
        }
        tx.plans().insert_manifest(&manifest).await?;
        let details = json!({ "digest": digest, "commitment": manifest.commitment(), "datasets": manifest.datasets.len() });
        self.log(
            &mut *tx,
            actor,
            Event::new("manifest.drawn", format!("manifest:{}", plan.id), details),
        )
        .await?;
        let request = request.become_stage(Stage::Planned)?;
        let approved = request
            .approval
            .clone()
            .filter(|approval| approval.digest == digest);
        match approved {
            Some(approval) => {
                let approval = Some(Approval {
                    plan: plan.id,
                    ..approval
                });
                let starts_at = Some(self.now());
                let request = request
                    .become_stage(Stage::Approved)?
                    .become_stage(Stage::Scheduled)?;
                tx.requests()
                    .update(&ErasureRequest {
                        approval,
                        starts_at,
                        ..request
                    })
                    .await?;
                let event = Event::new(
                    "request.approval_stands",
                    format!("request:{id}"),
                    json!({ "digest": digest }),
                );
                self.log(&mut *tx, actor, event).await?;
                tx.jobs()
                    .enqueue(
                        &Job::Start {
                            request: id,
                            plan: plan.id,
                        },
                        self.now(),
                    )
                    .await?;
            }
            None => {
                tx.requests().update(&request).await?;
                self.log(
                    &mut *tx,
                    actor,
                    Event::new(
                        "request.planned",
                        format!("request:{id}"),
                        json!({ "digest": digest }),
                    ),
                )
                .await?;
                self.tell_staff(&mut *tx, &request, MailKind::NeedsAttention)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(Disposition::Done)
    }
}
