//! A certificate that could not be made is taken up again by an officer: from the same evidence, and with the signed bytes
//! where there are any (C5).

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::id::CertificateId;
use domain::job::Job;
use domain::register::{CertificateRecord, CertificateState};
use serde_json::json;

use super::certificate_in;
use super::issue::ISSUE_TRIES;
use crate::{Engine, Error};

impl CertificateStuck {
    /// Its job.
    fn is_of(job: &Job, id: CertificateId) -> bool {
        matches!(job, Job::Issue { certificate } if *certificate == id)
    }
}

/// A certificate that Lethe gave up making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateStuck {
    /// What went wrong last; absent: it is being tried.
    pub why: Option<String>,
    /// Its statement is signed, and stays as it is.
    pub signed: bool,
}

impl Engine {
    /// Why a certificate could not be made, where Lethe has given up; for staff.
    pub async fn certificate_stuck(
        &self,
        actor: &Actor,
        id: CertificateId,
    ) -> Result<Option<CertificateStuck>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let mut tx = self.ports.store.read().await?;
        let record = certificate_in(&mut *tx, id).await?;
        if !is_stuck(&record) {
            return Ok(None);
        }
        let parked = tx.jobs().parked().await?;
        let why = parked
            .into_iter()
            .find(|(_, job, _)| CertificateStuck::is_of(job, id))
            .map(|(_, _, why)| why);
        Ok(Some(CertificateStuck {
            why,
            signed: record.state != CertificateState::Draft,
        }))
    }

    /// An officer has it made again. Nothing is decided anew: the evidence is that which was certified.
    pub async fn finish_certificate(
        &self,
        actor: &Actor,
        id: CertificateId,
        note: &str,
    ) -> Result<(), Error> {
        actor.require(Permission::Certify)?;
        actor.person()?;
        if note.trim().is_empty() {
            return Err(Error::invalid("note", "say what was put right"));
        }
        let mut tx = self.ports.store.begin().await?;
        let record = certificate_in(&mut *tx, id).await?;
        if !is_stuck(&record) {
            return Err(Error::NotNow(format!(
                "certificate {} is {} and was not given up",
                record.code,
                record.state.word()
            )));
        }
        let details = json!({ "note": note.trim(), "state": record.state.word() });
        tx.certificates()
            .update(&CertificateRecord {
                failures: 0,
                ..record
            })
            .await?;
        let event = Event::new("certificate.taken_up", format!("certificate:{id}"), details);
        self.log(&mut *tx, actor, event).await?;
        let now = self.now();
        let parked = tx.jobs().parked().await?;
        let parked = parked
            .into_iter()
            .find(|(_, job, _)| CertificateStuck::is_of(job, id));
        match parked {
            Some((job, ..)) => tx.jobs().unpark(job, now).await?,
            None => tx.jobs().enqueue(&Job::Issue { certificate: id }, now).await?,
        }
        Ok(tx.commit().await?)
    }
}

fn is_stuck(record: &CertificateRecord) -> bool {
    let unmade = matches!(
        record.state,
        CertificateState::Draft | CertificateState::Signed | CertificateState::Rendered
    );
    unmade && record.failures >= ISSUE_TRIES
}
