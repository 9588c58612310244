//! The database: opened by its address, cheap to clone.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::job::{Disposition, Leased, Queue};
use domain::port::store::{Sequencer, Store, StoreError, Tx};
use domain::time::Timestamp;

use crate::error::{self, OpenError};
use crate::sequencer::{LogSequencer, Place};
use crate::transaction::{Access, Connection, Transaction};
use crate::wake::Wake;
use crate::{postgres, sqlite};

/// Our own database.
#[derive(Debug, Clone)]
pub struct Database {
    pub(crate) engine: Arc<Engine>,
    pub(crate) wake: Arc<Wake>,
}

/// Which engine.
#[derive(Debug)]
pub(crate) enum Engine {
    Sqlite(sqlite::Engine),
    Postgres(postgres::Engine),
}

/// How long a worker sleeps before it looks for itself whether another process left work.
const POLL: Duration = Duration::from_millis(250);

/// Opens the database of an address (`sqlite:///path/of/file.db`, `postgres://..`) and brings its schema up to date.
/// A SQLite file that is missing is made; its folder must exist.
pub async fn open(url: &str) -> Result<Database, OpenError> {
    let wake = Arc::new(Wake::default());
    let engine = match url.split_once(':') {
        Some(("sqlite", _)) => Engine::Sqlite(sqlite::open(url, Arc::clone(&wake)).await?),
        Some(("postgres" | "postgresql", _)) => {
            Engine::Postgres(postgres::open(url, Arc::clone(&wake)).await?)
        }
        _ => return Err(OpenError::Scheme),
    };
    Ok(Database {
        engine: Arc::new(engine),
        wake,
    })
}

impl Database {
    /// The version of the schema: the number of the last migration.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        let mut connection = self.connection(Access::Read).await?;
        let rows = fetch!(&mut connection, (i64,), SCHEMA_VERSION).map_err(error::store)?;
        rows.first()
            .map(|row| row.0)
            .ok_or_else(|| StoreError::Refused("the schema has no version".into()))
    }

    /// Writes out what is in memory and closes every connection. Other clones of this database fail from here on.
    pub async fn close(&self) {
        match &*self.engine {
            Engine::Sqlite(engine) => engine.close().await,
            Engine::Postgres(engine) => engine.pool.close().await,
        }
    }

    /// An open transaction of the engine.
    pub(crate) async fn connection(&self, access: Access) -> Result<Connection<'static>, StoreError> {
        let begun = match (&*self.engine, access) {
            (Engine::Sqlite(engine), Access::Write) => engine
                .writer
                .begin_with(sqlite::BEGIN)
                .await
                .map(Connection::Sqlite),
            (Engine::Sqlite(engine), Access::Read) => engine.reader.begin().await.map(Connection::Sqlite),
            (Engine::Postgres(engine), Access::Write) => {
                engine.begin("BEGIN").await.map(Connection::Postgres)
            }
            (Engine::Postgres(engine), Access::Read) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
                engine.begin(begin).await.map(Connection::Postgres)
            }
        };
        begun.map_err(error::store)
    }

    async fn transaction(&self, access: Access) -> Result<Box<dyn Tx>, StoreError> {
        let connection = self.connection(access).await?;
        Ok(Box::new(Transaction::new(
            connection,
            access,
            Arc::clone(&self.wake),
        )))
    }
}

statements! {
    SCHEMA_VERSION = "SELECT MAX(version) FROM _sqlx_migrations";
}

#[async_trait]
impl Store for Database {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        self.transaction(Access::Write).await
    }

    async fn read(&self) -> Result<Box<dyn Tx>, StoreError> {
        self.transaction(Access::Read).await
    }

    async fn lease(
        &self,
        queues: &[Queue],
        limit: u32,
        now: Timestamp,
        lease_for: Duration,
    ) -> Result<Vec<Leased>, StoreError> {
        self.lease_jobs(queues, limit, now, now.after(lease_for)).await
    }

    async fn extend(&self, leased: &Leased, until: Timestamp) -> Result<(), StoreError> {
        self.extend_lease(leased, until).await
    }

    async fn finish(&self, leased: &Leased, disposition: &Disposition) -> Result<(), StoreError> {
        self.finish_job(leased, disposition).await
    }

    async fn wait_for_work(&self, longest: Duration) {
        // Whether the bell rang or the time is up, the worker looks.
        let _ = tokio::time::timeout(longest.min(POLL), self.wake.heard()).await;
    }

    async fn next_job_at(&self, queues: &[Queue]) -> Result<Option<Timestamp>, StoreError> {
        self.next_due(queues).await
    }

    async fn sequencer(&self) -> Result<Option<Box<dyn Sequencer>>, StoreError> {
        let place = match &*self.engine {
            Engine::Sqlite(engine) => engine.lock_sequencer()?.map(|lock| Place::Sqlite {
                database: self.clone(),
                _lock: lock,
            }),
            Engine::Postgres(engine) => engine.lock_sequencer().await?.map(Place::Postgres),
        };
        Ok(place.map(|place| Box::new(LogSequencer::new(place)) as Box<dyn Sequencer>))
    }
}
