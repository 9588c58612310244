//! The end of a request: nothing is kept, nothing has yet to run out, no later check is to come.

use domain::actor::Actor;
use domain::audit::Event;
use domain::id::CertificateId;
use domain::later::LooksAt;
use domain::port::store::Tx;
use domain::register::CertificateState;
use domain::request::{ErasureRequest, Stage};
use serde_json::json;

use crate::addendum::addendum_case;
use crate::certification::certificate_in;
use crate::{Engine, Error};

impl Engine {
    /// Closes the certified requests of which nothing remains.
    pub(crate) async fn close_what_is_done(&self, tx: &mut dyn Tx, actor: &Actor) -> Result<(), Error> {
        for request in tx.requests().open().await? {
            let certified = request.stage == Stage::Certified && request.aside.is_none();
            let Some(certificate) = request.certificate.filter(|_| certified) else {
                continue;
            };
            if remains(tx, &request, certificate).await? {
                continue;
            }
            let id = request.id;
            tx.requests().update(&request.close(self.now())?).await?;
            let event = Event::new("request.closed", format!("request:{id}"), json!({}));
            self.log(tx, actor, event).await?;
        }
        Ok(())
    }
}

/// Whether anything of a certified request is still to come.
async fn remains(
    tx: &mut dyn Tx,
    request: &ErasureRequest,
    certificate: CertificateId,
) -> Result<bool, Error> {
    let record = certificate_in(tx, certificate).await?;
    if record.state != CertificateState::Issued || record.revocation.is_some() {
        return Ok(true);
    }
    let plan = match request.plan {
        Some(plan) => tx.plans().find(plan).await?,
        None => None,
    };
    let plan =
        plan.ok_or_else(|| Error::Broken(format!("request {} is certified without a plan", request.id)))?;
    if plan.parts().any(|(_, part)| !part.kept.is_empty()) {
        return Ok(true);
    }
    let looks = tx.incidents().later_checks(certificate).await?;
    let to_come = looks
        .iter()
        .any(|check| check.looks_at == LooksAt::Records && check.ended.is_none());
    if to_come || !addendum_case(tx, certificate).await?.is_settled() {
        return Ok(true);
    }
    let others = tx.certificates().of_request(request.id).await?;
    Ok(others.iter().any(|other| other.state.in_the_making()))
}
