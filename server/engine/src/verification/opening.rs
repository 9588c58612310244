//! Something was seen again: the certificate is suspended, people are told, and a fresh run begins.

use domain::actor::Actor;
use domain::audit::Event;
use domain::id::{CertificateId, IncidentId};
use domain::incident::{Account, Incident, IncidentState, SeenAgain};
use domain::job::Job;
use domain::mail::MailKind;
use domain::port::store::Tx;
use domain::request::{ErasureRequest, Stage};
use serde_json::json;

use crate::certification::certificate_in;
use crate::{Engine, Error};

impl Engine {
    /// Opens an incident: the certificate is suspended, the tenant and the officers are told, and the request is planned
    /// afresh. Nothing is erased before a person has approved what the probes find now.
    pub(super) async fn open_incident(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        certificate: CertificateId,
        seen: Vec<SeenAgain>,
    ) -> Result<(), Error> {
        let now = self.now();
        let record = certificate_in(tx, certificate).await?;
        let request = tx.requests().find(record.request).await?;
        let request = request.ok_or(Error::NotFound("that request"))?;
        let suspended = record.suspend(now)?;
        tx.certificates().update(&suspended).await?;
        let incident = Incident {
            id: IncidentId::new(now, self.random()),
            request: request.id,
            certificate,
            opened_at: now,
            approver: request.approval.as_ref().map(|approval| approval.by),
            seen,
            state: IncidentState::Suspected,
            refutation: None,
            account: Account::default(),
            closed: None,
            version: 1,
        };
        tx.incidents().insert(&incident).await?;
        let object = format!("certificate:{certificate}");
        let event = Event::new(
            "certificate.suspended",
            object,
            json!({ "incident": incident.id }),
        );
        self.log(tx, actor, event).await?;
        let details = json!({ "certificate": certificate, "seen": incident.seen });
        self.log_incident(tx, actor, "incident.opened", &incident, details)
            .await?;
        tx.jobs().enqueue(&Job::SignStanding { certificate }, now).await?;
        self.tell_tenant_of(tx, (&request, &suspended), MailKind::CertificateSuspended, &[])
            .await?;
        self.tell_staff(tx, &request, MailKind::IncidentOpened).await?;
        if matches!(request.stage, Stage::Certified | Stage::Closed) && request.aside.is_none() {
            let id = request.id;
            let again = ErasureRequest {
                approval: None,
                ..request.replan()?
            };
            tx.requests().update(&again).await?;
            let details = json!({ "incident": incident.id });
            let event = Event::new("request.remediation_begun", format!("request:{id}"), details);
            self.log(tx, actor, event).await?;
            tx.jobs().enqueue(&Job::Plan { request: id }, now).await?;
        }
        Ok(())
    }
}
