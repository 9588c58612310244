//! Evidence: everything that a certificate rests on, loaded at once, with the digest that an officer certifies.

use std::collections::BTreeMap;

use domain::actor::{Actor, Permission};
use domain::attempt::Step;
use domain::canonical;
use domain::digest::Digest;
use domain::id::{PlanId, RequestId};
use domain::inventory::{DatasetRef, InventoryVersion};
use domain::manifest::Manifest;
use domain::people::Person;
use domain::plan::ErasurePlan;
use domain::port::store::Tx;
use domain::request::ErasureRequest;
use domain::subject::Tenant;
use domain::verification::{Attestation, Check, Finding, SpotCheck};

use crate::{Engine, Error};

/// What a certificate rests on.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The request.
    pub request: ErasureRequest,
    /// Its tenant.
    pub tenant: Tenant,
    /// The plan that was approved.
    pub plan: ErasurePlan,
    /// Its manifest.
    pub manifest: Manifest,
    /// Manifests of earlier plans under which erasure began, oldest first.
    pub earlier: Vec<(PlanId, Manifest)>,
    /// The frozen inventory.
    pub inventory: InventoryVersion,
    /// Every step of every round.
    pub steps: Vec<Step>,
    /// The newest check of every dataset of the plan.
    pub checks: Vec<Check>,
    /// Valid spot checks of the present round.
    pub spot_checks: BTreeMap<DatasetRef, SpotCheck>,
    /// Attestations that the plan asked for.
    pub attestations: BTreeMap<DatasetRef, Attestation>,
    /// Changes to the hold register so far.
    pub register_version: i64,
    /// All people: officers are named by role, and by name where configured.
    pub people: Vec<Person>,
}

impl Evidence {
    /// The finding of a dataset.
    pub fn finding(&self, dataset: &DatasetRef) -> Option<&Finding> {
        self.checks
            .iter()
            .find(|check| check.dataset == *dataset)
            .and_then(Check::finding)
    }

    /// SHA-256 over plan, manifest commitment, findings, spot checks and attestations: what the officer certifies (C1).
    pub fn digest(&self) -> Digest {
        Digest::of(self.text().as_bytes())
    }

    /// What that digest is made over, as canonical JSON: commitments and verdicts, no ids of records.
    pub fn text(&self) -> String {
        let findings: Vec<_> = self
            .checks
            .iter()
            .filter_map(|check| check.finding().map(|finding| (check, finding)))
            .map(|(check, finding)| {
                (
                    &check.dataset,
                    &finding.verdict,
                    &finding.kept,
                    finding.count,
                    finding.looked_up,
                    finding.found,
                    &finding.accepted,
                )
            })
            .collect();
        let spots: Vec<_> = self
            .spot_checks
            .iter()
            .map(|(dataset, spot)| (dataset, &spot.result))
            .collect();
        let attested: Vec<_> = self
            .attestations
            .iter()
            .map(|(dataset, one)| (dataset, one.document))
            .collect();
        let said = (
            self.request.id,
            self.plan.digest(),
            self.manifest.commitment(),
            findings,
            spots,
            attested,
        );
        canonical::to_string(&said)
    }
}

impl Engine {
    /// The evidence of a request, for those who may read all.
    pub async fn evidence(&self, actor: &Actor, id: RequestId) -> Result<Evidence, Error> {
        actor.require(Permission::ReadAll)?;
        let mut tx = self.ports.store.read().await?;
        self.gather(&mut *tx, id).await
    }

    pub(crate) async fn gather(&self, tx: &mut dyn Tx, id: RequestId) -> Result<Evidence, Error> {
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let tenant = tx
            .tenants()
            .find(request.tenant)
            .await?
            .ok_or(Error::NotFound("that tenant"))?;
        let plan_id = request
            .plan
            .ok_or_else(|| Error::NotNow("the request has no plan yet".into()))?;
        let plan = tx
            .plans()
            .find(plan_id)
            .await?
            .ok_or(Error::NotFound("that plan"))?;
        let manifest = tx.plans().manifest(plan_id).await?;
        let manifest = manifest.ok_or_else(|| Error::NotNow("the manifest is not drawn yet".into()))?;
        let inventory = tx
            .inventory()
            .find(plan.inventory)
            .await?
            .ok_or(Error::NotFound("the frozen inventory"))?;
        let steps = tx.attempts().steps(id, None).await?;
        let mut earlier = Vec::new();
        for other in tx.plans().of_request(id).await? {
            let started = steps.iter().any(|step| step.plan == other.id && step.chunks > 0);
            if other.id != plan_id
                && started
                && let Some(manifest) = tx.plans().manifest(other.id).await?
            {
                earlier.push((other.id, manifest));
            }
        }
        let checks = tx.findings().checks(id, Some(request.round)).await?;
        let spots = tx.findings().spot_checks(id).await?;
        let mut attestations = BTreeMap::new();
        for check in &checks {
            if let Some(one) = tx.findings().attestation(plan_id, &check.dataset).await? {
                attestations.insert(check.dataset.clone(), one);
            }
        }
        Ok(Evidence {
            spot_checks: Self::valid_spot_checks(spots, request.round),
            register_version: tx.holds().register_version().await?,
            people: tx.people().list().await?,
            request,
            tenant,
            plan,
            manifest,
            earlier,
            inventory,
            steps,
            checks,
            attestations,
        })
    }
}
