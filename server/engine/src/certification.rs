//! Certification: an officer's decision, the signed statement, the document, the issue. A retry reuses the signed bytes.

use std::sync::Arc;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::certificate::PrintedCode;
use domain::digest::Digest;
use domain::id::{CertificateId, RequestId};
use domain::inventory::{DatasetRef, SystemName};
use domain::job::{Disposition, Job, backoff};
use domain::mail::MailKind;
use domain::plan::Action;
use domain::port::press::Manuscript;
use domain::port::signer::Signer;
use domain::port::store::{StoreError, Tx};
use domain::register::{CertificateKind, CertificateRecord, CertificateState, Document, Statement};
use domain::request::{ErasureRequest, Stage};
use domain::scope::{Cover, Place};
use domain::signature::jws::Typ;
use domain::verification::Verdict;
use serde_json::json;

use crate::claims::{Occasion, claims_of};
use crate::evidence::Evidence;
use crate::issuer::logo_in;
use crate::remediation::unsettled;
use crate::revocation::to_replace;
use crate::{Engine, Error};

/// How soon to ask again for a checkpoint that covers the statement.
const CHECKPOINT_WAIT: std::time::Duration = std::time::Duration::from_millis(15);
/// Failures after which a person finishes a certificate by hand (C5).
const ISSUE_TRIES: u32 = 3;

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
        actor.differs_from(
            Some(seen.request.opened_by),
            "certifying",
            "who opened the request",
        )?;
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
            revocation: None,
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

    /// An earlier base certificate gives way to a new one: a remainder was erased.
    async fn superseded(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        earlier: CertificateRecord,
        by: CertificateId,
    ) -> Result<(), Error> {
        let in_force = earlier.kind.is_base() && matches!(earlier.state, CertificateState::Issued);
        if !in_force {
            return Ok(());
        }
        let id = earlier.id;
        tx.certificates()
            .update(&CertificateRecord {
                state: CertificateState::Superseded { by },
                state_since: Some(self.now()),
                ..earlier
            })
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
        tx.jobs()
            .enqueue(&Job::SignStanding { certificate: id }, self.now())
            .await?;
        Ok(())
    }

    /// Takes a certificate one step further: signed, rendered, issued. Nothing is public or mailed before it is rendered.
    pub(crate) async fn issue(&self, actor: &Actor, id: CertificateId) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        loop {
            let record = self.record(id).await?;
            let step = match record.state {
                CertificateState::Draft => self.sign(actor, record.clone()).await,
                CertificateState::Signed => match self.render(actor, record.clone()).await {
                    Ok(true) => Ok(()),
                    Ok(false) => {
                        return Ok(Disposition::Again {
                            at: self.now().after(CHECKPOINT_WAIT),
                        });
                    }
                    Err(error) => Err(error),
                },
                CertificateState::Rendered => self.publish(actor, record.clone()).await,
                _ => return Ok(Disposition::Done),
            };
            match step {
                Ok(()) | Err(Error::Store(StoreError::Conflict(_) | StoreError::Exists(_))) => {}
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => return self.failed_to_issue(actor, record, error).await,
            }
        }
    }

    /// Three times by itself, then a person finishes it from the same evidence (C5).
    async fn failed_to_issue(
        &self,
        actor: &Actor,
        record: CertificateRecord,
        error: Error,
    ) -> Result<Disposition, Error> {
        let failures = record.failures + 1;
        let id = record.id;
        let mut tx = self.ports.store.begin().await?;
        tx.certificates()
            .update(&CertificateRecord { failures, ..record })
            .await?;
        let details = json!({ "why": error.to_string(), "failures": failures });
        self.log(
            &mut *tx,
            actor,
            Event::new("certificate.failed", format!("certificate:{id}"), details),
        )
        .await?;
        tx.commit().await?;
        match failures >= ISSUE_TRIES {
            true => Ok(Disposition::Park {
                why: format!("the certificate could not be made: {error}"),
            }),
            false => Ok(Disposition::Retry {
                at: self.now().after(backoff(failures)),
                why: error.to_string(),
            }),
        }
    }

    async fn record(&self, id: CertificateId) -> Result<CertificateRecord, Error> {
        let found = self.ports.store.read().await?.certificates().find(id).await?;
        found.ok_or(Error::NotFound("that certificate"))
    }

    pub(crate) fn signer(&self) -> Result<&Arc<dyn Signer>, Error> {
        self.ports
            .signer
            .as_ref()
            .ok_or(Error::NotEquipped("the document key"))
    }

    async fn sign(&self, actor: &Actor, record: CertificateRecord) -> Result<(), Error> {
        let signer = self.signer()?;
        let mut tx = self.ports.store.read().await?;
        let seen = self.gather(&mut *tx, record.request).await?;
        let log = tx.log().about(&format!("request:{}", record.request)).await?;
        let issuer = self.issuer_in(&mut *tx).await?;
        let replaced = match record.replaces {
            Some(id) => tx.certificates().find(id).await?,
            None => None,
        };
        drop(tx);
        let key = signer.document_key(record.certified_at)?;
        let occasion = Occasion {
            record: &record,
            replaced: replaced.as_ref(),
            log: &log,
            issuer,
            key: &key,
            origin: signer.log_origin(),
        };
        let claims = claims_of(self, &seen, occasion)?;
        claims.validate().map_err(|wrong| {
            let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            Error::Broken(format!("the statement contradicts itself: {}", wrong.join("; ")))
        })?;
        let bytes = claims.bytes();
        let jws = signer
            .sign_statement(Typ::Statement, &bytes, record.certified_at)
            .await?;
        let statement = Digest::of(&bytes);
        let mut tx = self.ports.store.begin().await?;
        let event = Event::of_statement(
            "certificate.signed",
            format!("certificate:{}", record.id),
            statement,
        );
        let entry = self.log(&mut *tx, actor, event).await?;
        tx.certificates()
            .insert_statement(&Statement {
                certificate: record.id,
                bytes,
                jws,
                entry,
            })
            .await?;
        tx.certificates()
            .update(&CertificateRecord {
                state: CertificateState::Signed,
                statement: Some(statement),
                ..record
            })
            .await?;
        Ok(tx.commit().await?)
    }

    /// `false`: no checkpoint covers the statement yet.
    async fn render(&self, actor: &Actor, record: CertificateRecord) -> Result<bool, Error> {
        self.sequence_log().await?;
        let mut tx = self.ports.store.read().await?;
        let statement = tx
            .certificates()
            .statement(record.id)
            .await?
            .ok_or(Error::NotFound("the statement"))?;
        let Some(proven) = self.prove(&mut *tx, statement.entry).await? else {
            return Ok(false);
        };
        let logo = logo_in(&mut *tx).await?;
        drop(tx);
        let press = self.ports.press.as_ref().ok_or(Error::NotEquipped("a press"))?;
        let manuscript = Manuscript {
            statement: statement.bytes,
            jws: statement.jws,
            log_entry: proven.bytes,
            log_proof: proven.proof.clone(),
            log_index: proven.index,
            logo,
        };
        // Sealed now: a seal that has ended meanwhile is not used any more.
        let pdf = press.render(&manuscript, self.signer()?, self.now()).await?;
        let detached = self.signer()?.sign_document(&pdf, record.certified_at).await?;
        let digest = Digest::of(&pdf);
        let document = Document {
            certificate: record.id,
            pdf,
            signature: detached.raw,
            sshsig: detached.sshsig,
            digest,
            log_proof: proven.proof,
        };
        let mut tx = self.ports.store.begin().await?;
        tx.certificates().insert_document(&document).await?;
        let event = Event::new(
            "certificate.rendered",
            format!("certificate:{}", record.id),
            json!({ "pdf": digest }),
        );
        self.log(&mut *tx, actor, event).await?;
        tx.certificates()
            .update(&CertificateRecord {
                state: CertificateState::Rendered,
                ..record
            })
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn publish(&self, actor: &Actor, record: CertificateRecord) -> Result<(), Error> {
        let now = self.now();
        let id = record.id;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(record.request)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let issued = CertificateRecord {
            state: CertificateState::Issued,
            issued_at: Some(now),
            state_since: Some(now),
            ..record
        };
        tx.certificates().update(&issued).await?;
        self.log(
            &mut *tx,
            actor,
            Event::new("certificate.issued", format!("certificate:{id}"), json!({})),
        )
        .await?;
        let replaced = match issued.replaces {
            Some(id) => tx.certificates().find(id).await?,
            None => None,
        };
        let facts = replaced.map(|replaced| ("replaces", replaced.code));
        self.tell_tenant_that(&mut *tx, &request, MailKind::CertificateIssued, facts.as_slice())
            .await?;
        tx.jobs().enqueue(&Job::PublishList, now).await?;
        // What was freed while the run went on is taken up now.
        tx.jobs()
            .enqueue(&Job::Resume { request: request.id }, now)
            .await?;
        Ok(tx.commit().await?)
    }

    /// A certificate with its statement and document, for staff and for the tenant it is about; for the tenant once it is
    /// issued.
    pub async fn certificate(
        &self,
        actor: &Actor,
        id: CertificateId,
    ) -> Result<(CertificateRecord, Option<Statement>, Option<Document>), Error> {
        let mut tx = self.ports.store.read().await?;
        let record = tx
            .certificates()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that certificate"))?;
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
