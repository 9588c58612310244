//! Whether anybody looks: when what is overdue was last looked for. A schedule that stands still cannot alarm by itself, so
//! whoever asks (a page, a monitor, `lethe doctor`) is told.

use std::time::Duration;

use domain::actor::{Actor, Permission};
use domain::port::store::Tx;
use domain::time::Timestamp;
use serde::Serialize;

use crate::{Engine, Error};

/// Where the moment is kept.
const WATCHED: &str = "watched_at";
/// It is looked each minute; so late, it has stopped.
const STOPPED_AFTER: Duration = Duration::from_secs(15 * 60);

/// When somebody last looked for what is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// When; absent: nobody ever has.
    pub at: Option<Timestamp>,
    /// It should have been looked since.
    pub stopped: bool,
}

impl Engine {
    pub(crate) async fn note_watch(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        Ok(tx.settings().note(WATCHED, &self.now().to_string()).await?)
    }

    /// When somebody last looked for what is overdue, and whether that is too long ago.
    pub async fn watched(&self, actor: &Actor) -> Result<Watched, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let text = self.ports.store.read().await?.settings().text(WATCHED).await?;
        let at: Option<Timestamp> = text.map(|text| text.parse()).transpose()?;
        let now = self.now();
        Ok(Watched {
            at,
            stopped: at.is_some_and(|at| at.after(STOPPED_AFTER) < now),
        })
    }
}
