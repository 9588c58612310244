//! What became of certificates, signed: a statement for each change, and the list of all, which is good for a while.

use std::collections::HashMap;
use std::time::Duration;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::certificate::standing::{LIST_SCHEMA, STANDING_SCHEMA};
use domain::certificate::{
    AttestedAgain, LogReference, PrintedCode, Standing, StandingState, StatusList, StatusRow,
};
use domain::digest::Digest;
use domain::id::CertificateId;
use domain::job::{Disposition, Job};
use domain::port::store::{StoreError, Tx};
use domain::register::{CertificateRecord, CertificateState, PublishedList, StandingRecord};
use domain::signature::jws::Typ;

use crate::certification::{certificate_in, stated};
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
        let record = certificate_in(&mut *tx, id).await?;
        let record = stated(&mut *tx, record).await?;
        let state = StandingState::of_word(record.state.word())
            .ok_or_else(|| Error::Broken(format!("certificate {id} was never issued")))?;
        let earlier = tx.certificates().standings(id).await?;
        let again = match record.state.stands() {
            true => {
                self.to_attest_again(&mut *tx, &record, &self.marked_keys()?)
                    .await?
            }
            false => None,
        };
        let attested = again
            .as_ref()
            .is_none_or(|again| attested(&earlier, &again.key_id).is_some());
        if earlier.last().is_none_or(|last| last.state != state) || !attested {
            let broken = |what: &str| Error::Broken(format!("certificate {id}: {what}"));
            let standing = Standing {
                schema: STANDING_SCHEMA.into(),
                certificate: id,
                code: code_of(&record)?,
                statement: record.statement.ok_or_else(|| broken("no statement"))?,
                state,
                since: record.state_since.ok_or_else(|| broken("never issued"))?,
                reason: match record.state {
                    CertificateState::Revoked { reason } => Some(reason),
                    _ => None,
                },
                superseded_by: superseded_by(&mut *tx, &record).await?,
                attested_again: again,
                issuer: self.issuer_in(&mut *tx).await?.name,
                key_id: signer.document_key(now)?,
                log: LogReference {
                    origin: signer.log_origin().to_owned(),
                },
            };
            drop(tx);
            let bytes = standing.bytes();
            let jws = signer.sign_statement(Typ::Standing, &bytes, now).await?;
            let mut tx = self.ports.store.begin().await?;
            let object = format!("certificate:{id}");
            let event = Event::of_statement("certificate.standing_signed", object, Digest::of(&bytes));
            let entry = self.log(&mut *tx, actor, event).await?;
            let standing = StandingRecord {
                certificate: id,
                state,
                bytes,
                jws,
                entry,
            };
            match tx.certificates().insert_standing(&standing).await {
                Ok(()) => tx.commit().await?,
                // Another worker was first.
                Err(StoreError::Exists(_)) => drop(tx),
                Err(error) => return Err(error.into()),
            }
        }
        self.publish_list(actor).await
    }

    /// Signs and publishes the list of all certificates.
    pub(crate) async fn publish_list(&self, actor: &Actor) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let signer = self.signer()?;
        let now = self.now();
        let mut tx = self.ports.store.read().await?;
        // Read before the certificates: a list made meanwhile knows at least as much as this one would, and has its number.
        let earlier = tx.certificates().status_list().await?;
        let documents: HashMap<_, _> = tx.certificates().document_digests().await?.into_iter().collect();
        let mut rows = Vec::new();
        let marked = self.marked_keys()?;
        for record in tx.certificates().issued().await? {
            let record = stated(&mut *tx, record).await?;
            let mut row = row_of(&record, documents.get(&record.id).copied())
                .ok_or_else(|| Error::Broken(format!("certificate {}: no statement", record.id)))?;
            if !marked.is_empty() {
                let standings = tx.certificates().standings(record.id).await?;
                let mut again = marked.iter().filter_map(|key| attested(&standings, &key.kid));
                row.attested_again = again.next_back();
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Ok(Disposition::Done);
        }
        let iss = self.issuer_in(&mut *tx).await?.name;
        drop(tx);
        let expires_at = now.after(GOOD_FOR);
        let list = StatusList {
            schema: LIST_SCHEMA.into(),
            iss,
            iat: now.as_microsecond() / 1_000_000,
            exp: expires_at.as_microsecond() / 1_000_000,
            certificates: rows,
            compromised_keys: marked,
            compromised_other_keys: self.marked_other_keys()?,
        };
        let jws = signer.sign_statement(Typ::StatusList, &list.bytes(), now).await?;
        let mut tx = self.ports.store.begin().await?;
        let list = PublishedList {
            number: earlier.map_or(1, |earlier| earlier.number + 1),
            jws,
            issued_at: now,
            expires_at,
        };
        tx.certificates().publish_list(&list).await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// Leaves the work of a fresh list when there is none or the present one grows old.
    pub(crate) async fn refresh_list(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        let now = self.now();
        let present = tx.certificates().status_list().await?;
        if present.is_none_or(|list| now >= list.issued_at.after(REFRESHED_AFTER)) {
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

/// A certificate in the list; absent where its statement is lost.
fn row_of(record: &CertificateRecord, document: Option<Digest>) -> Option<StatusRow> {
    Some(StatusRow {
        id: record.id,
        statement: record.statement?,
        state: StandingState::of_word(record.state.word())?,
        since: record.state_since?,
        document,
        attested_again: None,
    })
}

/// Where an earlier standing says again what a key that is marked now had signed.
fn attested(standings: &[StandingRecord], key_id: &str) -> Option<AttestedAgain> {
    let said = standings.iter().rev();
    let said = said.filter_map(|standing| serde_json::from_slice::<Standing>(&standing.bytes).ok());
    said.filter_map(|standing| standing.attested_again)
        .find(|again| again.key_id == key_id)
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
