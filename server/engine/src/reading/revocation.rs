//! What somebody who revokes, or is asked to confirm, must know before.

use domain::actor::{Actor, Permission};
use domain::id::CertificateId;
use domain::register::CertificateRecord;
use domain::request::Stage;
use domain::revocation::RevocationReason;
use domain::time::Timestamp;
use serde::Serialize;

use super::certificates::CertificateSeen;
use super::home::Task;
use super::names::{Named, Names};
use super::waiting::Awaited;
use crate::revocation::to_replace;
use crate::{Engine, Error};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevocationSeen {
    /// By whom.
    pub by: Named,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
    /// What the tenant is told.
    pub explanation: String,
    /// By whom it was confirmed, and when.
    pub confirmed: Option<(Named, Timestamp)>,
}

/// A certificate before somebody who may revoke it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevocationFile {
    /// The certificate.
    pub seen: CertificateSeen,
    /// It is in force or suspended: it can be revoked.
    pub in_force: bool,
    /// What was asked for, or done.
    pub asked: Option<RevocationSeen>,
    /// The reader may ask for it.
    pub may_ask: bool,
    /// The reader may confirm or drop what was asked for.
    pub may_confirm: bool,
    /// Why the reader, who has the right, cannot confirm this one.
    pub not_yours_because: Option<&'static str>,
    /// Addenda that fall with it.
    pub addenda: usize,
    /// People at the tenant who will be told.
    pub contacts: usize,
    /// The corrected certificate in its place.
    pub replaced_by: Option<CertificateRecord>,
    /// Nothing stands in its place, and a correction can begin now.
    pub to_correct: bool,
}

impl Engine {
    /// What a revocation is about, for staff who may read all.
    pub async fn revocation(&self, actor: &Actor, id: CertificateId) -> Result<RevocationFile, Error> {
        actor.require(Permission::ReadAll)?;
        let (record, _, _) = self.certificate(actor, id).await?;
        let mut tx = self.ports.store.read().await?;
        let names = Names::load(&mut *tx, actor).await?;
        let all = tx.certificates().of_request(record.request).await?;
        let request = tx
            .requests()
            .find(record.request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let tenant = tx.tenants().find(request.tenant).await?;
        let asked = record.revocation.as_ref().map(|asked| RevocationSeen {
            by: names.person(asked.by),
            at: asked.at,
            reason: asked.reason,
            explanation: asked.explanation.clone(),
            confirmed: asked.confirmed.map(|(by, at)| (names.person(by), at)),
        });
        let falls = |other: &&CertificateRecord| {
            record.kind.is_base() && !other.kind.is_base() && other.state.stands()
        };
        let mine = asked.as_ref().is_some_and(|asked| asked.by.you);
        let fresh = actor.seasoned(self.now()).is_err();
        Ok(RevocationFile {
            in_force: record.state.stands(),
            may_ask: actor.require(Permission::Revoke).is_ok(),
            may_confirm: actor.require(Permission::ConfirmRevocation).is_ok(),
            not_yours_because: match (mine, fresh) {
                (true, _) => Some("asked for the revocation"),
                (false, true) => Some("was made or promoted less than 24 hours ago"),
                (false, false) => None,
            },
            addenda: all.iter().filter(falls).count(),
            contacts: tenant.map_or(0, |tenant| tenant.contacts.len()),
            replaced_by: in_its_place(&all, id).cloned(),
            to_correct: to_replace(&all).is_some_and(|revoked| revoked.id == id)
                && request.stage == Stage::Certified
                && request.aside.is_none(),
            asked,
            seen: self.certificate_seen(&mut *tx, record, &names).await?,
        })
    }

    /// The issued certificate that stands in the place of another, as far as the reader may see it.
    pub async fn replacement(
        &self,
        actor: &Actor,
        id: CertificateId,
    ) -> Result<Option<CertificateRecord>, Error> {
        let (record, _, _) = self.certificate(actor, id).await?;
        let all = self.certificates_of(actor, record.request).await?;
        Ok(in_its_place(&all, id).cloned())
    }

    /// Revocations that wait for the reader as the second person.
    pub(super) async fn revocations_waiting(&self, actor: &Actor) -> Result<Vec<Task>, Error> {
        let mut tx = self.ports.store.read().await?;
        let reader = actor.person()?;
        if actor.seasoned(self.now()).is_err() {
            return Ok(Vec::new());
        }
        let asked = tx.certificates().revocations_asked().await?;
        let asked = asked
            .into_iter()
            .filter_map(|record| Some((record.revocation.clone()?, record)));
        let others = asked.filter(|(revocation, _)| revocation.by != reader);
        Ok(others
            .map(|(revocation, record)| task(&record, revocation.at))
            .collect())
    }
}

fn task(record: &CertificateRecord, since: Timestamp) -> Task {
    Task {
        what: Awaited::SecondRevocation,
        object: format!("certificate:{}", record.id),
        title: record.code.clone(),
        tenant: None,
        whose: None,
        since: Some(since),
        due_on: None,
        overdue: false,
        told: None,
        only_told: false,
    }
}

fn in_its_place(all: &[CertificateRecord], id: CertificateId) -> Option<&CertificateRecord> {
    let issued = |record: &&CertificateRecord| record.replaces == Some(id) && record.issued_at.is_some();
    all.iter().find(issued)
}
