//! What became of certificates, signed: a statement for each change, and the list of all, which is good for a while.

use std::time::Duration;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::certificate::standing::{LIST_SCHEMA, STANDING_SCHEMA};
use domain::certificate::{LogReference, PrintedCode, Standing, StandingState, StatusList, StatusRow};
use domain::digest::Digest;
use domain::id::CertificateId;
use domain::job::{Disposition, Job};
use domain::port::store::{StoreError, Tx};
use domain::register::{CertificateRecord, CertificateState, PublishedList, StandingRecord};
use domain::signature::jws::Typ;

use crate::{Engine, Error};

/// How long a list is good for: a day, and some hours in which a late one is noticed and mended.
const GOOD_FOR: Duration = Duration::from_secs(36 * 3600);
/// How old a list may be before the next is made.
const REFRESHED_AFTER: Duration = Duration::from_secs(24 * 3600);

impl Engine {
    /// Signs and logs what became of a certificate, unless that is done, and then the list.
    pub(crate) async fn sign_standing(&self, actor: &Actor, id: CertificateId) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let signer = self.signer()?;
        let now = self.now();
        let mut tx = self.ports.store.read().await?;
        let record = tx
            .certificates()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that certificate"))?;
        let state = StandingState::of_word(record.state.word())
            .ok_or_else(|| Error::Broken(format!("certificate {id} was never issued")))?;
        let stated = tx.certificates().standings(id).await?;
        if stated.last().is_none_or(|last| last.state != state) {
            let issuer = self.issuer_in(&mut *tx).await?.name;
            let standing = Standing {
                superseded_by: superseded_by(&mut *tx, &record).await?,
                ..self.standing_of(&record, state, issuer)?
            };
            drop(tx);
            let standing = Standing {
                key_id: signer.document_key(now)?,
                log: LogReference {
                    origin: signer.log_origin().to_owned(),
                },
                ..standing
            };
            let bytes = standing.bytes();
            let jws = signer.sign_statement(Typ::Standing, &bytes, now).await?;
            let mut tx = self.ports.store.begin().await?;
            let object = format!("certificate:{id}");
            let event = Event::of_statement("certificate.standing_signed", object, Digest::of(&bytes));
            let entry = self.log(&mut *tx, actor, event).await?;
            let stated = StandingRecord {
                certificate: id,
                state,
                bytes,
                jws,
                entry,
            };
            match tx.certificates().insert_standing(&stated).await {
                Ok(()) => tx.commit().await?,
                // Another worker was first.
                Err(StoreError::Exists(_)) => drop(tx),
                Err(error) => return Err(error.into()),
            }
        }
        self.publish_list(actor).await
    }

    fn standing_of(
        &self,
        record: &CertificateRecord,
        state: StandingState,
        issuer: String,
    ) -> Result<Standing, Error> {
        let broken = |what: &str| Error::Broken(format!("certificate {}: {what}", record.id));
        Ok(Standing {
            schema: STANDING_SCHEMA.into(),
            certificate: record.id,
            code: code_of(record)?,
            statement: record.statement.ok_or_else(|| broken("no statement"))?,
            state,
            since: record.state_since.ok_or_else(|| broken("no date of its state"))?,
            reason: match record.state {
                CertificateState::Revoked { reason } => Some(reason),
                _ => None,
            },
            superseded_by: None,
            issuer,
            key_id: String::new(),
            log: LogReference {
                origin: String::new(),
            },
        })
    }

    /// Signs and publishes the list of all certificates.
    pub(crate) async fn publish_list(&self, actor: &Actor) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let signer = self.signer()?;
        let now = self.now();
        let mut tx = self.ports.store.read().await?;
        let records = tx.certificates().issued().await?;
        let iss = self.issuer_in(&mut *tx).await?.name;
        drop(tx);
        let expires_at = now.after(GOOD_FOR);
        let rows = records.iter().filter_map(|record| {
            Some(StatusRow {
                id: record.id,
                statement: record.statement?,
                state: StandingState::of_word(record.state.word())?,
                since: record.state_since?,
            })
        });
        let list = StatusList {
            schema: LIST_SCHEMA.into(),
            iss,
            iat: now.as_microsecond() / 1_000_000,
            exp: expires_at.as_microsecond() / 1_000_000,
            certificates: rows.collect(),
        };
        let jws = signer.sign_statement(Typ::StatusList, &list.bytes(), now).await?;
        let mut tx = self.ports.store.begin().await?;
        let list = PublishedList {
            jws,
            issued_at: now,
            expires_at,
        };
        tx.certificates().publish_list(&list).await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// Leaves the work of a fresh list when the present one grows old. Until the first certificate there is none.
    pub(crate) async fn refresh_list(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        let now = self.now();
        let present = tx.certificates().status_list().await?;
        if present.is_some_and(|list| now >= list.issued_at.after(REFRESHED_AFTER)) {
            tx.jobs().enqueue(&Job::PublishList, now).await?;
        }
        Ok(())
    }

    /// The signed status list, for anybody; absent before the first certificate.
    pub async fn status_list(&self) -> Result<Option<PublishedList>, Error> {
        Ok(self
            .ports
            .store
            .read()
            .await?
            .certificates()
            .status_list()
            .await?)
    }
}

fn code_of(record: &CertificateRecord) -> Result<PrintedCode, Error> {
    let code = record.code.parse();
    code.map_err(|_| Error::Broken(format!("the printed code of certificate {}", record.id)))
}

async fn superseded_by(tx: &mut dyn Tx, record: &CertificateRecord) -> Result<Option<PrintedCode>, Error> {
    let CertificateState::Superseded { by } = record.state else {
        return Ok(None);
    };
    let other = tx.certificates().find(by).await?;
    other.as_ref().map(code_of).transpose()
}
