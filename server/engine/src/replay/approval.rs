//! One decision on all that a replay found.

use domain::actor::{Actor, Permission};
use domain::digest::Digest;
use domain::id::ReplayId;

use super::replayed;
use crate::{Engine, Error};

impl Engine {
    /// Approves everything that a replay found and that waits for it. `digest` is what the approver saw. Gives how many runs
    /// were approved.
    pub async fn approve_replay(&self, actor: &Actor, id: ReplayId, digest: Digest) -> Result<usize, Error> {
        actor.require(Permission::ApproveRun)?;
        actor.seasoned(self.now())?;
        let mut tx = self.ports.store.read().await?;
        let seen = replayed(&mut *tx, id).await?;
        drop(tx);
        actor.differs_from(
            Some(seen.replay.asked_by),
            "approving the replay",
            "who asked for it",
        )?;
        if seen.waiting.is_empty() {
            return Err(Error::NotNow("nothing of this replay waits for approval".into()));
        }
        if seen.digest() != digest {
            return Err(Error::NotNow(
                "what waits for approval changed since you looked: look again".into(),
            ));
        }
        for (request, digest) in &seen.waiting {
            self.approve_request(actor, *request, *digest, Vec::new()).await?;
        }
        Ok(seen.waiting.len())
    }
}
