//! A whole request, from opening to the issued certificate, with every act of a person done at once and the work done
//! by the worker that `lethe serve` runs.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use domain::digest::Digest;
use domain::id::{CertificateId, RequestId};
use domain::inventory::DatasetRef;
use domain::register::CertificateState;
use domain::request::{IdentityMethod, Stage};
use domain::scope::RequestScope;
use domain::selection::RecordId;
use engine::intake::NewRequest;
use server::wiring::Role;
use server::worker::{stop_pair, work};

use crate::world::{Customer, World};

/// How often the request is looked at.
const LOOK: Duration = Duration::from_millis(1);
/// How long the worker is left alone before the request is opened.
const REST: Duration = Duration::from_millis(300);
/// No run takes longer.
const LONGEST: Duration = Duration::from_secs(600);

/// What an officer finds when looking single records up: whether each is there.
pub trait Eyes {
    /// Looks.
    async fn see(&self, dataset: &DatasetRef, ids: &[RecordId]) -> Result<Vec<bool>>;
}

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// From opening the request to the issued certificate.
    pub whole: Duration,
    /// From the first authorised chunk to the last outcome.
    pub erasing: Duration,
    /// Records reported as deleted.
    pub reported: u64,
    /// The certificate.
    pub certificate: CertificateId,
}

/// Erases everything of a tenant, with a worker at its side.
pub async fn erase_tenant(world: &World, customer: &Customer, eyes: &impl Eyes) -> Result<Run> {
    let (stopper, stop) = stop_pair();
    let acting = async {
        tokio::time::sleep(REST).await;
        let run = tokio::time::timeout(LONGEST, act(world, customer, eyes)).await;
        stopper.stop();
        run.context("the run comes to no end")?
    };
    let ((), run) = tokio::join!(work(&world.wired, Role::All, world.concurrency, stop), acting);
    run
}

async fn act(world: &World, customer: &Customer, eyes: &impl Eyes) -> Result<Run> {
    let engine = &world.wired.engine;
    let begun = Instant::now();
    let new = NewRequest {
        tenant: customer.key.clone(),
        scope: RequestScope::Tenant {
            contract: "MSA-2023-0417".into(),
            ended_on: engine.now().date(),
        },
        identifiers: Vec::new(),
        channel: "tenant portal".into(),
    };
    let id = engine.open_request(&customer.requester, new).await?.id;
    let method = IdentityMethod::SecondTenantPerson;
    let evidence = Digest::of(b"board resolution");
    engine
        .confirm_identity(&customer.confirmer, id, method, evidence)
        .await?;
    reach(world, id, Stage::Planned).await?;
    let digest = engine.proposal(&world.officer, id).await?.digest;
    engine
        .approve_request(&world.officer, id, digest, Vec::new(), None)
        .await?;
    reach(world, id, Stage::Verified).await?;
    spot_check(world, id, eyes).await?;
    let digest = engine.evidence(&world.certifier, id).await?.digest();
    let certificate = engine.certify(&world.certifier, id, digest).await?.id;
    issued(world, certificate).await?;
    let whole = begun.elapsed();
    let steps = engine.store().read().await?.attempts().steps(id, None).await?;
    let first = steps.iter().filter_map(|step| step.started_at).min();
    let last = steps.iter().filter_map(|step| step.ended_at).max();
    Ok(Run {
        whole,
        erasing: last
            .zip(first)
            .map(|(last, first)| last.since(first))
            .context("nothing was erased")?,
        reported: steps.iter().map(|step| step.reported).sum(),
        certificate,
    })
}

async fn reach(world: &World, id: RequestId, stage: Stage) -> Result<()> {
    loop {
        let request = world
            .wired
            .engine
            .store()
            .read()
            .await?
            .requests()
            .find(id)
            .await?;
        let request = request.context("the request is gone")?;
        ensure!(
            request.aside.is_none(),
            "the request stands aside: {:?}",
            request.aside
        );
        if request.stage == stage {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// In each system an officer looks at records of one dataset.
async fn spot_check(world: &World, id: RequestId, eyes: &impl Eyes) -> Result<()> {
    let engine = &world.wired.engine;
    let plan = engine.evidence(&world.officer, id).await?.plan;
    for entry in &plan.entries {
        let Some(part) = entry.parts.first() else { continue };
        let dataset = DatasetRef {
            system: entry.system.clone(),
            dataset: part.dataset.clone(),
        };
        let (spot, shown) = engine.open_spot_check(&world.officer, id, &dataset).await?;
        let ids: Vec<RecordId> = shown.into_iter().map(|one| one.id).collect();
        let seen = eyes.see(&dataset, &ids).await?;
        let result = engine
            .record_spot_check(&world.officer, spot, &seen, "looked by hand")
            .await?;
        ensure!(
            result.decoy_seen && result.still_there == 0,
            "the spot check of {dataset} failed"
        );
    }
    Ok(())
}

async fn issued(world: &World, id: CertificateId) -> Result<()> {
    loop {
        let record = world
            .wired
            .engine
            .store()
            .read()
            .await?
            .certificates()
            .find(id)
            .await?;
        let record = record.context("the certificate is gone")?;
        ensure!(record.failures == 0, "the certificate could not be made");
        if matches!(record.state, CertificateState::Issued) {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}
