//! What is done the SQLite way: pools, pragmas, locks beside the file.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use domain::port::store::StoreError;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::error::OpenError;
use crate::row;
use crate::wake::Wake;
use crate::watch::Watch;

/// The migrations.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// How long a writer waits for writers of other processes.
const BUSY: Duration = Duration::from_secs(30);
/// How many may read at the same time.
const READERS: u32 = 8;

statements! {
    LEASE = "
        UPDATE jobs
        SET state = 'leased', due_at = $4, fence = fence + 1, attempts = attempts + 1
        WHERE id IN (
            SELECT id
            FROM jobs
            WHERE queue IN (SELECT value FROM json_each($1))
                AND state <> 'parked'
                AND due_at <= $2
                AND NOT (state = 'ready' AND EXISTS (
                    SELECT 1 FROM jobs AS twin WHERE twin.digest = jobs.digest AND twin.state = 'leased'))
            ORDER BY due_at, serial
            LIMIT $3)
        RETURNING serial, id, CAST(document AS TEXT) AS document, fence, attempts, due_at";
    NEXT_JOB = "
        SELECT MIN(due_at)
        FROM jobs
        WHERE queue IN (SELECT value FROM json_each($1))
            AND state <> 'parked'
            AND NOT (state = 'ready' AND EXISTS (
                SELECT 1 FROM jobs AS twin WHERE twin.digest = jobs.digest AND twin.state = 'leased'))";
    DATA_VERSION = "PRAGMA data_version";
    HOLDS_LEASE = "
        SELECT id
        FROM jobs
        WHERE id = $1 AND fence = $2 AND state = 'leased' AND due_at > $3";
    SEQUENCE = "
        INSERT INTO log_leaves (position, entry)
        SELECT $1 + waiting.key, entry.serial
        FROM json_each($2) AS waiting
        JOIN log_entries AS entry ON entry.id = unhex(waiting.value)";
}

/// Begins a change that outlasts a loss of power from its commit on, whatever was written with [`FORGETTABLE`] before it.
pub(crate) const BEGIN: &str = "PRAGMA synchronous = FULL; BEGIN IMMEDIATE";
/// Before one statement by itself that a loss of power may undo, as long as nothing that was committed after it is kept: whatever
/// commits durably makes it durable as well. So it is with leases. One that is forgotten had led to nothing that is remembered,
/// and a job that seems unfinished is run again, which changes nothing.
pub(crate) const FORGETTABLE: &str = "PRAGMA synchronous = NORMAL; ";

/// Appends so many entries in one call, in the order in which they are given: id, object, kind, actor, moment, bytes, details.
pub(crate) fn append(entries: usize) -> String {
    const WIDTH: usize = 7;
    let each = |columns: &[usize]| -> String {
        let rows = (0..entries).map(|row| {
            let places = columns.iter().map(|column| format!("${}", row * WIDTH + column));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        });
        rows.collect::<Vec<_>>().join(", ")
    };
    format!(
        "INSERT INTO log_entries (id, object, kind, actor, at, bytes)
        VALUES {};
        INSERT INTO log_details (entry, document)
        SELECT entry.serial, given.column2
        FROM (VALUES {}) AS given
        CROSS JOIN log_entries AS entry
        WHERE entry.id = given.column1 AND given.column2 IS NOT NULL;
        INSERT INTO log_pending (entry)
        SELECT entry.serial
        FROM (VALUES {}) AS given
        CROSS JOIN log_entries AS entry
        WHERE entry.id = given.column1",
        each(&[1, 2, 3, 4, 5, 6]),
        each(&[1, 7]),
        each(&[1]),
    )
}

/// An opened file.
#[derive(Debug)]
pub(crate) struct Engine {
    /// One connection: the only writer of this process.
    pub(crate) writer: SqlitePool,
    /// The readers.
    pub(crate) reader: SqlitePool,
    path: PathBuf,
    /// Rings when another process has committed something. A file that is copied needs none.
    watch: Option<Watch>,
}

/// Opens or makes the file of an address, and brings its schema up to date.
pub(crate) async fn open(url: &str, wake: Arc<Wake>) -> Result<Engine, OpenError> {
    let options =
        SqliteConnectOptions::from_str(url).map_err(|error| OpenError::Address(error.to_string()))?;
    match url.contains(":memory:") || url.contains("mode=memory") {
        true => Err(OpenError::Address(
            "what is kept in memory is lost with its process".into(),
        )),
        false => {
            let mut engine = open_file(options.get_filename()).await?;
            let path = engine.path.display().to_string();
            let watch = Watch::of(&engine.path, wake).await;
            let cannot = |error| OpenError::Cannot(format!("{path}: {}", crate::error::said(&error)));
            engine.watch = Some(watch.map_err(cannot)?);
            Ok(engine)
        }
    }
}

/// Opens or makes a file, and brings its schema up to date.
pub(crate) async fn open_file(path: &Path) -> Result<Engine, OpenError> {
    private_file(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .pragma("secure_delete", "ON")
        // Without it, REPLACE would delete rows without asking the triggers.
        .pragma("recursive_triggers", "ON")
        // Rows that a reader may be ahead by: recomputing the log reads all there are.
        .row_buffer_size(1_000);
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(BUSY)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let cannot =
        |error: sqlx::Error| OpenError::Cannot(format!("{}: {}", path.display(), crate::error::said(&error)));

    let _one_at_a_time = lock_for_migration(path).await?;
    let writer = pool()
        .max_connections(1)
        .connect_with(options.clone())
        .await
        .map_err(cannot)?;
    MIGRATIONS
        .run(&writer)
        .await
        .map_err(|error| OpenError::migrating(error, newest()))?;
    let reading = options.pragma("query_only", "ON");
    let reader = pool()
        .max_connections(READERS)
        .connect_with(reading)
        .await
        .map_err(cannot)?;
    Ok(Engine {
        writer,
        reader,
        path: path.to_owned(),
        watch: None,
    })
}

/// The newest schema version that this program knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// Makes the file, if it is missing, so that nobody but the owner reads it; SQLite gives its companions the same mode.
fn private_file(path: &Path) -> Result<(), OpenError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|error| OpenError::Cannot(format!("{}: {error}", path.display())))
}

/// The file beside the database whose lock is meant.
fn beside(path: &Path, extension: &str) -> std::io::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(extension);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(name)
}

/// The extension of the file whose lock is that of migrating.
pub(crate) const MIGRATION_LOCK: &str = ".lock";

/// Waits until no other process migrates; until the file is dropped, none does.
async fn lock_for_migration(path: &Path) -> Result<File, OpenError> {
    let path = path.to_owned();
    let locked = tokio::task::spawn_blocking(move || {
        let file = beside(&path, MIGRATION_LOCK)?;
        file.lock()?;
        Ok::<_, std::io::Error>(file)
    });
    match locked.await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) => Err(OpenError::Cannot(format!("the lock beside the file: {error}"))),
        Err(_) => Err(OpenError::Cannot("the lock beside the file".into())),
    }
}

impl Engine {
    /// Closes every connection.
    pub(crate) async fn close(&self) {
        if let Some(watch) = &self.watch {
            watch.close().await;
        }
        self.reader.close().await;
        self.writer.close().await;
    }

    /// The lock of the one sequencer, if nobody holds it. Given back when the file is dropped, or its process ends.
    pub(crate) fn lock_sequencer(&self) -> Result<Option<File>, StoreError> {
        let unavailable = |error| StoreError::Unavailable(format!("the sequencer's lock: {error}"));
        let file = beside(&self.path, ".sequencer").map_err(unavailable)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(unavailable(error)),
        }
    }
}

/// A list of words as JSON, for `json_each`.
pub(crate) fn words(
    words: &[&str],
) -> Result<sqlx::types::Json<Box<serde_json::value::RawValue>>, StoreError> {
    row::document(&words)
}

/// A list of ids as JSON, for `json_each` and `unhex`.
pub(crate) fn ids(
    ids: impl Iterator<Item = uuid::Uuid>,
) -> Result<sqlx::types::Json<Box<serde_json::value::RawValue>>, StoreError> {
    let hex: Vec<String> = ids.map(|id| id.simple().to_string()).collect();
    row::document(&hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_is_durable_and_forgets_what_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open_file(&folder.path().join("lethe.db")).await.unwrap();
        for (pool, query_only) in [(&engine.writer, 0), (&engine.reader, 1)] {
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
                .fetch_one(pool)
                .await
                .unwrap();
            assert_eq!(mode, "wal");
            for (pragma, value) in [
                ("PRAGMA synchronous", 2),
                ("PRAGMA foreign_keys", 1),
                ("PRAGMA secure_delete", 1),
                ("PRAGMA recursive_triggers", 1),
                ("PRAGMA busy_timeout", 30_000),
                ("PRAGMA query_only", query_only),
            ] {
                let stored: i64 = sqlx::query_scalar(pragma).fetch_one(pool).await.unwrap();
                assert_eq!(stored, value, "{pragma}");
            }
        }
    }
}
