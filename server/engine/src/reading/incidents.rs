//! Incidents as people read them: what was seen again, what is known of it, and whose turn it is.

use domain::actor::{Actor, Permission};
use domain::id::{CertificateId, IncidentId};
use domain::incident::{Incident, IncidentState};
use domain::later::LaterCheck;
use domain::port::reading::{Cursor, Page};
use domain::port::store::Tx;
use domain::register::{CertificateRecord, CertificateState};
use domain::subject::TenantKey;
use domain::time::Timestamp;
use serde::Serialize;

use super::home::Task;
use super::names::{Named, Names};
use super::waiting::Awaited;
use crate::certification::certificate_in;
use crate::incidents::incident_in;
use crate::{Engine, Error};

/// An incident with the names around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentSeen {
    /// The record.
    pub incident: Incident,
    /// The certificate that it suspended, as it is now.
    pub certificate: CertificateRecord,
    /// The tenant's key.
    pub tenant_key: TenantKey,
    /// The tenant's legal name.
    pub tenant_name: String,
    /// Who says that the finding was wrong.
    pub refuted_by: Option<Named>,
    /// Who decided: confirmed it, or confirmed that it was wrong.
    pub decided_by: Option<(Named, Timestamp)>,
    /// Who closed the record.
    pub closed_by: Option<(Named, Timestamp)>,
}

/// An incident before somebody who may act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentFile {
    /// The incident.
    pub seen: IncidentSeen,
    /// The reader may say whether the finding holds.
    pub may_decide: bool,
    /// The reader may be the second who says that it was wrong.
    pub may_lift: bool,
    /// Why the reader, who has the right, may not be that second person.
    pub not_yours_because: Option<&'static str>,
    /// The reader may write cause, remedy and lessons down.
    pub may_describe: bool,
}

impl Engine {
    /// Incidents from a place on, the newest first, at most so many (0 is fifty), for those who may read all.
    pub async fn incident_page(
        &self,
        actor: &Actor,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<IncidentSeen>, Error> {
        actor.require(Permission::ReadAll)?;
        let mut tx = self.ports.store.read().await?;
        let names = Names::load(&mut *tx, actor).await?;
        let page = tx.reading().incident_page(after, limit).await?;
        let mut rows = Vec::with_capacity(page.rows.len());
        for incident in page.rows {
            rows.push(incident_seen(&mut *tx, incident, &names).await?);
        }
        Ok(Page {
            rows,
            next: page.next,
        })
    }

    /// One incident.
    pub async fn incident(&self, actor: &Actor, id: IncidentId) -> Result<IncidentFile, Error> {
        actor.require(Permission::ReadAll)?;
        let mut tx = self.ports.store.read().await?;
        let names = Names::load(&mut *tx, actor).await?;
        let incident = incident_in(&mut *tx, id).await?;
        let request = tx.requests().find(incident.request).await?;
        let request = request.ok_or(Error::NotFound("that request"))?;
        let reader = actor.person().ok();
        let said_by = incident.refutation.as_ref().map(|said| said.by);
        let not_yours_because = match reader {
            _ if actor.seasoned(self.now()).is_err() => Some("was made or promoted less than 24 hours ago"),
            reader if reader == said_by => Some("says that the finding was wrong"),
            reader if reader.is_some() && reader == request.opened_by => Some("opened the request"),
            reader if reader == incident.approver => Some("approved the run"),
            _ => None,
        };
        Ok(IncidentFile {
            may_decide: actor.require(Permission::Revoke).is_ok(),
            may_lift: actor.require(Permission::Certify).is_ok(),
            not_yours_because,
            may_describe: actor
                .require_any(&[Permission::Revoke, Permission::ManageHolds])
                .is_ok(),
            seen: incident_seen(&mut *tx, incident, &names).await?,
        })
    }

    /// Incidents of a certificate, oldest first, for those who may read all.
    pub async fn incidents_of(&self, actor: &Actor, id: CertificateId) -> Result<Vec<Incident>, Error> {
        actor.require(Permission::ReadAll)?;
        Ok(self
            .ports
            .store
            .read()
            .await?
            .incidents()
            .of_certificate(id)
            .await?)
    }

    /// The later checks of a certificate, done and planned, for whoever may see the certificate; what was seen where is for
    /// those who may read all.
    pub async fn later_checks(&self, actor: &Actor, id: CertificateId) -> Result<Vec<LaterCheck>, Error> {
        self.certificate(actor, id).await?;
        let mut checks = self
            .ports
            .store
            .read()
            .await?
            .incidents()
            .later_checks(id)
            .await?;
        if actor.require(Permission::ReadAll).is_err() {
            checks.iter_mut().for_each(|check| check.looks.clear());
        }
        Ok(checks)
    }

    /// Incidents that wait for the reader: to be decided, or to be shown wrong as the second person.
    pub(super) async fn incidents_waiting(&self, actor: &Actor) -> Result<Vec<Task>, Error> {
        let mut tasks = Vec::new();
        let mut tx = self.ports.store.read().await?;
        for incident in tx.incidents().open().await? {
            let record = certificate_in(&mut *tx, incident.certificate).await?;
            let told = incident.refutation.as_ref().map(|said| said.by);
            let what = match &incident.state {
                IncidentState::Suspected if told.is_some() && told == actor.person().ok() => continue,
                IncidentState::Suspected => Awaited::IncidentDecision,
                IncidentState::Confirmed { .. } if record.state == CertificateState::Suspended => {
                    Awaited::Revocation
                }
                _ => Awaited::IncidentAccount,
            };
            tasks.push(Task {
                what,
                object: format!("incident:{}", incident.id),
                title: record.code,
                tenant: None,
                whose: None,
                since: Some(incident.opened_at),
                due_on: None,
                overdue: false,
                told: None,
                only_told: false,
            });
        }
        Ok(tasks)
    }
}

async fn incident_seen(tx: &mut dyn Tx, incident: Incident, names: &Names) -> Result<IncidentSeen, Error> {
    let certificate = certificate_in(tx, incident.certificate).await?;
    let request = tx.requests().find(incident.request).await?;
    let request = request.ok_or(Error::NotFound("that request"))?;
    let tenant = tx.tenants().find(request.tenant).await?;
    let decided = match &incident.state {
        IncidentState::Suspected => None,
        IncidentState::Confirmed { by, at } | IncidentState::Refuted { by, at } => Some((*by, *at)),
    };
    Ok(IncidentSeen {
        certificate,
        tenant_key: request.tenant_key,
        tenant_name: tenant.map(|tenant| tenant.name).unwrap_or_default(),
        refuted_by: incident.refutation.as_ref().map(|said| names.person(said.by)),
        decided_by: decided.map(|(by, at)| (names.person(by), at)),
        closed_by: incident.closed.map(|(by, at)| (names.person(by), at)),
        incident,
    })
}
