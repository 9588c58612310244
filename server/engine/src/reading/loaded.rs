//! What is loaded of a request to say what it waits for.

use domain::actor::Actor;
use domain::attempt::Step;
use domain::digest::Digest;
use domain::manifest::Manifest;
use domain::nonce::CommittedNonce;
use domain::plan::ErasurePlan;
use domain::port::store::Tx;
use domain::register::CertificateRecord;
use domain::request::{ErasureRequest, Stage};
use domain::verification::Check;

use super::Sight;
use super::case::Case;
use super::names::Names;
use super::waiting::Waiting;
use crate::addendum::addendum_case;
use crate::certification::unseen_system;
use crate::{Engine, Error};

/// What is loaded of a request.
pub(super) struct Loaded {
    pub(super) request: ErasureRequest,
    pub(super) plans: Vec<ErasurePlan>,
    pub(super) nonces: Vec<CommittedNonce>,
    pub(super) manifest: Option<Manifest>,
    pub(super) steps: Vec<Step>,
    pub(super) checks: Vec<Check>,
    pub(super) certificates: Vec<CertificateRecord>,
}

impl Loaded {
    pub(super) fn plan(&self) -> Option<&ErasurePlan> {
        self.plans.iter().find(|plan| Some(plan.id) == self.request.plan)
    }

    /// Checks of the present round.
    fn round(&self) -> Vec<Check> {
        let present = |check: &&Check| check.round == self.request.round;
        self.checks.iter().filter(present).cloned().collect()
    }
}

impl Engine {
    /// What is needed to say what a request waits for.
    pub(super) async fn load(&self, tx: &mut dyn Tx, request: ErasureRequest) -> Result<Loaded, Error> {
        let manifest = match request.plan {
            Some(plan) => tx.plans().manifest(plan).await?,
            None => None,
        };
        Ok(Loaded {
            plans: tx.plans().of_request(request.id).await?,
            nonces: tx.nonces().of_request(request.id).await?,
            manifest,
            steps: tx.attempts().steps(request.id, None).await?,
            checks: tx.findings().checks(request.id, None).await?,
            certificates: tx.certificates().of_request(request.id).await?,
            request,
        })
    }

    /// What a request waits for; and the digest that a certificate would bind to.
    pub(super) async fn waiting(
        &self,
        tx: &mut dyn Tx,
        reader: &Actor,
        loaded: &Loaded,
        names: &Names,
        sight: Sight,
    ) -> Result<(Waiting, Option<Digest>), Error> {
        let request = &loaded.request;
        let seen = match request.stage {
            Stage::Verified => Some(self.gather(tx, request.id).await?),
            _ => None,
        };
        let checks = loaded.round();
        let looked = checks
            .iter()
            .filter_map(|check| check.finding())
            .map(|finding| finding.looked_at);
        let base = request.certificate;
        let run_out = match (request.stage, base) {
            (Stage::Certified, Some(base)) => !addendum_case(tx, base).await?.run_out.is_empty(),
            _ => false,
        };
        let case = Case {
            request,
            drawn_at: loaded.manifest.as_ref().map(|manifest| manifest.drawn_at),
            verified_at: looked.max(),
            spot_checked: seen.as_ref().is_some_and(|seen| unseen_system(seen).is_none()),
            checks: &checks,
            run_out,
            certificate: loaded.certificates.iter().find(|record| Some(record.id) == base),
            names,
            reader,
            now: self.now(),
            staff: sight.is_staff(),
        };
        Ok((case.waits_for(), seen.map(|seen| seen.digest())))
    }
}
