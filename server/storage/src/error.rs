//! What can go wrong, without values of rows: a message may end up in a log.

use domain::port::store::StoreError;
use sqlx::migrate::MigrateError;

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither engine.
    #[error("a database is named sqlite:///path/of/file.db or postgres://user:password@host/database")]
    Scheme,
    /// The address cannot be read.
    #[error("the address of the database cannot be read: {0}")]
    Address(String),
    /// The file or server does not let us in.
    #[error("the database cannot be opened: {0}")]
    Cannot(String),
    /// A standby: it follows another server, and takes no writes.
    #[error(
        "the PostgreSQL server is a standby (it is in recovery), which takes no writes and may lag behind: name the \
         primary server"
    )]
    Standby,
    /// The server takes no writes of this role, address or database.
    #[error(
        "PostgreSQL opens every transaction of this address read-only (default_transaction_read_only is on): name one \
         that may write"
    )]
    ReadOnly,
    /// A later release wrote it.
    #[error(
        "the database has schema version {database}, this program knows {binary} at most: use the newer release"
    )]
    Newer {
        /// Its schema version.
        database: i64,
        /// The newest that this program knows.
        binary: i64,
    },
    /// Something else than our migrations made the schema.
    #[error("the schema of the database is not ours: migration {0} was applied in another form")]
    Altered(i64),
    /// A migration failed; it was rolled back.
    #[error("the schema could not be brought up to date: {0}")]
    Migration(String),
}

impl OpenError {
    pub(crate) fn migrating(error: MigrateError, binary: i64) -> Self {
        match error {
            MigrateError::VersionMissing(database) if database > binary => Self::Newer { database, binary },
            MigrateError::VersionMissing(version)
            | MigrateError::VersionMismatch(version)
            | MigrateError::Dirty(version) => Self::Altered(version),
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                Self::Migration(said(&error))
            }
            other => Self::Migration(other.to_string()),
        }
    }
}

/// The words of a database's error that hold no values.
pub(crate) fn said(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        None => error.to_string(),
        // PostgreSQL repeats values in its messages: its code and the names of ours say enough.
        Some(database) => match database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
            None => database.message().to_owned(),
            Some(postgres) if postgres.code() == RAISED => postgres.message().to_owned(),
            Some(postgres) => {
                let names = [postgres.table(), postgres.column(), postgres.constraint()];
                let names: Vec<&str> = names.into_iter().flatten().collect();
                format!("error {} {}", postgres.code(), names.join(" "))
                    .trim_end()
                    .to_owned()
            }
        },
    }
}

/// `RAISE EXCEPTION` of a trigger: the words are ours.
const RAISED: &str = "P0001";

/// The store's error of a driver's error.
pub(crate) fn store(error: sqlx::Error) -> StoreError {
    let words = said(&error);
    match &error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => StoreError::Unavailable(words),
        sqlx::Error::Database(database) if database.is_unique_violation() => StoreError::Exists(words),
        sqlx::Error::Database(database) if database.code().is_some_and(|code| passes(&code)) => {
            StoreError::Unavailable(words)
        }
        sqlx::Error::ColumnDecode { index, .. } => {
            StoreError::Refused(format!("column {index} cannot be decoded"))
        }
        _ => StoreError::Refused(words),
    }
}

/// Whether an error of this code may be gone the next time.
///
/// SQLite: busy (5), locked (6), I/O (10), full (13) in the low byte of the extended code. PostgreSQL: connection
/// (08), serialisation and deadlock (40), resources (53), lock not available (55P03), operator intervention (57P).
fn passes(code: &str) -> bool {
    match code.parse::<u32>() {
        Ok(sqlite) if code.len() < 5 => matches!(sqlite & 0xFF, 5 | 6 | 10 | 13),
        _ => {
            let classes = ["08", "40", "53", "55P03", "57P"];
            classes.iter().any(|class| code.starts_with(class))
        }
    }
}

/// A number of ours that does not fit a column.
pub(crate) fn too_large(what: &str) -> StoreError {
    StoreError::Refused(format!("{what} is too large to be stored"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_faults_of_both_engines_are_known() {
        for code in [
            "5", "517", "6", "266", "13", "08006", "40001", "40P01", "53300", "55P03", "57P01",
        ] {
            assert!(passes(code), "{code}");
        }
        for code in ["1", "19", "2067", "23505", "42601", "25006"] {
            assert!(!passes(code), "{code}");
        }
    }
}
