//! Addenda: a backup that was to run out has run out, a probe saw it, and an officer certifies it. The addendum names its
//! base certificate and falls with it.

use std::collections::BTreeSet;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::canonical;
use domain::certificate::PrintedCode;
use domain::digest::Digest;
use domain::id::CertificateId;
use domain::job::Job;
use domain::later::{LaterCheck, LooksAt};
use domain::port::store::Tx;
use domain::register::{Addition, CertificateKind, CertificateRecord, CertificateState};
use domain::request::Stage;
use serde::Serialize;
use serde_json::json;

use crate::certification::{certificate_in, stated};
use crate::{Engine, Error};

/// What an addendum to a base certificate would say now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddendumCase {
    /// The base certificate.
    pub base: CertificateRecord,
    /// Backups that have run out, which no addendum tells of yet.
    pub run_out: Vec<LaterCheck>,
    /// Backups that have yet to run out.
    pub waiting: Vec<LaterCheck>,
    /// What an officer certifies: SHA-256 over the statement of the base and what was seen since.
    pub evidence: Digest,
}

impl AddendumCase {
    /// Everything that was to run out has run out, and addenda tell of it.
    pub(crate) fn is_settled(&self) -> bool {
        self.run_out.is_empty() && self.waiting.is_empty()
    }
}

impl Engine {
    /// What an addendum would say now, for those who may read all.
    pub async fn addendum(&self, actor: &Actor, base: CertificateId) -> Result<AddendumCase, Error> {
        actor.require(Permission::ReadAll)?;
        let mut tx = self.ports.store.read().await?;
        addendum_case(&mut *tx, base).await
    }

    /// An officer certifies that backups have run out. `evidence` is the digest of what the officer saw: if anything changed
    /// since, it is refused.
    pub async fn certify_addendum(
        &self,
        actor: &Actor,
        base: CertificateId,
        evidence: Digest,
    ) -> Result<CertificateRecord, Error> {
        actor.require(Permission::Certify)?;
        let now = self.now();
        actor.seasoned(now)?;
        let mut tx = self.ports.store.begin().await?;
        let case = addendum_case(&mut *tx, base).await?;
        let request = tx.requests().find(case.base.request).await?;
        let request = request.ok_or(Error::NotFound("that request"))?;
        let approver = request.approval.as_ref().map(|approval| approval.by);
        actor.differs_from(request.opened_by, "certifying", "who opened the request")?;
        actor.differs_from(approver, "certifying", "who approved the run")?;
        if case.base.state != CertificateState::Issued || request.stage != Stage::Certified {
            return Err(Error::NotNow(format!(
                "certificate {} is {} and its request {}: an addendum adds to what is in force",
                case.base.code,
                case.base.state.word(),
                request.state_word().replace('_', " ")
            )));
        }
        if case.run_out.is_empty() {
            return Err(Error::NotNow(
                "no backup has run out of which no addendum tells yet".into(),
            ));
        }
        if case.evidence != evidence {
            return Err(Error::NotNow(
                "the evidence changed since you looked: look again".into(),
            ));
        }
        let record = CertificateRecord {
            id: CertificateId::new(now, self.random()),
            code: PrintedCode::new(self.random()).to_string(),
            request: request.id,
            plan: case.base.plan,
            kind: CertificateKind::Addendum,
            certified_by: actor.person()?,
            certified_at: now,
            evidence,
            state: CertificateState::Draft,
            issued_at: None,
            state_since: None,
            statement: None,
            replaces: None,
            adds: Some(Addition {
                to: base,
                checks: case.run_out.iter().map(|check| check.number).collect(),
            }),
            revocation: None,
            waits_for_key: None,
            failures: 0,
            version: 1,
        };
        // Whoever revokes the base, or certifies the same, at the same time is in conflict with this.
        tx.certificates().update(&case.base).await?;
        tx.certificates().insert(&record).await?;
        let details =
            json!({ "request": request.id, "evidence": evidence, "kind": record.kind, "adds_to": base });
        let object = format!("certificate:{}", record.id);
        self.log(
            &mut *tx,
            actor,
            Event::new("certificate.certified", object, details),
        )
        .await?;
        let certificate = record.id;
        tx.jobs().enqueue(&Job::Issue { certificate }, now).await?;
        tx.commit().await?;
        Ok(record)
    }
}

/// What an addendum to a base certificate would say.
pub(crate) async fn addendum_case(tx: &mut dyn Tx, base: CertificateId) -> Result<AddendumCase, Error> {
    let base = certificate_in(tx, base).await?;
    let base = stated(tx, base).await?;
    if !base.kind.is_base() {
        return Err(Error::NotNow("an addendum adds to a base certificate".into()));
    }
    let told: BTreeSet<i64> = tx
        .certificates()
        .of_request(base.request)
        .await?
        .into_iter()
        .filter(|other| !matches!(other.state, CertificateState::Revoked { .. }))
        .filter_map(|other| other.adds)
        .filter(|adds| adds.to == base.id)
        .flat_map(|adds| adds.checks)
        .collect();
    let (mut run_out, mut waiting) = (Vec::new(), Vec::new());
    for check in tx.incidents().later_checks(base.id).await? {
        match (&check.looks_at, &check.ended) {
            (LooksAt::Backup { .. }, None) => waiting.push(check),
            _ if check.run_out().is_some() && !told.contains(&check.number) => run_out.push(check),
            _ => {}
        }
    }
    let seen: Vec<_> = run_out.iter().map(|check| (check.number, &check.looks)).collect();
    let text = canonical::to_string(&(base.id, base.statement, seen));
    Ok(AddendumCase {
        evidence: Digest::of(text.as_bytes()),
        base,
        run_out,
        waiting,
    })
}
