//! The run of a request in one file: what was planned, seen before, reported, and seen after, dataset by dataset.

use std::collections::BTreeMap;

use domain::digest::Digest;
use domain::id::PlanId;
use domain::inventory::DatasetRef;
use domain::manifest::{Control, DatasetManifest, SeedSource};
use domain::plan::{Action, KeptPart};
use domain::port::store::Tx;
use domain::time::{Date, Timestamp};
use domain::verification::{Attestation, Check, SpotCheck};
use serde::Serialize;

use super::Loaded;
use crate::Error;

/// The name of the form.
const SCHEMA: &str = "lethe.run.v1";

#[derive(Serialize)]
struct Run {
    schema: &'static str,
    request: Request,
    plans: Vec<Plan>,
    datasets: Vec<Dataset>,
}

#[derive(Serialize)]
struct Request {
    id: String,
    drill: bool,
    channel: String,
    received_at: Timestamp,
    due_on: Date,
    confirmed_at: Option<Timestamp>,
    /// SHA-256 of what the identity was confirmed by, which is kept elsewhere.
    identity_evidence: Option<Digest>,
    approved_at: Option<Timestamp>,
    approved_digest: Option<Digest>,
    stage: &'static str,
    rounds: i32,
}

#[derive(Serialize)]
struct Plan {
    id: PlanId,
    inventory: i64,
    inventory_digest: Digest,
    digest: Digest,
    nonce_commitment: Digest,
    created_at: Timestamp,
    seed: Option<SeedSource>,
    drawn_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Dataset {
    name: String,
    action: Action,
    kept: Vec<Kept>,
    before: Option<Before>,
    erased: Vec<Erased>,
    checked: Vec<Checked>,
    spot_checks: Vec<Looked>,
    attestation: Option<Attested>,
}

#[derive(Serialize)]
struct Kept {
    ground: &'static str,
    until: Option<Date>,
    disclosed: String,
}

#[derive(Serialize)]
struct Before {
    count: Option<u64>,
    scanned: u64,
    sample_size: u64,
    /// Merkle root (RFC 6962) over keyed digests of the sampled ids.
    commitment: Digest,
    withheld_count: Option<u64>,
    control: Control,
    positive: bool,
}

/// What the eraser reported: reported, not seen.
#[derive(Serialize)]
struct Erased {
    round: i32,
    state: &'static str,
    reported: u64,
    chunks: u32,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    method: Option<String>,
}

#[derive(Serialize)]
struct Checked {
    round: i32,
    verdict: &'static str,
    count: Option<u64>,
    looked_up: Option<u64>,
    found: Option<u64>,
    control_found: Option<bool>,
    looked_at: Option<Timestamp>,
    accepted_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Looked {
    round: i32,
    shown: u32,
    still_there: u32,
    decoy_seen: bool,
    recorded_at: Timestamp,
}

#[derive(Serialize)]
struct Attested {
    document: Digest,
    dated_on: Date,
    recorded_at: Timestamp,
}

/// The run of a request. Where a tenant may not see how systems are called, they are numbered in the order of the plan.
pub(super) async fn told(
    tx: &mut dyn Tx,
    loaded: &Loaded,
    staff: bool,
    name_systems: bool,
) -> Result<Vec<u8>, Error> {
    let request = &loaded.request;
    let spots = tx.findings().spot_checks(request.id).await?;
    let mut plans = Vec::new();
    for plan in &loaded.plans {
        let manifest = tx.plans().manifest(plan.id).await?;
        plans.push(Plan {
            id: plan.id,
            inventory: plan.inventory,
            inventory_digest: plan.inventory_digest,
            digest: plan.digest(),
            nonce_commitment: plan.nonce_commitment,
            created_at: plan.created_at,
            drawn_at: manifest.as_ref().map(|manifest| manifest.drawn_at),
            seed: manifest.map(|manifest| manifest.seed),
        });
    }
    let mut datasets = Vec::new();
    let mut numbers = BTreeMap::new();
    for (entry, part) in loaded.plan().into_iter().flat_map(|plan| plan.parts()) {
        let dataset = DatasetRef {
            system: entry.system.clone(),
            dataset: part.dataset.clone(),
        };
        let next = numbers.len() + 1;
        let system = *numbers.entry(entry.system.clone()).or_insert(next);
        let attestation = match part.action {
            Action::Attest => tx.findings().attestation(plan_of(loaded)?, &dataset).await?,
            _ => None,
        };
        let before = loaded.manifest.as_ref();
        datasets.push(Dataset {
            name: match staff || name_systems {
                true => dataset.to_string(),
                false => format!("system {system}, dataset {}", datasets.len() + 1),
            },
            action: part.action,
            kept: part.kept.iter().map(kept).collect(),
            before: before
                .and_then(|manifest| manifest.dataset(&dataset))
                .map(before_of),
            erased: erased(loaded, &dataset),
            checked: loaded
                .checks
                .iter()
                .filter(|check| check.dataset == dataset)
                .map(checked)
                .collect(),
            spot_checks: spots
                .iter()
                .filter(|spot| spot.dataset == dataset)
                .filter_map(looked)
                .collect(),
            attestation: attestation.map(attested),
        });
    }
    let identity = request.identity.as_ref();
    let approval = request.approval.as_ref();
    let run = Run {
        schema: SCHEMA,
        request: Request {
            id: request.id.to_string(),
            drill: request.drill,
            channel: request.channel.clone(),
            received_at: request.received_at,
            due_on: request.due_on,
            confirmed_at: identity.map(|identity| identity.confirmed_at),
            identity_evidence: identity.map(|identity| identity.evidence),
            approved_at: approval.map(|approval| approval.at),
            approved_digest: approval.map(|approval| approval.digest),
            stage: request.stage.word(),
            rounds: request.round,
        },
        plans,
        datasets,
    };
    serde_json::to_vec_pretty(&run).map_err(|error| Error::Broken(error.to_string()))
}

fn plan_of(loaded: &Loaded) -> Result<PlanId, Error> {
    let plan = loaded.plan().map(|plan| plan.id);
    plan.ok_or(Error::NotFound("the plan"))
}

fn kept(part: &KeptPart) -> Kept {
    Kept {
        ground: part.ground.article(),
        until: part.until,
        disclosed: part.disclosed.clone(),
    }
}

fn before_of(seen: &DatasetManifest) -> Before {
    Before {
        count: seen.count,
        scanned: seen.scanned,
        sample_size: seen.sample_size,
        commitment: seen.commitment,
        withheld_count: seen.withheld_count,
        control: seen.control,
        positive: seen.positive,
    }
}

fn erased(loaded: &Loaded, dataset: &DatasetRef) -> Vec<Erased> {
    let steps = loaded.steps.iter().filter(|step| step.dataset == *dataset);
    let erased = steps.map(|step| Erased {
        round: step.round,
        state: step.state.word(),
        reported: step.reported,
        chunks: step.chunks,
        started_at: step.started_at,
        ended_at: step.ended_at,
        method: step.method.clone(),
    });
    erased.collect()
}

fn checked(check: &Check) -> Checked {
    let finding = check.finding();
    Checked {
        round: check.round,
        verdict: check.state_word(),
        count: finding.and_then(|finding| finding.count),
        looked_up: finding.map(|finding| finding.looked_up),
        found: finding.map(|finding| finding.found),
        control_found: finding.map(|finding| finding.control_found),
        looked_at: finding.map(|finding| finding.looked_at),
        accepted_at: finding
            .and_then(|finding| finding.accepted.as_ref())
            .map(|accepted| accepted.at),
    }
}

fn looked(spot: &SpotCheck) -> Option<Looked> {
    spot.result.as_ref().map(|result| Looked {
        round: spot.round,
        shown: spot.shown,
        still_there: result.still_there,
        decoy_seen: result.decoy_seen,
        recorded_at: result.recorded_at,
    })
}

fn attested(one: Attestation) -> Attested {
    Attested {
        document: one.document,
        dated_on: one.dated_on,
        recorded_at: one.recorded_at,
    }
}
