//! Calls that may be repeated: the answer to a key of the caller's choice is kept for a day, and given again.

use std::time::Duration;

use domain::actor::Actor;
use domain::digest::Digest;
use domain::port::replies::StoredReply;
use domain::port::store::StoreError;
use domain::port::vault::Purpose;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Engine, Error};

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// After so long without an answer, the process that was at work is taken for dead, and the call may be made again.
const AT_WORK: Duration = Duration::from_secs(300);
/// The longest key, in bytes.
const LONGEST_KEY: usize = 255;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Where to look next.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What is known of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recalled {
    /// Nothing: make it, then [`Engine::remember`] the answer, or [`Engine::forget`] the call.
    New,
    /// The same call is being made.
    AtWork,
    /// It was made: this was the answer.
    Answered(Reply),
}

impl Engine {
    /// What is known of a call, by its key; a call that is new is noted as being at work. `fingerprint` is a digest of
    /// everything that was asked: another question under the same key is refused.
    pub async fn recall(&self, actor: &Actor, key: &str, fingerprint: Digest) -> Result<Recalled, Error> {
        let key = call(actor, key)?;
        let now = self.now();
        let mut tx = self.ports.store.begin().await?;
        tx.replies().expire(now.before(KEPT)).await?;
        let known = tx.replies().find(key).await?;
        let recalled = match known {
            Some(known) if known.fingerprint != fingerprint => {
                return Err(Error::invalid(
                    "Idempotency-Key",
                    "the key was used for another request already",
                ));
            }
            Some(StoredReply {
                answer: Some(answer), ..
            }) => {
                let bytes = self.ports.vault.open(Purpose::Record, &context(key), &answer)?;
                let reply = serde_json::from_slice(&bytes);
                Recalled::Answered(reply.map_err(|_| Error::Broken("a kept answer".into()))?)
            }
            Some(known) if now < known.created_at.after(AT_WORK) => Recalled::AtWork,
            Some(_) => {
                tx.replies().forget(key).await?;
                begin(&mut *tx, key, fingerprint, now).await?
            }
            None => begin(&mut *tx, key, fingerprint, now).await?,
        };
        tx.commit().await?;
        Ok(recalled)
    }

    /// Keeps the answer to a call that is at work.
    pub async fn remember(&self, actor: &Actor, key: &str, reply: &Reply) -> Result<(), Error> {
        let key = call(actor, key)?;
        let text = serde_json::to_vec(reply).map_err(|error| Error::Broken(error.to_string()))?;
        let sealed = self.ports.vault.seal(Purpose::Record, &context(key), &text)?;
        let mut tx = self.ports.store.begin().await?;
        tx.replies().answer(key, &sealed).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets a call that was refused and changed nothing: the same key may be used for a better one.
    pub async fn forget(&self, actor: &Actor, key: &str) -> Result<(), Error> {
        let key = call(actor, key)?;
        let mut tx = self.ports.store.begin().await?;
        tx.replies().forget(key).await?;
        Ok(tx.commit().await?)
    }
}

async fn begin(
    tx: &mut dyn domain::port::store::Tx,
    key: Digest,
    fingerprint: Digest,
    created_at: Timestamp,
) -> Result<Recalled, Error> {
    let call = StoredReply {
        key,
        fingerprint,
        created_at,
        answer: None,
    };
    match tx.replies().begin(&call).await {
        Ok(()) => Ok(Recalled::New),
        Err(StoreError::Exists(_)) => Ok(Recalled::AtWork),
        Err(error) => Err(error.into()),
    }
}

/// Caller and key: the keys of one caller are no keys of another.
fn call(actor: &Actor, key: &str) -> Result<Digest, Error> {
    let good = (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    match good {
        true => Ok(Digest::of_parts(&[actor.reference().as_bytes(), key.as_bytes()])),
        false => Err(Error::invalid(
            "Idempotency-Key",
            format!("expected 1 to {LONGEST_KEY} visible ASCII characters"),
        )),
    }
}

fn context(key: Digest) -> String {
    format!("reply:{key}")
}
