//! The way of a certificate that was decided: signed and logged, rendered, issued. A retry reuses the signed bytes.

use std::sync::Arc;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::certificate::Claims;
use domain::digest::Digest;
use domain::id::CertificateId;
use domain::job::{Disposition, Job, backoff};
use domain::mail::MailKind;
use domain::port::press::{Manuscript, PressError};
use domain::port::signer::{SignError, Signer};
use domain::port::store::StoreError;
use domain::register::{Addition, CertificateRecord, CertificateState, Document, KeyWait, Statement};
use domain::signature::jws::Typ;
use domain::time::Timestamp;
use serde_json::json;

use super::{certificate_in, stated};
use crate::claims::{Additions, Occasion, addendum_claims, claims_of};
use crate::issuer::logo_in;
use crate::{Engine, Error};

/// How soon to ask again for a checkpoint that covers the statement.
const CHECKPOINT_WAIT: std::time::Duration = std::time::Duration::from_millis(15);
/// How soon to see whether a key was put in place.
const KEY_WAIT: std::time::Duration = std::time::Duration::from_secs(60);
/// Failures after which a person finishes a certificate by hand (C5).
pub(super) const ISSUE_TRIES: u32 = 3;

impl Engine {
    /// Takes a certificate one step further: signed, rendered, issued. Nothing is public or mailed before it is rendered.
    pub(crate) async fn issue(&self, actor: &Actor, id: CertificateId) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        loop {
            let record = certificate_in(&mut *self.ports.store.read().await?, id).await?;
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
                Err(
                    Error::Sign(SignError::NoValidKey { kind, .. })
                    | Error::Press(PressError::Unsealed(SignError::NoValidKey { kind, .. })),
                ) => {
                    return self.wait_for_key(actor, record, kind).await;
                }
                Err(error) => return self.failed_to_issue(actor, record, error).await,
            }
        }
    }

    /// An expired key never signs: the certificate waits, says for what, and tries again by itself.
    async fn wait_for_key(
        &self,
        actor: &Actor,
        record: CertificateRecord,
        kind: &str,
    ) -> Result<Disposition, Error> {
        let now = self.now();
        if record.waits_for_key.as_ref().is_none_or(|wait| wait.kind != kind) {
            let mut tx = self.ports.store.begin().await?;
            let object = format!("certificate:{}", record.id);
            let event = Event::new("certificate.waits_for_key", object, json!({ "kind": kind }));
            let wait = KeyWait {
                kind: kind.to_owned(),
                since: now,
            };
            tx.certificates()
                .update(&CertificateRecord {
                    waits_for_key: Some(wait),
                    ..record
                })
                .await?;
            self.log(&mut *tx, actor, event).await?;
            tx.commit().await?;
        }
        Ok(Disposition::Again {
            at: now.after(KEY_WAIT),
        })
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

    pub(crate) fn signer(&self) -> Result<&Arc<dyn Signer>, Error> {
        self.ports
            .signer
            .as_ref()
            .ok_or(Error::NotEquipped("the document key"))
    }

    async fn sign(&self, actor: &Actor, record: CertificateRecord) -> Result<(), Error> {
        let signer = self.signer()?;
        let now = self.now();
        let key = signer.document_key(now)?;
        // A key that was put in place after the officer certified signs as of now, not in the name of an earlier moment.
        let signed_at = match signer.document_key(record.certified_at) {
            Ok(then) if then == key => record.certified_at,
            _ => now,
        };
        let claims = match &record.adds {
            Some(adds) => self.said_in_addition(&record, adds, &key, signed_at).await?,
            None => self.said_of_run(&record, &key, signed_at).await?,
        };
        claims.validate().map_err(|wrong| {
            let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            Error::Broken(format!("the statement contradicts itself: {}", wrong.join("; ")))
        })?;
        let bytes = claims.bytes();
        let jws = signer.sign_statement(Typ::Statement, &bytes, signed_at).await?;
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
                waits_for_key: None,
                ..record
            })
            .await?;
        Ok(tx.commit().await?)
    }

    /// The claims of a base certificate: what the run found.
    async fn said_of_run(
        &self,
        record: &CertificateRecord,
        key: &str,
        signed_at: Timestamp,
    ) -> Result<Claims, Error> {
        let mut tx = self.ports.store.read().await?;
        let seen = self.gather(&mut *tx, record.request).await?;
        let log = tx.log().about(&format!("request:{}", record.request)).await?;
        let issuer = self.issuer_in(&mut *tx).await?;
        let replaced = match record.replaces {
            Some(id) => {
                let replaced = certificate_in(&mut *tx, id).await?;
                Some(stated(&mut *tx, replaced).await?)
            }
            None => None,
        };
        drop(tx);
        let occasion = Occasion {
            record,
            signed_at,
            replaced: replaced.as_ref(),
            log: &log,
            issuer,
            key,
            origin: self.signer()?.log_origin(),
        };
        claims_of(self, &seen, occasion)
    }

    /// The claims of an addendum: what has run out since its base was issued.
    async fn said_in_addition(
        &self,
        record: &CertificateRecord,
        adds: &Addition,
        key: &str,
        signed_at: Timestamp,
    ) -> Result<Claims, Error> {
        let broken = |what: &str| Error::Broken(format!("certificate {}: {what}", record.id));
        let mut tx = self.ports.store.read().await?;
        let base = tx.certificates().statement(adds.to).await?;
        let base = base.ok_or_else(|| broken("its base has no statement"))?;
        let base =
            Claims::parse(&base.bytes).map_err(|_| broken("the statement of its base cannot be read"))?;
        let plan = tx.plans().find(record.plan).await?;
        let plan = plan.ok_or(Error::NotFound("that plan"))?;
        let inventory = tx.inventory().find(plan.inventory).await?;
        let inventory = inventory.ok_or(Error::NotFound("the frozen inventory"))?;
        let mut checks = tx.incidents().later_checks(adds.to).await?;
        checks.retain(|check| adds.checks.contains(&check.number));
        let officer = tx.people().find(record.certified_by).await?;
        let issuer = self.issuer_in(&mut *tx).await?;
        drop(tx);
        let made_from = Additions {
            record,
            signed_at,
            base,
            inventory: &inventory,
            checks: &checks,
            issuer,
            officer: officer
                .map(|officer| officer.name)
                .filter(|_| self.policy.name_officers),
            key,
            origin: self.signer()?.log_origin(),
        };
        addendum_claims(self, made_from)
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
        // Sealed and signed now: a key that has ended meanwhile is not used any more.
        let pdf = press.render(&manuscript, self.signer()?, self.now()).await?;
        let detached = self.signer()?.sign_document(&pdf, self.now()).await?;
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
                waits_for_key: None,
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
        if let Some(adds) = &record.adds {
            let base = certificate_in(&mut *tx, adds.to).await?;
            if base.state != CertificateState::Issued {
                return Err(Error::NotNow(format!(
                    "certificate {}, to which this one adds, is {}",
                    base.code,
                    base.state.word()
                )));
            }
        }
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
        let added = issued.adds.as_ref().map(|adds| adds.to);
        let mut facts = Vec::new();
        for (fact, other) in [("replaces", issued.replaces), ("adds_to", added)] {
            if let Some(other) = other {
                facts.push((fact, certificate_in(&mut *tx, other).await?.code));
            }
        }
        let about = (&request, &issued);
        self.tell_tenant_of(&mut *tx, about, MailKind::CertificateIssued, &facts)
            .await?;
        tx.jobs().enqueue(&Job::PublishList, now).await?;
        if self.ports.archive.is_some() {
            tx.jobs()
                .enqueue(&Job::CopyDocument { certificate: id }, now)
                .await?;
        }
        self.end_drill(&mut *tx, actor, &request, &issued).await?;
        self.plan_later_checks(&mut *tx, &issued).await?;
        // What was freed while the run went on is taken up now.
        tx.jobs()
            .enqueue(&Job::Resume { request: request.id }, now)
            .await?;
        Ok(tx.commit().await?)
    }
}
