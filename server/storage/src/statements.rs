//! Every SQL text of ours, prepared: what the tests do on both engines, and `doctor` on the one in use.

use domain::port::store::StoreError;
use sqlx::{Executor, SqlStr};

use crate::database::{Database, Engine};
use crate::{
    attempts, certificates, copies, database, downloads, drafts, drills, error, findings, holds, incidents,
    inventory, jobs, links, log, nonces, outbox, people, plans, postgres, queue, reading, replays, replies,
    requests, sequencer, sessions, settings, sqlite, tenants,
};

/// The statements that both engines share.
const SHARED: &[&[(&str, &str)]] = &[
    attempts::ALL,
    certificates::ALL,
    copies::ALL,
    database::ALL,
    downloads::ALL,
    drafts::ALL,
    findings::ALL,
    holds::ALL,
    drills::ALL,
    incidents::ALL,
    inventory::ALL,
    jobs::ALL,
    links::ALL,
    log::ALL,
    nonces::ALL,
    outbox::ALL,
    people::ALL,
    plans::ALL,
    queue::ALL,
    replays::ALL,
    replies::ALL,
    requests::ALL,
    sequencer::ALL,
    sessions::ALL,
    settings::ALL,
    tenants::ALL,
];

impl Database {
    /// Prepares every statement that this program may send, and tells how many there are. Fails with the name of the
    /// first that the database does not understand.
    pub async fn prepare_all(&self) -> Result<usize, StoreError> {
        let own = match &*self.engine {
            Engine::Sqlite(_) => sqlite::ALL,
            Engine::Postgres(_) => postgres::ALL,
        };
        let shared = SHARED.iter().chain(reading::ALL);
        let statements = shared.copied().flatten().chain(own);
        let mut count = 0;
        for (name, sql) in statements {
            let sql = SqlStr::from_static(sql);
            let prepared = match &*self.engine {
                Engine::Sqlite(engine) => engine.reader.prepare(sql).await.map(drop),
                Engine::Postgres(engine) => engine.pool.prepare(sql).await.map(drop),
            };
            prepared.map_err(|failure| StoreError::Refused(format!("{name}: {}", error::said(&failure))))?;
            count += 1;
        }
        Ok(count)
    }
}
