//! The file of a request: everything that its page shows, as it was at one moment.

use std::collections::BTreeSet;

use domain::actor::Actor;
use domain::digest::Digest;
use domain::drill::Rehearsed;
use domain::id::{MailId, PlanId, RequestId};
use domain::inventory::DatasetRef;
use domain::plan::ErasurePlan;
use domain::port::store::Tx;
use domain::register::CertificateRecord;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::retention::KeeperId;
use domain::time::Timestamp;
use domain::verification::Attestation;
use serde::Serialize;

use super::Sight;
use super::deliveries::{MailSeen, mails_seen};
use super::kept::{self, KeeperSeen};
use super::loaded::Loaded;
use super::names::{Named, Names};
use super::requests::without_seals;
use super::seen::SystemSeen;
use super::systems::Records;
use super::timeline::{self, Happening};
use super::waiting::Waiting;
use crate::{Engine, Error};

/// Everything that the page of a request shows.
#[derive(Debug, Clone, Serialize)]
pub struct RequestFile {
    /// The request, without what is sealed; for a tenant without words written among staff.
    pub request: ErasureRequest,
    /// The tenant's legal name.
    pub tenant_name: String,
    /// Who opened it.
    pub opened_by: Named,
    /// Who approved the run.
    pub approved_by: Option<Named>,
    /// The plan in hand.
    pub plan: Option<PlanSeen>,
    /// Its systems; empty without a plan.
    pub systems: Vec<SystemSeen>,
    /// Holds and duties that keep parts of it, or all.
    pub keepers: Vec<KeeperSeen>,
    /// Its certificates, oldest first; for a tenant those that were issued.
    pub certificates: Vec<CertificateRecord>,
    /// Mails about it; for a tenant those that went to it.
    pub mails: Vec<MailSeen>,
    /// What happened, oldest first.
    pub timeline: Vec<Happening>,
    /// Whose turn it is, on what.
    pub waits_for: Waiting,
    /// What an approval binds to, while one is waited for; for staff.
    pub approve: Option<Digest>,
    /// While an approval is waited for: which systems have passed a drill, and whether an acceptance is asked for of those that
    /// have not; for staff, absent in drills.
    pub drills: Option<(Rehearsed, bool)>,
    /// What a certificate binds to, while one is waited for; for staff.
    pub certify: Option<Digest>,
}

/// The plan and its manifest, in a few lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanSeen {
    /// Its id.
    pub id: PlanId,
    /// The frozen inventory version.
    pub inventory: i64,
    /// Its digest.
    pub inventory_digest: Digest,
    /// The digest of the plan.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many plans the request had, this one included.
    pub number: usize,
    /// When the manifest was drawn; absent: it is being drawn.
    pub drawn_at: Option<Timestamp>,
    /// Records to be erased, over all datasets that can count.
    pub records: u64,
    /// Records that are withheld, over all datasets that can count.
    pub withheld: u64,
    /// Datasets without a possible control, which the approver must accept in writing.
    pub without_control: Vec<DatasetRef>,
}

impl Engine {
    /// The file of a request, where the actor may see it.
    pub async fn request_file(&self, actor: &Actor, id: RequestId) -> Result<RequestFile, Error> {
        let sight = Sight::of(actor)?;
        let mut tx = self.ports.store.read().await?;
        let tx = &mut *tx;
        let request = self.visible_request(tx, actor, id).await?;
        let tenant = tx.tenants().find(request.tenant).await?;
        let tenant = tenant.ok_or(Error::NotFound("that tenant"))?;
        let names = Names::load(tx, actor).await?;
        let loaded = self.load(tx, request).await?;
        let plan = loaded.plan();
        let inventory = match plan {
            Some(plan) => tx.inventory().find(plan.inventory).await?,
            None => None,
        };
        let spots = tx.findings().spot_checks(id).await?;
        let attestations = attestations(tx, plan).await?;
        let today = self.now().date_in(&self.policy.zone)?;
        let keepers = kept::seen(tx, actor, &keepers_of(&loaded.request, plan), today).await?;
        let mails = tx.outbox().of_request(id).await?;
        let ids: Vec<_> = loaded.certificates.iter().map(|record| record.id).collect();
        let mail_ids: Vec<MailId> = mails.iter().map(|mail| mail.id).collect();
        let objects = timeline::objects(
            &loaded.request,
            (&loaded.plans, &loaded.nonces),
            (&loaded.steps, &loaded.checks),
            (&spots, &attestations),
            &ids,
            &mail_ids,
        );
        let lines = tx.reading().log_of(&objects, timeline::LONGEST).await?;
        let (waits_for, certify) = self.waiting(tx, actor, &loaded, &names, sight).await?;
        let staff = sight.is_staff();
        let systems = plan.map(|plan| {
            let records = Records {
                plan,
                inventory: inventory.as_ref(),
                manifest: loaded.manifest.as_ref(),
                steps: &loaded.steps,
                checks: &loaded.checks,
                spots: &spots,
                attestations: &attestations,
                keepers: &keepers,
                names: &names,
                staff,
            };
            records.systems()
        });
        let approve = plan.zip(loaded.manifest.as_ref());
        let approve = approve.map(|(plan, manifest)| manifest.digest(plan.digest()));
        let waits_for_approval = loaded.request.stage == Stage::Planned && loaded.request.aside.is_none();
        let drills = match plan.filter(|_| staff && waits_for_approval) {
            Some(plan) => self.rehearsed(tx, &loaded.request, plan).await?,
            None => None,
        };
        let approved_by = loaded.request.approval.as_ref().map(|approval| approval.by);
        Ok(RequestFile {
            tenant_name: tenant.name,
            opened_by: names.person_or_product(loaded.request.opened_by),
            approved_by: approved_by.map(|by| names.person(by)),
            plan: plan.map(|plan| summary(plan, &loaded)),
            systems: systems.unwrap_or_default(),
            keepers: keepers.into_values().collect(),
            certificates: public(loaded.certificates, staff),
            mails: mails_seen(mails, actor, &names, staff),
            timeline: timeline::told(lines, &names, staff),
            approve: approve.filter(|_| staff && waits_for_approval),
            drills: drills.map(|seen| (seen, self.policy.drill_gate)),
            certify: certify.filter(|_| staff),
            waits_for,
            request: without_seals(loaded.request, sight),
        })
    }
}

/// The keepers that a request is stopped by, or whose parts its plan withholds.
fn keepers_of(request: &ErasureRequest, plan: Option<&ErasurePlan>) -> BTreeSet<KeeperId> {
    let mut keepers = match &request.aside {
        Some(Aside::OnHold { keepers, .. }) => keepers.clone(),
        _ => BTreeSet::new(),
    };
    if let Some(plan) = plan {
        keepers.extend(
            plan.parts()
                .flat_map(|(_, part)| part.kept.iter().map(|kept| kept.keeper)),
        );
    }
    keepers
}

/// What parties attested against a plan.
pub(super) async fn attestations(
    tx: &mut dyn Tx,
    plan: Option<&ErasurePlan>,
) -> Result<Vec<Attestation>, Error> {
    let mut found = Vec::new();
    let Some(plan) = plan else { return Ok(found) };
    for entry in &plan.entries {
        for part in entry
            .parts
            .iter()
            .filter(|part| part.action == domain::plan::Action::Attest)
        {
            let dataset = DatasetRef {
                system: entry.system.clone(),
                dataset: part.dataset.clone(),
            };
            found.extend(tx.findings().attestation(plan.id, &dataset).await?);
        }
    }
    Ok(found)
}

fn summary(plan: &ErasurePlan, loaded: &Loaded) -> PlanSeen {
    let datasets = loaded.manifest.iter().flat_map(|manifest| &manifest.datasets);
    let without_control = datasets
        .clone()
        .filter(|seen| seen.control == domain::manifest::Control::None);
    PlanSeen {
        id: plan.id,
        inventory: plan.inventory,
        inventory_digest: plan.inventory_digest,
        digest: plan.digest(),
        created_at: plan.created_at,
        number: loaded.plans.len(),
        drawn_at: loaded.manifest.as_ref().map(|manifest| manifest.drawn_at),
        records: datasets.clone().filter_map(|seen| seen.count).sum(),
        withheld: datasets.filter_map(|seen| seen.withheld_count).sum(),
        without_control: without_control.map(|seen| seen.dataset.clone()).collect(),
    }
}

/// A tenant learns of a certificate when it is issued, not before.
pub(super) fn public(certificates: Vec<CertificateRecord>, staff: bool) -> Vec<CertificateRecord> {
    let shown = |record: &CertificateRecord| staff || record.issued_at.is_some();
    certificates.into_iter().filter(shown).collect()
}
