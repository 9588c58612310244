//! Erases rows of a PostgreSQL table, a range of the key at a time.
//!
//! A chunk is two statements in one transaction: one finds where the range ends, the other deletes the selected rows
//! of the range. The deadline is kept by the server, by its own clock: the deletion does not begin after it, is
//! undone when it ends after it, and is rolled back when our process stands still before it commits.

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

use super::catalog::{self, Table};
use super::config;
use super::selected::Statement;
use crate::sql;

/// Makes the eraser.
pub(super) fn make(
    system: &System,
    credential: &Secret,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Erase>, ConnectorError> {
    Ok(Arc::new(Eraser {
        pool: config::connections(system, credential, "lethe-erase")?,
        cascades: config::cascades(system)?,
        clock: Arc::clone(clock),
    }))
}

struct Eraser {
    pool: PgPool,
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
    /// Deletes one chunk; the caller commits or rolls back.
    async fn chunk(
        &self,
        db: &mut PgConnection,
        target: &Target,
        chunk: &Chunk,
    ) -> Result<Erased, EraseError> {
        let table = catalog::read(db, &target.locator).await.map_err(refusal)?;
        let table = table.ok_or_else(|| no_table(target))?;
        let key = table.key(&target.locator).map_err(EraseError::Refused)?;
        self.refuse_cascades(&table)?;
        let after = match &chunk.after {
            None => None,
            Some(Cursor(text)) => Some(sql::key_after(text, key.len()).ok_or_else(wrong_cursor)?),
        };

        let mut first = Statement::default();
        let end = first.end_of_range(&table, &key, target, after.as_deref(), chunk.limit)?;
        let row = first.query(end).fetch_one(&mut *db).await.map_err(refusal)?;
        let server_now: i64 = row.try_get(0).map_err(refusal)?;
        let until = key_in(&row, key.len()).map_err(refusal)?;

        // The server's clock was read before ours, so that its deadline is not later than ours.
        let left = i64::try_from(self.left(chunk.deadline)?.as_micros()).unwrap_or(i64::MAX);
        let deadline = server_now.saturating_add(left);
        let mut second = Statement::default();
        let delete = second.delete(&table, &key, target, after.as_deref(), until.as_deref(), deadline)?;
        let reported = second
            .query(delete)
            .execute(&mut *db)
            .await
            .map_err(refusal)?
            .rows_affected();
        let in_time: bool = sqlx::query_scalar(IN_TIME)
            .bind(deadline)
            .fetch_one(&mut *db)
            .await
            .map_err(refusal)?;
        if !in_time {
            return Err(EraseError::TooLate);
        }
        Ok(Erased {
            reported,
            next: until.map(|key| Cursor(sql::cursor_of(&key))),
            method: "DELETE by ranges of the primary key".into(),
        })
    }
}

#[async_trait]
impl Erase for Eraser {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        // Read before the transaction begins: whatever stands still from here on, the server counts from later.
        let left = self.left(chunk.deadline)?.as_millis().clamp(1, i32::MAX as u128);
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = {left}; \
             SET LOCAL idle_in_transaction_session_timeout = {left}; SET LOCAL row_security = off; \
             SET LOCAL plan_cache_mode = force_custom_plan"
        );
        let mut tx = self
            .pool
            .begin_with(AssertSqlSafe(begin))
            .await
            .map_err(refusal)?;
        match self.chunk(&mut tx, target, chunk).await {
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

/// Whether the deadline (microseconds of the server's clock) is still to come; from here the transaction may stand
/// still until then and no longer.
const IN_TIME: &str = "
    SELECT clock_timestamp() < deadline
           AND set_config('idle_in_transaction_session_timeout', GREATEST(1, LEAST(2147483647,
               CEIL(EXTRACT(EPOCH FROM deadline - clock_timestamp()) * 1000)))::int8::text, TRUE) IS NOT NULL
    FROM (SELECT timestamptz 'epoch' + $1::int8 * interval '1 microsecond' AS deadline) d";

/// The key in a row after its first column; absent where it is NULL.
fn key_in(row: &PgRow, columns: usize) -> Result<Option<Vec<String>>, sqlx::Error> {
    (1..=columns)
        .map(|at| row.try_get::<Option<String>, _>(at))
        .collect()
}

fn no_table(target: &Target) -> EraseError {
    EraseError::Refused(format!(
        "there is no table {} that this role can see",
        config::quoted(&target.locator)
    ))
}

fn wrong_cursor() -> EraseError {
    EraseError::Refused("the cursor is not one of this dataset".into())
}

/// What an error of the server means, in words of our own: its message may quote values.
fn refusal(error: sqlx::Error) -> EraseError {
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
            "the server cut the deletion off at the deadline; nothing of the chunk was deleted",
        ),
        "25P03" => (
            true,
            "the server ended a transaction that stood still; nothing of the chunk was deleted",
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
