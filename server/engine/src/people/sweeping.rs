//! Sweeping: what is over is deleted.

use domain::actor::{Actor, Permission};
use domain::job::Disposition;

use crate::{Engine, Error};

impl Engine {
    /// Deletes sessions, links, drafts and counts that are over; how many rows. They opened nothing any more, so there is
    /// nothing to log.
    pub async fn sweep_sessions(&self, actor: &Actor) -> Result<u64, Error> {
        actor.require(Permission::Work)?;
        let now = self.now();
        let idle_since = now.before(self.policy.sign_in.idle);
        let mut tx = self.ports.store.begin().await?;
        let mut swept = tx.sessions().sweep(now, idle_since).await?;
        swept += tx.links().sweep(now).await?;
        swept += tx.downloads().sweep(now).await?;
        swept += tx.drafts().sweep(now).await?;
        tx.commit().await?;
        Ok(swept)
    }

    /// The same, and the keys of requests whose time is over, as a job.
    pub(crate) async fn sweep(&self, actor: &Actor) -> Result<Disposition, Error> {
        let rows = self.sweep_sessions(actor).await?;
        let keys = self.destroy_what_is_over(actor).await?;
        tracing::debug!(rows, keys, "what was over is deleted");
        Ok(Disposition::Done)
    }
}
