//! Destroying our own copies (A3): when no remainder, no later check and no dispute can need them, the key of a request goes,
//! and with it its identifiers, samples and targets. What was certified stays.

use std::time::Duration;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::port::store::Tx;
use domain::request::ErasureRequest;
use domain::time::Timestamp;
use serde_json::json;

use crate::revocation::to_replace;
use crate::{Engine, Error};

impl Engine {
    /// Destroys the keys of requests whose time is over; how many.
    pub async fn destroy_what_is_over(&self, actor: &Actor) -> Result<u64, Error> {
        actor.require(Permission::Work)?;
        let now = self.now();
        let mut tx = self.ports.store.read().await?;
        let mut over = Vec::new();
        for request in tx.requests().ended().await? {
            let due = destroy_at(&mut *tx, &request, self.policy.dispute_window).await?;
            over.extend(due.filter(|due| *due <= now).map(|_| request.id));
        }
        drop(tx);
        let mut destroyed = 0;
        for id in over {
            let mut tx = self.ports.store.begin().await?;
            let request = tx.requests().find(id).await?;
            let request = request.ok_or(Error::NotFound("that request"))?;
            let due = destroy_at(&mut *tx, &request, self.policy.dispute_window).await?;
            if request.destroyed_at.is_some() || due.is_none_or(|due| due > now) {
                continue;
            }
            let record = self.ports.destroyed.as_ref();
            let record = record.ok_or(Error::NotEquipped("a record of destroyed keys"))?;
            // First outside of the database: a backup of it that is restored must not bring the key back.
            record.record(id, now)?;
            tx.requests().update(&request.destroy(now)).await?;
            let event = Event::new("request.key_destroyed", format!("request:{id}"), json!({}));
            self.log(&mut *tx, actor, event).await?;
            tx.commit().await?;
            destroyed += 1;
        }
        Ok(destroyed)
    }
}

/// When the key of a request goes: after the time for disputes about its certificate, or about its refusal, and not before
/// everything else is over. Absent while something is to follow.
pub(crate) async fn destroy_at(
    tx: &mut dyn Tx,
    request: &ErasureRequest,
    dispute_window: Duration,
) -> Result<Option<Timestamp>, Error> {
    let Some(ended_at) = request.ended_at() else {
        return Ok(None);
    };
    let certificates = tx.certificates().of_request(request.id).await?;
    // A correction needs to know whose data it was.
    if to_replace(&certificates).is_some() {
        return Ok(None);
    }
    let issued = certificates.iter().filter_map(|record| record.issued_at).max();
    let disputed_until = issued.unwrap_or(ended_at).after(dispute_window);
    Ok(Some(disputed_until.max(ended_at)))
}
