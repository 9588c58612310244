//! What is done the PostgreSQL way: pool, advisory locks, LISTEN and NOTIFY.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use domain::digest::Digest;
use domain::port::store::StoreError;
use domain::scope::TenantScope;
use domain::subject::TenantKey;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool, PgPoolOptions};
use sqlx::{Connection as _, Postgres, Transaction};
use tokio::task::AbortHandle;

use crate::error::{self, OpenError};
use crate::wake::Wake;

/// The migrations.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How many connections a process has at most, the sequencer's not counted.
const CONNECTIONS: u32 = 16;
/// How long one waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection that rested for longer is tried before it is used.
const RESTED: Duration = Duration::from_secs(10);

/// Upper halves of the keys of advisory locks.
const HOLDS: i32 = 0x4C45_5401;
const SEQUENCER: i32 = 0x4C45_5403;

/// The channel on which workers of other processes are woken.
const CHANNEL: &str = "lethe_jobs";

statements! {
    LEASE = "
        WITH due AS MATERIALIZED (
            SELECT id
            FROM jobs
            WHERE queue = ANY($1)
                AND state <> 'parked'
                AND due_at <= $2
                AND NOT (state = 'ready' AND EXISTS (
                    SELECT 1 FROM jobs AS twin WHERE twin.digest = jobs.digest AND twin.state = 'leased'))
            ORDER BY due_at, serial
            LIMIT $3
            FOR UPDATE SKIP LOCKED)
        UPDATE jobs
        SET state = 'leased', due_at = $4, fence = fence + 1, attempts = attempts + 1
        FROM due
        WHERE jobs.id = due.id
        RETURNING serial, jobs.id AS id, CAST(document AS TEXT) AS document, fence, attempts, due_at";
    NEXT_JOB = "
        SELECT MIN(due_at)
        FROM jobs
        WHERE queue = ANY($1)
            AND state <> 'parked'
            AND NOT (state = 'ready' AND EXISTS (
                SELECT 1 FROM jobs AS twin WHERE twin.digest = jobs.digest AND twin.state = 'leased'))";
    HOLDS_LEASE = "
        SELECT id
        FROM jobs
        WHERE id = $1 AND fence = $2 AND state = 'leased' AND due_at > $3
        FOR UPDATE";
    APPEND = "
        WITH given AS (
            SELECT *
            FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[]), CAST($3 AS text[]), CAST($4 AS text[]),
                CAST($5 AS timestamptz[]), CAST($6 AS bytea[]), CAST($7 AS text[]))
                WITH ORDINALITY AS given (id, object, kind, actor, at, bytes, details, place)),
        entry AS (
            INSERT INTO log_entries (id, object, kind, actor, at, bytes)
            SELECT id, object, kind, actor, at, bytes
            FROM given
            ORDER BY place
            RETURNING serial, id),
        details AS (
            INSERT INTO log_details (entry, document)
            SELECT entry.serial, CAST(given.details AS jsonb)
            FROM entry
            JOIN given ON given.id = entry.id
            WHERE given.details IS NOT NULL)
        INSERT INTO log_pending (entry)
        SELECT serial
        FROM entry";
    SEQUENCE = "
        INSERT INTO log_leaves (position, entry)
        SELECT $1 + waiting.place - 1, entry.serial
        FROM unnest(CAST($2 AS uuid[])) WITH ORDINALITY AS waiting (id, place)
        JOIN log_entries AS entry ON entry.id = waiting.id";
    GO_ON_COUNTING = "
        SELECT setval(pg_get_serial_sequence('log_entries', 'serial'), MAX(serial))
        FROM log_entries";
    LOCK = "SELECT pg_advisory_xact_lock($1)";
    LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared($1)";
    LOCK_SEQUENCER = "SELECT pg_try_advisory_lock($1)";
    NOTIFY = "SELECT pg_notify($1, '')";
    ANALYZE = "ANALYZE";
    WRITABLE = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'";
}

/// A server.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) pool: PgPool,
    listener: AbortHandle,
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Connects to a database, and brings its schema up to date.
pub(crate) async fn open(url: &str, wake: Arc<Wake>) -> Result<Engine, OpenError> {
    let options = PgConnectOptions::from_str(url).map_err(|error| OpenError::Address(error.to_string()))?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                match meta.idle_for > RESTED {
                    true => Ok(connection.ping().await.is_ok()),
                    false => Ok(true),
                }
            })
        })
        // Statements of some rows, each planned in no time: compiling them costs more than running them. Notices of the server
        // ("already exists, skipping") tell an operator nothing.
        .connect_with(
            options
                .application_name("lethe")
                .options([("jit", "off"), ("client_min_messages", "warning")]),
        )
        .await
        .map_err(|error| OpenError::Cannot(error::said(&error)))?;
    refuse_read_only(&pool).await?;
    MIGRATIONS
        .run(&pool)
        .await
        .map_err(|error| OpenError::migrating(error, newest()))?;
    let listener = tokio::spawn(listen(pool.clone(), wake)).abort_handle();
    Ok(Engine { pool, listener })
}

/// A hold that a standby has not heard of yet would be no hold: nothing starts on a server that takes no writes.
async fn refuse_read_only(pool: &PgPool) -> Result<(), OpenError> {
    let seen: Result<(bool, bool), _> = sqlx::query_as(WRITABLE).fetch_one(pool).await;
    match seen.map_err(|error| OpenError::Cannot(error::said(&error)))? {
        (true, _) => Err(OpenError::Standby),
        (false, true) => Err(OpenError::ReadOnly),
        (false, false) => Ok(()),
    }
}

/// The newest schema version that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// Rings when another process says that there is work. Where listening fails, workers still look from time to time.
async fn listen(pool: PgPool, wake: Arc<Wake>) {
    loop {
        if let Err(error) = listen_once(&pool, &wake).await {
            tracing::debug!(
                error = error::said(&error),
                "listening for jobs failed; listening again"
            );
        }
        tokio::time::sleep(RESTED).await;
    }
}

async fn listen_once(pool: &PgPool, wake: &Wake) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        listener.recv().await?;
        wake.ring();
    }
}

/// Tells other processes, at commit, that there is work.
pub(crate) async fn notify(tx: &mut Transaction<'static, Postgres>) -> Result<(), sqlx::Error> {
    sqlx::query(NOTIFY)
        .bind(CHANNEL)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Shares the global hold lock, then the tenant's: each in its own statement, so that the statement after them sees
/// what the holders before us committed.
pub(crate) async fn fence_authorisation(
    tx: &mut Transaction<'static, Postgres>,
    tenant: &TenantKey,
) -> Result<(), sqlx::Error> {
    lock(tx, LOCK_SHARED, everybody()).await?;
    lock(tx, LOCK_SHARED, of_tenant(tenant)).await
}

/// For one tenant: shares the global hold lock, then takes the tenant's. For any: takes the global one.
pub(crate) async fn fence_placement(
    tx: &mut Transaction<'static, Postgres>,
    tenant: &TenantScope,
) -> Result<(), sqlx::Error> {
    match tenant {
        TenantScope::Any => lock(tx, LOCK, everybody()).await,
        TenantScope::One(tenant) => {
            lock(tx, LOCK_SHARED, everybody()).await?;
            lock(tx, LOCK, of_tenant(tenant)).await
        }
    }
}

async fn lock(
    tx: &mut Transaction<'static, Postgres>,
    sql: &'static str,
    key: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(sql).bind(key).execute(&mut **tx).await.map(drop)
}

const fn everybody() -> i64 {
    (HOLDS as i64) << 32
}

/// The lock of a tenant. Two tenants with the same number wait for each other without need; nothing worse.
fn of_tenant(tenant: &TenantKey) -> i64 {
    let digest = Digest::of_parts(&[b"tenant hold lock", tenant.as_str().as_bytes()]);
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk()
        .expect("a digest has 32 bytes");
    i64::from_be_bytes(*first)
}

impl Engine {
    /// Opens a transaction, in a task of its own that nobody's going away ends: sqlx 0.9 loses sight of a `BEGIN` whose caller
    /// is gone before the answer comes (its issue 4393), and whoever gets the connection next would be in that transaction,
    /// which may be one that only reads.
    pub(crate) async fn begin(
        &self,
        sql: &'static str,
    ) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with(sql).await });
        begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// Looks at the tables after many rows came at once, so that statements are planned for them.
    pub(crate) async fn analyze(&self) -> Result<(), StoreError> {
        sqlx::query(ANALYZE)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(error::store)
    }

    /// A connection of its own that holds the lock of the one sequencer for as long as it lives, if nobody else does.
    pub(crate) async fn lock_sequencer(&self) -> Result<Option<PgConnection>, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(error::store)?;
        let key = i64::from(SEQUENCER) << 32;
        let locked = sqlx::query_scalar(LOCK_SEQUENCER)
            .bind(key)
            .fetch_one(&mut *connection)
            .await;
        let locked: bool = locked.map_err(error::store)?;
        Ok(locked.then(|| connection.detach()))
    }
}
