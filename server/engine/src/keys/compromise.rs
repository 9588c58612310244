//! A key that somebody else may have had: marked, replaced at once, and what it signed attested again under the new one.
//!
//! The log proves that a statement was there before the mark, and the register knows it. So the certificate still stands:
//! the issuer says so again, with a key that is not marked, naming the statement and the document by their digests.

use domain::actor::{Actor, Permission};
use domain::certificate::{AttestedAgain, Claims, MarkedKey, MarkedOtherKey};
use domain::id::CertificateId;
use domain::job::Job;
use domain::key::{Compromise, KeyAccount, KeyKind};
use domain::port::keeper::Rotation;
use domain::port::store::Tx;
use domain::register::CertificateRecord;
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::said;
use crate::{Engine, Error};

/// A certificate that stands and that a key signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedByKey {
    /// Its id.
    pub id: CertificateId,
    /// Its printed code.
    pub code: String,
    /// The word of its state.
    pub state: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// What hangs on a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AtStake {
    /// The key.
    pub key: KeyAccount,
    /// Certificates in force, or suspended, that it signed; newest first.
    pub certificates: Vec<SignedByKey>,
}

impl Engine {
    /// What hangs on a key.
    pub async fn at_stake(&self, actor: &Actor, id: &str) -> Result<AtStake, Error> {
        actor.require(Permission::RotateKeys)?;
        let key = self.key(id)?;
        let mut certificates = Vec::new();
        if key.kind == KeyKind::Document {
            let mut tx = self.ports.store.read().await?;
            for record in tx.certificates().issued().await? {
                if !record.state.stands() {
                    continue;
                }
                let claims = claims_in(&mut *tx, &record).await?;
                if claims.key_id == key.id {
                    certificates.push(SignedByKey {
                        id: record.id,
                        code: record.code,
                        state: record.state.word().to_owned(),
                        signed_at: claims.issued_at,
                    });
                }
            }
        }
        certificates.reverse();
        Ok(AtStake { key, certificates })
    }

    /// Marks a key, destroys its private half, puts another in its place, and leaves the work of attesting again all that
    /// it signed and that stands: a thief can write any date, so none is left out for being early.
    pub async fn mark_key_compromised(
        &self,
        actor: &Actor,
        id: &str,
        since: Option<Timestamp>,
        reason: &str,
    ) -> Result<(Rotation, AtStake), Error> {
        actor.require(Permission::RotateKeys)?;
        let (keeper, reason, now) = (self.keeper()?, said(reason)?, self.now());
        let stake = self.at_stake(actor, id).await?;
        if stake.key.compromise.is_some() {
            return Err(Error::NotNow(format!(
                "the key {id} is marked as compromised already"
            )));
        }
        if since.is_some_and(|since| since > now) {
            return Err(Error::invalid(
                "since",
                "a moment that is past, or none where nobody knows",
            ));
        }
        let kind = stake.key.kind;
        let begun = json!({ "kind": kind, "since": since, "reason": reason });
        self.note_key(actor, "key.compromise_begun", id, begun).await?;
        let mark = Compromise {
            since,
            marked_at: now,
            reason: reason.to_owned(),
        };
        let done = keeper.mark_compromised(id, mark)?;
        let fresh: Vec<&str> = done.fresh.iter().map(|key| key.id.as_str()).collect();
        let details =
            json!({ "kind": kind, "since": since, "new": fresh, "certificates": stake.certificates.len() });
        let mut tx = self.ports.store.begin().await?;
        let event = domain::audit::Event::new("key.compromised", format!("key:{id}"), details);
        self.log(&mut *tx, actor, event).await?;
        for signed in &stake.certificates {
            let certificate = signed.id;
            tx.jobs().enqueue(&Job::SignStanding { certificate }, now).await?;
        }
        tx.jobs().enqueue(&Job::PublishList, now).await?;
        tx.commit().await?;
        Ok((done, stake))
    }

    fn key(&self, id: &str) -> Result<KeyAccount, Error> {
        let keys = self.keeper()?.keys()?;
        let found = keys.into_iter().find(|key| key.id == id);
        found.ok_or(Error::NotFound("that key"))
    }

    /// The log keys, seals and roots that are marked, as the status list names them.
    pub(crate) fn marked_other_keys(&self) -> Result<Vec<MarkedOtherKey>, Error> {
        let Some(keeper) = &self.ports.keeper else {
            return Ok(Vec::new());
        };
        let marked = keeper.keys()?.into_iter().filter_map(|key| {
            let mark = key.compromise.filter(|_| key.kind != KeyKind::Document)?;
            Some(MarkedOtherKey {
                id: key.id,
                kind: key.kind,
                since: mark.since,
                marked_at: mark.marked_at,
            })
        });
        Ok(marked.collect())
    }

    /// The document keys that are marked, as the status list names them.
    pub(crate) fn marked_keys(&self) -> Result<Vec<MarkedKey>, Error> {
        let Some(keeper) = &self.ports.keeper else {
            return Ok(Vec::new());
        };
        let marked = keeper.keys()?.into_iter().filter_map(|key| {
            let mark = key.compromise.filter(|_| key.kind == KeyKind::Document)?;
            Some(MarkedKey {
                kid: key.id,
                since: mark.since,
                marked_at: mark.marked_at,
            })
        });
        Ok(marked.collect())
    }

    /// What is to be said again of a certificate whose key is marked; absent where its key is not.
    pub(crate) async fn to_attest_again(
        &self,
        tx: &mut dyn Tx,
        record: &CertificateRecord,
        marked: &[MarkedKey],
    ) -> Result<Option<AttestedAgain>, Error> {
        if marked.is_empty() {
            return Ok(None);
        }
        let claims = claims_in(tx, record).await?;
        if !marked.iter().any(|key| key.kid == claims.key_id) {
            return Ok(None);
        }
        let document = tx.certificates().document(record.id).await?;
        let document = document.ok_or(Error::NotFound("the document of a certificate"))?;
        Ok(Some(AttestedAgain {
            key_id: claims.key_id,
            document: document.digest,
            at: self.now(),
        }))
    }
}

async fn claims_in(tx: &mut dyn Tx, record: &CertificateRecord) -> Result<Claims, Error> {
    let statement = tx.certificates().statement(record.id).await?;
    let statement = statement.ok_or(Error::NotFound("the statement of a certificate"))?;
    Claims::parse(&statement.bytes)
        .map_err(|error| Error::Broken(format!("certificate {}: {error}", record.id)))
}
