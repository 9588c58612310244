//! Certification: an officer's decision, and who may read what came of it.

mod by_hand;
mod issue;

pub use by_hand::CertificateStuck;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::certificate::PrintedCode;
use domain::digest::Digest;
use domain::id::{CertificateId, RequestId};
use domain::inventory::{DatasetRef, SystemName};
use domain::job::Job;
use domain::plan::Action;
use domain::port::store::Tx;
use domain::register::{CertificateKind, CertificateRecord, CertificateState, Document, Statement};
use domain::request::{ErasureRequest, Stage};
use domain::scope::{Cover, Place};
use domain::verification::Verdict;
use serde_json::json;

use crate::evidence::Evidence;
use crate::remediation::unsettled;
use crate::revocation::to_replace;
use crate::{Engine, Error};

impl Engine {
    /// An officer certifies. `evidence` is the digest of what the officer saw: if anything changed since, it is refused.
    pub async fn certify(
        &self,
        actor: &Actor,
        id: RequestId,
        evidence: Digest,
    ) -> Result<CertificateRecord, Error> {
        actor.require(Permission::Certify)?;
        actor.seasoned(self.now())?;
        let mut tx = self.ports.store.begin().await?;
        let seen = self.gather(&mut *tx, id).await?;
        tx.fence_authorisation(&seen.request.tenant_key).await?;
        actor.differs_from(seen.request.opened_by, "certifying", "who opened the request")?;
        actor.differs_from(
            seen.request.approval.as_ref().map(|approval| approval.by),
            "certifying",
            "who approved the run",
        )?;
        self.certifiable(&mut *tx, &seen).await?;
        if seen.digest() != evidence {
            return Err(Error::NotNow(
                "the evidence changed since you looked: look again".into(),
            ));
        }
        // What was started and never heard of again is accounted for with the certificate, not some time after it.
        self.write_off(&mut *tx, &Actor::System("watch"), Some(id))
            .await?;
        let now = self.now();
        let certificates = tx.certificates().of_request(id).await?;
        let replaces = to_replace(&certificates).map(|revoked| revoked.id);
        let record = CertificateRecord {
            id: CertificateId::new(now, self.random()),
            code: PrintedCode::new(self.random()).to_string(),
            request: id,
            plan: seen.plan.id,
            kind: match replaces {
                Some(_) => CertificateKind::Corrected,
                None => kind_of(&seen),
            },
            certified_by: actor.person()?,
            certified_at: now,
            evidence,
            state: CertificateState::Draft,
            issued_at: None,
            state_since: None,
            statement: None,
            replaces,
            adds: None,
            revocation: None,
            waits_for_key: None,
            failures: 0,
            version: 1,
        };
        for earlier in certificates {
            self.superseded(&mut *tx, actor, earlier, record.id).await?;
        }
        tx.certificates().insert(&record).await?;
        let details = json!({ "request": id, "evidence": evidence, "kind": record.kind });
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "certificate.certified",
                format!("certificate:{}", record.id),
                details,
            ),
        )
        .await?;
        let request = seen.request.become_stage(Stage::Certified)?;
        tx.requests()
            .update(&ErasureRequest {
                certificate: Some(record.id),
                ..request
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "request.certified",
                format!("request:{id}"),
                json!({ "certificate": record.id }),
            ),
        )
        .await?;
        tx.jobs()
            .enqueue(
                &Job::Issue {
                    certificate: record.id,
                },
                now,
            )
            .await?;
        tx.commit().await?;
        Ok(record)
    }

    /// Everything that certifying asks for, or the sentence that says what is missing (C1, invariant 2).
    async fn certifiable(&self, tx: &mut dyn Tx, seen: &Evidence) -> Result<(), Error> {
        let request = &seen.request;
        if request.stage != Stage::Verified || request.aside.is_some() {
            return Err(Error::NotNow(format!(
                "the request is {} and cannot be certified",
                request.state_word().replace('_', " ")
            )));
        }
        if let Some(again) = &request.again {
            return Err(Error::NotNow(format!(
                "this erases again what {} brought back: the certificate of request {} stands",
                again.system, again.of
            )));
        }
        let earlier = tx.certificates().of_request(request.id).await?;
        if let Some(suspended) = earlier
            .iter()
            .find(|one| one.state == CertificateState::Suspended)
        {
            return Err(Error::NotNow(format!(
                "certificate {} is suspended: it is revoked first, then a corrected one takes its place",
                suspended.code
            )));
        }
        seen.plan.accounts_for(&seen.inventory)?;
        let latest = tx
            .inventory()
            .latest()
            .await?
            .ok_or(Error::NotFound("an inventory"))?;
        seen.plan.accounts_for(&latest)?;
        for (entry, part) in seen.plan.parts() {
            let dataset = DatasetRef {
                system: entry.system.clone(),
                dataset: part.dataset.clone(),
            };
            let check = seen.checks.iter().find(|check| check.dataset == dataset);
            let finding = check.and_then(|check| check.finding().map(|finding| (check, finding)));
            let (check, finding) =
                finding.ok_or_else(|| Error::NotNow(format!("{dataset} has no verdict yet")))?;
            if let Some(why) = unsettled(check, finding) {
                return Err(Error::NotNow(why));
            }
        }
        if let Some(system) = unseen_system(seen) {
            return Err(Error::NotNow(format!(
                "system {system} has no valid spot check of an officer yet"
            )));
        }
        let running = tx.attempts().in_flight(None, self.now()).await?;
        if running.iter().any(|attempt| attempt.request == request.id) {
            return Err(Error::NotNow("a chunk of this request is still in flight".into()));
        }
        let today = self.now().date_in(&self.policy.zone)?;
        let keepers = tx.holds().keepers(&request.tenant_key, today).await?;
        let wanted = request.wanted(&seen.plan.digests);
        for (entry, part) in seen.plan.parts() {
            let place = Place {
                system: &entry.system,
                categories: &part.categories,
            };
            let unknown = |keeper: &&domain::retention::Keeper| {
                keeper.scope.covers(wanted, place) != Cover::None && !part.honours(keeper.id)
            };
            if keepers.iter().any(|keeper| unknown(&keeper)) {
                return Err(Error::NotNow(format!(
                    "a hold or duty that the plan does not know covers {}.{}",
                    entry.system, part.dataset
                )));
            }
        }
        Ok(())
    }

    /// An earlier certificate gives way to a new one, which speaks of every system: a remainder was erased. An addendum goes
    /// with its base, also one that is still in the making.
    async fn superseded(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        earlier: CertificateRecord,
        by: CertificateId,
    ) -> Result<(), Error> {
        let unfinished = !earlier.kind.is_base() && earlier.state.in_the_making();
        if earlier.state != CertificateState::Issued && !unfinished {
            return Ok(());
        }
        let id = earlier.id;
        tx.certificates()
            .update(&earlier.superseded(by, self.now()))
            .await?;
        self.log(
            tx,
            actor,
            Event::new(
                "certificate.superseded",
                format!("certificate:{id}"),
                json!({ "by": by }),
            ),
        )
        .await?;
        if !unfinished {
            let job = Job::SignStanding { certificate: id };
            tx.jobs().enqueue(&job, self.now()).await?;
        }
        Ok(())
    }

    /// A certificate with its statement and document, for staff and for the tenant it is about; for the tenant once it is
    /// issued.
    pub async fn certificate(
        &self,
        actor: &Actor,
        id: CertificateId,
    ) -> Result<(CertificateRecord, Option<Statement>, Option<Document>), Error> {
        let mut tx = self.ports.store.read().await?;
        let record = certificate_in(&mut *tx, id).await?;
        self.visible_request(&mut *tx, actor, record.request)
            .await
            .map_err(|error| match error {
                Error::NotFound(_) => Error::NotFound("that certificate"),
                other => other,
            })?;
        let staff = actor.require_any(&[Permission::ReadAll, Permission::ReadOperations]);
        if staff.is_err() && record.issued_at.is_none() {
            return Err(Error::NotFound("that certificate"));
        }
        let statement = tx.certificates().statement(id).await?;
        let document = tx.certificates().document(id).await?;
        let record = match staff {
            Ok(()) => record,
            Err(_) => record.for_outsiders(),
        };
        Ok((record, statement, document))
    }

    /// The log entry that carries a certificate's statement, with its proof.
    pub async fn certificate_proof(
        &self,
        actor: &Actor,
        id: CertificateId,
    ) -> Result<crate::audit::ProvenEntry, Error> {
        let (_, statement, _) = self.certificate(actor, id).await?;
        let statement = statement.ok_or_else(|| Error::NotNow("the certificate is not signed yet".into()))?;
        let mut tx = self.ports.store.read().await?;
        let proven = self.prove(&mut *tx, statement.entry).await?;
        proven.ok_or_else(|| Error::NotNow("no checkpoint covers the certificate yet".into()))
    }

    /// Certificates of a request, oldest first; for the tenant those that were issued.
    pub async fn certificates_of(
        &self,
        actor: &Actor,
        request: RequestId,
    ) -> Result<Vec<CertificateRecord>, Error> {
        let mut tx = self.ports.store.read().await?;
        self.visible_request(&mut *tx, actor, request).await?;
        let staff = actor.require_any(&[Permission::ReadAll, Permission::ReadOperations]);
        let mut certificates = tx.certificates().of_request(request).await?;
        certificates.retain(|record| staff.is_ok() || record.issued_at.is_some());
        Ok(match staff {
            Ok(()) => certificates,
            Err(_) => certificates
                .into_iter()
                .map(CertificateRecord::for_outsiders)
                .collect(),
        })
    }
}

/// A certificate of the register.
pub(crate) async fn certificate_in(tx: &mut dyn Tx, id: CertificateId) -> Result<CertificateRecord, Error> {
    let found = tx.certificates().find(id).await?;
    found.ok_or(Error::NotFound("that certificate"))
}

/// A certificate with what is said of it to outsiders: records made by earlier versions do not carry the digest of their
/// statement, nor when they came to be as they are.
pub(crate) async fn stated(tx: &mut dyn Tx, record: CertificateRecord) -> Result<CertificateRecord, Error> {
    let statement = match record.statement {
        Some(digest) => Some(digest),
        None => {
            let statement = tx.certificates().statement(record.id).await?;
            statement.map(|statement| Digest::of(&statement.bytes))
        }
    };
    Ok(CertificateRecord {
        statement,
        state_since: record.state_since.or(record.issued_at),
        ..record
    })
}

fn kind_of(seen: &Evidence) -> CertificateKind {
    let kept = seen.plan.parts().any(|(_, part)| !part.kept.is_empty());
    let expiring = seen
        .checks
        .iter()
        .filter_map(domain::verification::Check::finding);
    let expiring = expiring
        .into_iter()
        .any(|finding| matches!(finding.verdict, Verdict::ExpiresOn { .. }));
    match (seen.request.drill, kept || expiring) {
        (true, _) => CertificateKind::Drill,
        (false, true) => CertificateKind::Partial,
        (false, false) => CertificateKind::Complete,
    }
}

/// A system of which an officer must still look at records: every one in which records were erased (V6).
pub(crate) fn unseen_system(seen: &Evidence) -> Option<SystemName> {
    seen.plan.entries.iter().find_map(|entry| {
        let erased = entry.parts.iter().any(|part| {
            let dataset = DatasetRef {
                system: entry.system.clone(),
                dataset: part.dataset.clone(),
            };
            let before = seen.manifest.dataset(&dataset);
            part.action == Action::Erase
                && before.is_some_and(|before| {
                    before.sample_size > 0 && before.control != domain::manifest::Control::None
                })
        });
        let looked = seen
            .spot_checks
            .keys()
            .any(|dataset| dataset.system == entry.system);
        (erased && !looked).then(|| entry.system.clone())
    })
}
