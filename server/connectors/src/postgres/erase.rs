//! Erases rows of a PostgreSQL table, a range of the key at a time.
//!
//! A chunk is two statements in one transaction: one finds where the range ends, unless that was found while the chunk
//! before it was deleted; the other deletes the selected rows of the range. The deadline is kept by the server, by its own clock: the deletion does not begin after it, is
//! undone when it ends after it, and is rolled back when our process stands still before it commits.
//!
//! A large chunk of a table on which nothing else depends is deleted in halves, side by side, each in a transaction of
//! its own. Where one of them fails the chunk has failed, and is tried again over the whole range.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::erase::{Chunk, Cursor, Erase, EraseError, Erased};
use domain::secret::Secret;
use domain::selection::Target;
use domain::time::{Clock, Timestamp};
use sqlx::postgres::{PgPool, PgRow};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::ahead::{Ahead, End, Ends, Look, Range};
use super::beside::Beside;
use super::catalog::{self, Column, Table};
use super::config;
use super::selected::Statement;
use crate::sql;

/// Chunks of at least so many rows are deleted in halves. Chosen, not measured.
const LARGE: u32 = 50_000;

/// Makes the eraser.
pub(super) fn make(
    system: &System,
    credential: &Secret,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Erase>, ConnectorError> {
    Ok(Arc::new(Eraser {
        pool: config::connections(system, credential, "lethe-erase")?,
        ahead: Ahead::new(config::at_most(1, credential, "lethe-erase-ahead")?),
        beside: Beside::new(config::at_most(1, credential, "lethe-erase-beside")?),
        cascades: config::cascades(system)?,
        clock: Arc::clone(clock),
    }))
}

struct Eraser {
    pool: PgPool,
    ahead: Ahead,
    beside: Beside,
    cascades: Vec<String>,
    clock: Arc<dyn Clock>,
}

impl Eraser {
    fn left(&self, deadline: Timestamp) -> Result<Duration, EraseError> {
        let left = deadline.since(self.clock.now());
        if left.is_zero() {
            Err(EraseError::TooLate)
        } else {
            Ok(left)
        }
    }

    /// Refuses a deletion that would reach into tables nobody named.
    fn refuse_cascades(&self, table: &Table) -> Result<(), EraseError> {
        match table.cascades.iter().find(|name| !self.cascades.contains(name)) {
            None => Ok(()),
            Some(name) => Err(EraseError::Refused(format!(
                "a foreign key would change rows of {name} as well; name the table in config.cascades if that is meant"
            ))),
        }
    }
}

impl Eraser {
    /// Deletes one chunk; the caller commits or rolls back. `found`: where it ends, if that was looked for already.
    async fn chunk(
        &self,
        db: &mut PgConnection,
        target: &Target,
        chunk: &Chunk,
        found: Option<Ends>,
    ) -> Result<Erased, EraseError> {
        let table = catalog::read(db, &target.locator).await.map_err(refusal)?;
        let table = table.ok_or_else(|| no_table(target))?;
        let key = table.key(&target.locator).map_err(EraseError::Refused)?;
        self.refuse_cascades(&table)?;
        let after = match &chunk.after {
            None => None,
            Some(cursor) => Some(key_of(cursor, key.len())?),
        };
        let Ends { until, middle } = match found {
            Some(ends) => ends,
            None => {
                let mut values = Statement::default();
                let half = half(&table, chunk.limit);
                let query =
                    values.ends_of_range(&table, &key, target, after.as_deref(), chunk.limit, half)?;
                let row = values.query(query).fetch_one(&mut *db).await.map_err(refusal)?;
                ends_in(&row, key.len()).map_err(refusal)?
            }
        };
        if let Some(until) = &until {
            self.look_ahead(&table, &key, target, until, chunk)?;
        }

        // The server's clock is read before ours, so that its deadline is not later than ours.
        let server_now: i64 = sqlx::query_scalar(NOW)
            .fetch_one(&mut *db)
            .await
            .map_err(refusal)?;
        let left = self.left(chunk.deadline)?;
        let micros = i64::try_from(left.as_micros()).unwrap_or(i64::MAX);
        let deadline = server_now.saturating_add(micros);
        let deletion = |after: Option<&[String]>, until: Option<&[String]>| {
            Deletion::new(&table, &key, target, (after, until), deadline)
        };
        let (after, until) = (after.as_deref(), until.as_deref());
        let reported = match middle.as_deref() {
            None => deletion(after, until)?.run(db).await?,
            Some(middle) => {
                let first = deletion(after, Some(middle))?;
                let second = deletion(Some(middle), until)?;
                let begin = begin("READ WRITE", left);
                let (first, second) = tokio::join!(first.run(&mut *db), self.beside.delete(begin, second));
                first?
                    + match second? {
                        Some(reported) => reported,
                        None => deletion(Some(middle), until)?.run(db).await?,
                    }
            }
        };
        Ok(Erased {
            reported,
            next: until.map(|key| Cursor(sql::cursor_of(key))),
            method: "DELETE by ranges of the primary key".into(),
        })
    }

    /// Lets the ends of the next range be looked for while this one is deleted.
    fn look_ahead(
        &self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        until: &[String],
        chunk: &Chunk,
    ) -> Result<(), EraseError> {
        let mut values = Statement::default();
        let half = half(table, chunk.limit);
        let query = values.ends_of_range(table, key, target, Some(until), chunk.limit, half)?;
        let look = Look {
            begin: begin("READ ONLY", self.left(chunk.deadline)?),
            query,
            values,
            columns: key.len(),
        };
        let range = Range {
            target: target.clone(),
            after: until.to_vec(),
            limit: chunk.limit,
        };
        self.ahead.begin(range, look);
        Ok(())
    }

    /// Where the chunk ends, if that was looked for while the one before it was deleted.
    async fn found_ahead(&self, target: &Target, chunk: &Chunk) -> Option<Ends> {
        let columns = sql::key_columns(&target.locator).len();
        let range = Range {
            target: target.clone(),
            after: key_of(chunk.after.as_ref()?, columns).ok()?,
            limit: chunk.limit,
        };
        self.ahead.found(&range).await
    }
}

#[async_trait]
impl Erase for Eraser {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let found = self.found_ahead(target, chunk).await;
        // Read before the transaction begins: whatever stands still from here on, the server counts from later.
        let begin = begin("READ WRITE", self.left(chunk.deadline)?);
        let mut tx = match self.pool.begin_with(AssertSqlSafe(begin)).await {
            Ok(tx) => tx,
            Err(error) => {
                if matches!(error, sqlx::Error::PoolTimedOut) {
                    // Where connections are scarce, none is kept from those who delete.
                    self.ahead.end().await;
                    self.beside.end().await;
                }
                return Err(refusal(error));
            }
        };
        match self.chunk(&mut tx, target, chunk, found).await {
            Ok(erased) => {
                tx.commit().await.map_err(refusal)?;
                Ok(erased)
            }
            Err(error) => {
                // The server may have ended the session itself; what matters is the first error.
                let _ = tx.rollback().await;
                Err(error)
            }
        }
    }
}

/// The deletion of a range, as a statement.
pub(super) struct Deletion {
    sql: String,
    values: Statement,
    deadline: i64,
}

impl Deletion {
    /// The selected rows after a key, up to another. Deadline: microseconds of the server's clock.
    fn new(
        table: &Table,
        key: &[&Column],
        target: &Target,
        (after, until): (Option<&[String]>, Option<&[String]>),
        deadline: i64,
    ) -> Result<Self, EraseError> {
        let mut values = Statement::default();
        let sql = values.delete(table, key, target, after, until, deadline)?;
        Ok(Self {
            sql,
            values,
            deadline,
        })
    }

    /// Runs it in a transaction; how many rows went. Whoever began it commits.
    pub(super) async fn run(self, db: &mut PgConnection) -> Result<u64, EraseError> {
        let done = self.values.query(self.sql).execute(&mut *db).await;
        let deleted = done.map_err(refusal)?.rows_affected();
        let in_time: bool = sqlx::query_scalar(IN_TIME)
            .bind(self.deadline)
            .fetch_one(&mut *db)
            .await
            .map_err(refusal)?;
        match in_time {
            true => Ok(deleted),
            false => Err(EraseError::TooLate),
        }
    }
}

/// How many rows the first half of a chunk has, if it is deleted in halves. Where something else happens when rows go, two
/// transactions could wait for each other; a partition may have triggers of which its table knows nothing.
fn half(table: &Table, limit: u32) -> Option<u32> {
    (limit >= LARGE && !table.triggers && table.relkind == "r").then_some(limit / 2)
}

/// Begins a transaction whose statements, and whose pauses, last no longer than so.
fn begin(access: &str, left: Duration) -> String {
    let left = left.as_millis().clamp(1, i32::MAX as u128);
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED {access}; SET LOCAL statement_timeout = {left}; \
         SET LOCAL idle_in_transaction_session_timeout = {left}; SET LOCAL row_security = off; \
         SET LOCAL plan_cache_mode = force_custom_plan"
    )
}

/// Microseconds of the server's clock.
const NOW: &str = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::int8";

/// Whether the deadline (microseconds of the server's clock) is still to come; from here the transaction may stand
/// still until then and no longer.
const IN_TIME: &str = "
    SELECT clock_timestamp() < deadline
           AND set_config('idle_in_transaction_session_timeout', GREATEST(1, LEAST(2147483647,
               CEIL(EXTRACT(EPOCH FROM deadline - clock_timestamp()) * 1000)))::int8::text, TRUE) IS NOT NULL
    FROM (SELECT timestamptz 'epoch' + $1::int8 * interval '1 microsecond' AS deadline) d";

/// The keys in a row, the end before the middle; absent where they are NULL.
pub(super) fn ends_in(row: &PgRow, columns: usize) -> Result<Ends, sqlx::Error> {
    let key = |from: usize| {
        (from..from + columns)
            .map(|at| row.try_get(at))
            .collect::<Result<End, sqlx::Error>>()
    };
    Ok(Ends {
        until: key(0)?,
        middle: key(columns)?,
    })
}

/// The key that a cursor holds.
fn key_of(Cursor(text): &Cursor, columns: usize) -> Result<Vec<String>, EraseError> {
    let wrong = || EraseError::Refused("the cursor is not one of this dataset".into());
    sql::key_after(text, columns).ok_or_else(wrong)
}

fn no_table(target: &Target) -> EraseError {
    EraseError::Refused(format!(
        "there is no table {} that this role can see",
        config::quoted(&target.locator)
    ))
}

/// What an error of the server means, in words of our own: its message may quote values.
pub(super) fn refusal(error: sqlx::Error) -> EraseError {
    let code = match &error {
        sqlx::Error::Database(error) => error.code().unwrap_or_default().into_owned(),
        sqlx::Error::PoolTimedOut => {
            return EraseError::Transient("no connection to the server in time".into());
        }
        sqlx::Error::Io(error) => return EraseError::Transient(format!("connection: {}", error.kind())),
        sqlx::Error::Tls(_) => return EraseError::Refused("the server's certificate is not accepted".into()),
        _ => return EraseError::Transient("the connection broke".into()),
    };
    let (passing, words) = match code.as_str() {
        "28P01" | "28000" => (false, "the server refuses the role or its password"),
        "3D000" => (false, "there is no such database"),
        "42501" => (
            false,
            "the role lacks a right, or row-level security is in force for it",
        ),
        "42P01" | "42703" | "3F000" => (false, "a table or column is not there"),
        "25006" => (
            false,
            "the server is read-only; the credential must lead to the primary",
        ),
        "57014" => (
            true,
            "the server cut the deletion off at the deadline and undid it",
        ),
        "25P03" => (
            true,
            "the server ended a transaction that stood still and undid it",
        ),
        "23503" | "23001" => (true, "rows of another table still refer to rows of the chunk"),
        code if code.starts_with("22") => (false, "a value does not fit the type of its column"),
        code if ["08", "40", "53", "55", "57"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            (true, "the server is busy or going down")
        }
        _ => (false, "the server refuses the deletion"),
    };
    match passing {
        true => EraseError::Transient(format!("{words} (SQLSTATE {code})")),
        false => EraseError::Refused(format!("{words} (SQLSTATE {code})")),
    }
}
