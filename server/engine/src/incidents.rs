//! Incidents: what was seen again suspends the certificate and begins a fresh run. People say whether the finding holds: it is
//! confirmed by one, also by approving the run that erases again, and shown wrong by two. What is confirmed ends in a
//! revocation and a corrected certificate.

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::canonical;
use domain::digest::Digest;
use domain::id::IncidentId;
use domain::incident::{Account, Incident, Refutation};
use domain::job::Job;
use domain::mail::MailKind;
use domain::port::store::Tx;
use domain::register::CertificateState;
use domain::request::Stage;
use serde_json::json;

use crate::certification::certificate_in;
use crate::{Engine, Error};

impl Engine {
    /// An officer confirms that what was seen is what the certificate says is gone.
    pub async fn confirm_finding(&self, actor: &Actor, id: IncidentId) -> Result<(), Error> {
        actor.require(Permission::Revoke)?;
        let mut tx = self.ports.store.begin().await?;
        let incident = incident_in(&mut *tx, id).await?;
        self.confirmed(&mut *tx, actor, incident).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn confirmed(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        incident: Incident,
    ) -> Result<(), Error> {
        let incident = incident.confirm(actor.person()?, self.now())?;
        tx.incidents().update(&incident).await?;
        self.log_incident(tx, actor, "incident.confirmed", &incident, json!({}))
            .await
    }

    /// An officer says that the finding was wrong, with the digest of what shows it. Another person confirms it.
    pub async fn refute_finding(
        &self,
        actor: &Actor,
        id: IncidentId,
        evidence: Digest,
        explanation: &str,
    ) -> Result<(), Error> {
        actor.require(Permission::Revoke)?;
        let said = Refutation {
            by: actor.person()?,
            at: self.now(),
            evidence,
            explanation: explanation.trim().to_owned(),
        };
        let mut tx = self.ports.store.begin().await?;
        let incident = incident_in(&mut *tx, id).await?.refute(said)?;
        tx.incidents().update(&incident).await?;
        let details = json!({ "evidence": evidence });
        self.log_incident(
            &mut *tx,
            actor,
            "incident.refutation_proposed",
            &incident,
            details,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Takes back what was said against the finding.
    pub async fn drop_refutation(&self, actor: &Actor, id: IncidentId) -> Result<(), Error> {
        actor.require(Permission::Certify)?;
        actor.person()?;
        let mut tx = self.ports.store.begin().await?;
        let incident = incident_in(&mut *tx, id).await?.drop_refutation()?;
        tx.incidents().update(&incident).await?;
        self.log_incident(
            &mut *tx,
            actor,
            "incident.refutation_dropped",
            &incident,
            json!({}),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// A second officer, who neither opened nor approved the request, confirms that the finding was wrong: the certificate
    /// stands again, and the run that was begun because of it is given up.
    pub async fn lift_suspension(&self, actor: &Actor, id: IncidentId) -> Result<(), Error> {
        actor.require(Permission::Certify)?;
        let (act, now) = ("lifting the suspension", self.now());
        let mut tx = self.ports.store.begin().await?;
        let incident = incident_in(&mut *tx, id).await?;
        let request = tx.requests().find(incident.request).await?;
        let request = request.ok_or(Error::NotFound("that request"))?;
        let said_by = incident.refutation.as_ref().map(|said| said.by);
        actor.differs_from(said_by, act, "who says that the finding was wrong")?;
        actor.differs_from(request.opened_by, act, "who opened the request")?;
        actor.differs_from(incident.approver, act, "who approved the run")?;
        actor.seasoned(now)?;
        let record = certificate_in(&mut *tx, incident.certificate).await?;
        let incident = incident.confirm_refutation(actor.person()?, now)?;
        let (certificate, plan) = (record.id, record.plan);
        let record = record.reinstate(&incident, now)?;
        tx.incidents().update(&incident).await?;
        tx.certificates().update(&record).await?;
        if request.stage != Stage::Certified {
            tx.requests().update(&request.clone().stand_again(plan)?).await?;
            let details = json!({ "incident": id });
            let event = Event::new(
                "request.remediation_given_up",
                format!("request:{}", request.id),
                details,
            );
            self.log(&mut *tx, actor, event).await?;
        }
        self.log_incident(&mut *tx, actor, "incident.refuted", &incident, json!({}))
            .await?;
        let object = format!("certificate:{certificate}");
        let event = Event::new("certificate.reinstated", object, json!({ "incident": id }));
        self.log(&mut *tx, actor, event).await?;
        tx.jobs().enqueue(&Job::SignStanding { certificate }, now).await?;
        let explanation = incident
            .refutation
            .map_or_else(String::new, |said| said.explanation);
        let facts = [("explanation", explanation)];
        self.tell_tenant_of(
            &mut *tx,
            (&request, &record),
            MailKind::CertificateReinstated,
            &facts,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Writes down cause, remedy and lessons.
    pub async fn describe_incident(
        &self,
        actor: &Actor,
        id: IncidentId,
        account: Account,
    ) -> Result<(), Error> {
        actor.require_any(&[Permission::Revoke, Permission::ManageHolds])?;
        actor.person()?;
        let mut tx = self.ports.store.begin().await?;
        let incident = incident_in(&mut *tx, id).await?.describe(account)?;
        tx.incidents().update(&incident).await?;
        let account = canonical::to_string(&incident.account);
        let details = json!({ "account": Digest::of(account.as_bytes()) });
        self.log_incident(&mut *tx, actor, "incident.described", &incident, details)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Closes the record, once the finding is decided and everything is written down.
    pub async fn close_incident(&self, actor: &Actor, id: IncidentId) -> Result<(), Error> {
        actor.require(Permission::Revoke)?;
        let mut tx = self.ports.store.begin().await?;
        let incident = incident_in(&mut *tx, id).await?;
        let record = certificate_in(&mut *tx, incident.certificate).await?;
        if record.state == CertificateState::Suspended {
            return Err(Error::NotNow(format!(
                "certificate {} is still suspended: it is revoked, or shown to stand, first",
                record.code
            )));
        }
        let incident = incident.close(actor.person()?, self.now())?;
        tx.incidents().update(&incident).await?;
        self.log_incident(&mut *tx, actor, "incident.closed", &incident, json!({}))
            .await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn log_incident(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        kind: &'static str,
        incident: &Incident,
        details: serde_json::Value,
    ) -> Result<(), Error> {
        let event = Event::new(kind, format!("incident:{}", incident.id), details);
        self.log(tx, actor, event).await.map(drop)
    }
}

/// An incident of the register.
pub(crate) async fn incident_in(tx: &mut dyn Tx, id: IncidentId) -> Result<Incident, Error> {
    let found = tx.incidents().find(id).await?;
    found.ok_or(Error::NotFound("that incident"))
}
