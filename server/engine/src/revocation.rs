//! Revoking a certificate that was wrong, by two people, and beginning the corrected one (C3). Nothing is edited.

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::id::{CertificateId, RequestId};
use domain::job::Job;
use domain::mail::MailKind;
use domain::port::store::Tx;
use domain::register::{CertificateRecord, CertificateState};
use domain::request::{ErasureRequest, Stage};
use domain::revocation::{Revocation, RevocationReason};
use serde_json::json;

use crate::certification::certificate_in;
use crate::{Engine, Error};

impl Engine {
    /// An officer asks for the revocation of a certificate. Another person confirms it.
    pub async fn propose_revocation(
        &self,
        actor: &Actor,
        id: CertificateId,
        reason: RevocationReason,
        explanation: &str,
    ) -> Result<CertificateRecord, Error> {
        actor.require(Permission::Revoke)?;
        let asked = Revocation {
            by: actor.person()?,
            at: self.now(),
            reason,
            explanation: explanation.trim().to_owned(),
            confirmed: None,
        };
        let mut tx = self.ports.store.begin().await?;
        let record = certificate_in(&mut *tx, id).await?;
        let record = record.propose_revocation(asked)?;
        tx.certificates().update(&record).await?;
        let event = Event::new(
            "certificate.revocation_proposed",
            format!("certificate:{id}"),
            json!({ "reason": reason }),
        );
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(record)
    }

    /// Takes back what was asked for: the certificate stays in force. One person is enough.
    pub async fn drop_revocation(
        &self,
        actor: &Actor,
        id: CertificateId,
        why: &str,
    ) -> Result<CertificateRecord, Error> {
        actor.require(Permission::ConfirmRevocation)?;
        actor.person()?;
        if why.trim().is_empty() {
            return Err(Error::invalid(
                "reason",
                "say why the certificate is not revoked after all",
            ));
        }
        let mut tx = self.ports.store.begin().await?;
        let record = certificate_in(&mut *tx, id).await?;
        let record = record.drop_revocation()?;
        tx.certificates().update(&record).await?;
        let event = Event::new(
            "certificate.revocation_dropped",
            format!("certificate:{id}"),
            json!({ "why": why.trim() }),
        );
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(record)
    }

    /// A second person confirms: the certificate and its addenda are revoked, and the tenant is told why.
    pub async fn confirm_revocation(
        &self,
        actor: &Actor,
        id: CertificateId,
    ) -> Result<CertificateRecord, Error> {
        actor.require(Permission::ConfirmRevocation)?;
        let now = self.now();
        let mut tx = self.ports.store.begin().await?;
        let record = certificate_in(&mut *tx, id).await?;
        let first = record.revocation.as_ref().map(|asked| asked.by);
        actor.differs_from(first, "confirming the revocation", "who asked for it")?;
        actor.seasoned(now)?;
        let revoked = record.confirm_revocation(actor.person()?, now)?;
        self.fell(&mut *tx, actor, &revoked).await?;
        if let (true, Some(base)) = (revoked.kind.is_base(), &revoked.revocation) {
            for other in tx.certificates().of_request(revoked.request).await? {
                let falls = other.state.stands() || other.state.in_the_making();
                if !other.kind.is_base() && falls {
                    self.fell(&mut *tx, actor, &other.fall_with(base, now)?).await?;
                }
            }
        }
        let request = tx
            .requests()
            .find(revoked.request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let explanation = revoked.revocation.as_ref();
        let explanation = explanation.map_or_else(String::new, |asked| asked.explanation.clone());
        let facts = [("explanation", explanation)];
        self.tell_tenant_of(
            &mut *tx,
            (&request, &revoked),
            MailKind::CertificateRevoked,
            &facts,
        )
        .await?;
        tx.commit().await?;
        Ok(revoked)
    }

    /// Writes down that a certificate is revoked; a worker signs what became of it.
    async fn fell(&self, tx: &mut dyn Tx, actor: &Actor, record: &CertificateRecord) -> Result<(), Error> {
        let id = record.id;
        tx.certificates().update(record).await?;
        let reason = record.revocation.as_ref().map(|asked| asked.reason);
        let event = Event::new(
            "certificate.revoked",
            format!("certificate:{id}"),
            json!({ "reason": reason }),
        );
        self.log(tx, actor, event).await?;
        // What was never issued is in nobody's hands.
        if record.issued_at.is_some() {
            let job = Job::SignStanding { certificate: id };
            tx.jobs().enqueue(&job, self.now()).await?;
        }
        Ok(())
    }

    /// Begins the correction of a revoked certificate: the request is planned afresh on the present inventory, approved,
    /// erased where anything is left, verified and certified again by the same rules. What comes out is a corrected
    /// certificate that names the revoked one.
    pub async fn begin_correction(&self, actor: &Actor, id: RequestId) -> Result<(), Error> {
        actor.require(Permission::Revoke)?;
        actor.person()?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let certificates = tx.certificates().of_request(id).await?;
        let Some(revoked) = to_replace(&certificates) else {
            return Err(Error::NotNow(
                "a correction begins once the certificate is revoked, and nothing is in its place".into(),
            ));
        };
        let ended = matches!(request.stage, Stage::Certified | Stage::Closed);
        if !ended || request.aside.is_some() {
            return Err(Error::NotNow(format!(
                "the request is {}: the correction is under way, or something stops it",
                request.state_word().replace('_', " ")
            )));
        }
        if request.key.is_none() {
            return Err(Error::NotNow(
                "what the request asked for was destroyed when its time was over: open a new request".into(),
            ));
        }
        let details = json!({ "revoked": revoked.id });
        let request = ErasureRequest {
            approval: None,
            ..request.replan()?
        };
        tx.requests().update(&request).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("request.correction_begun", format!("request:{id}"), details),
        )
        .await?;
        tx.jobs().enqueue(&Job::Plan { request: id }, self.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// The revoked base certificate in whose place none stands yet.
pub(crate) fn to_replace(certificates: &[CertificateRecord]) -> Option<&CertificateRecord> {
    let newest = certificates
        .iter()
        .rev()
        .find(|record| record.kind.is_base() && record.issued_at.is_some())?;
    let replaced = certificates
        .iter()
        .any(|record| record.replaces == Some(newest.id));
    let revoked = matches!(newest.state, CertificateState::Revoked { .. });
    (revoked && !replaced).then_some(newest)
}
