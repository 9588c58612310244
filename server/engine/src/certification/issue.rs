//! The way of a certificate that was decided: signed and logged, rendered, issued. A retry reuses the signed bytes.

use std::sync::Arc;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::CertificateId;
use domain::job::{Disposition, Job, backoff};
use domain::mail::MailKind;
use domain::port::press::Manuscript;
use domain::port::signer::Signer;
use domain::port::store::StoreError;
use domain::register::{CertificateRecord, CertificateState, Document, Statement};
use domain::signature::jws::Typ;
use serde_json::json;

use super::{certificate_in, stated};
use crate::claims::{Occasion, claims_of};
use crate::issuer::logo_in;
use crate::{Engine, Error};

/// How soon to ask again for a checkpoint that covers the statement.
const CHECKPOINT_WAIT: std::time::Duration = std::time::Duration::from_millis(15);
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
            Some(id) => {
                let replaced = certificate_in(&mut *tx, id).await?;
                Some(stated(&mut *tx, replaced).await?)
            }
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
        let about = (&request, &issued);
        self.tell_tenant_of(&mut *tx, about, MailKind::CertificateIssued, facts.as_slice())
            .await?;
        tx.jobs().enqueue(&Job::PublishList, now).await?;
        if self.ports.archive.is_some() {
            tx.jobs()
                .enqueue(&Job::CopyDocument { certificate: id }, now)
                .await?;
        }
        self.plan_later_checks(&mut *tx, &issued).await?;
        // What was freed while the run went on is taken up now.
        tx.jobs()
            .enqueue(&Job::Resume { request: request.id }, now)
            .await?;
        Ok(tx.commit().await?)
    }
}
