//! Erases rows of a PostgreSQL table, a range at a time: of its blocks where a large share of it goes, else of the key.
//!
//! A chunk is one transaction that deletes the selected rows of a range. Where a range of the key ends is found by a
//! statement before it, unless that was found while the chunk before was deleted. The deadline is kept by the server, by its
//! own clock: the deletion does not begin after it, is undone when it ends after it, and is rolled back when our process
//! stands still before it commits.

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

use super::ahead::{Ahead, End, Look, Range};
use super::blocks::{BlockRange, Blocks};
use super::catalog::{self, Column, Table};
use super::config;
use super::refusal::refusal;
use super::selected::{Extent, Statement};
use crate::sql;

/// Makes the eraser.
pub(super) fn make(
    system: &System,
    credential: &Secret,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Erase>, ConnectorError> {
    Ok(Arc::new(Eraser {
        pool: config::connections(system, credential, "lethe-erase")?,
        ahead: Ahead::new(config::at_most(1, credential, "lethe-erase-ahead")?),
        cascades: config::cascades(system)?,
        clock: Arc::clone(clock),
    }))
}

struct Eraser {
    pool: PgPool,
    ahead: Ahead,
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
        found: Option<End>,
    ) -> Result<Erased, EraseError> {
        let table = catalog::read(db, &target.locator).await.map_err(refusal)?;
        let table = table.ok_or_else(|| no_table(target))?;
        let key = table.key(&target.locator).map_err(EraseError::Refused)?;
        self.refuse_cascades(&table)?;
        if let Some((blocks, next)) = range_of_blocks(db, &table, target, chunk).await? {
            let extent = Extent::Blocks(blocks);
            return Ok(Erased {
                reported: self.delete(db, &table, target, extent, chunk).await?,
                next,
                method: "DELETE by ranges of the table's blocks".into(),
            });
        }
        let after = chunk
            .after
            .as_ref()
            .filter(|cursor| Blocks::of_cursor(cursor).is_none());
        let after = after.map(|cursor| key_of(cursor, key.len())).transpose()?;
        let until = match found {
            Some(end) => end,
            None => {
                let mut values = Statement::default();
                let query = values.end_of_range(&table, &key, target, after.as_deref(), chunk.limit)?;
                let row = values.query(query).fetch_optional(&mut *db).await;
                row.and_then(|row| end_in(row.as_ref(), key.len()))
                    .map_err(refusal)?
            }
        };
        if let Some(until) = &until {
            self.look_ahead(&table, &key, target, until, chunk)?;
        }
        let extent = Extent::Keys {
            key: &key,
            after: after.as_deref(),
            until: until.as_deref(),
        };
        Ok(Erased {
            reported: self.delete(db, &table, target, extent, chunk).await?,
            next: until.map(|key| Cursor(sql::cursor_of(&key))),
            method: "DELETE by ranges of the primary key".into(),
        })
    }

    /// Deletes the selected rows of a range, within the deadline of a chunk; how many the server says went.
    async fn delete(
        &self,
        db: &mut PgConnection,
        table: &Table,
        target: &Target,
        extent: Extent<'_>,
        chunk: &Chunk,
    ) -> Result<u64, EraseError> {
        // The server's clock is read before ours, so that its deadline is not later than ours.
        let server_now: i64 = sqlx::query_scalar(NOW)
            .fetch_one(&mut *db)
            .await
            .map_err(refusal)?;
        let left = self.left(chunk.deadline)?;
        let deadline = server_now.saturating_add(i64::try_from(left.as_micros()).unwrap_or(i64::MAX));
        let mut values = Statement::default();
        let delete = values.delete(table, target, extent, deadline)?;
        let done = values.query(delete).execute(&mut *db).await;
        let deleted = done.map_err(refusal)?.rows_affected();
        let in_time: bool = sqlx::query_scalar(IN_TIME)
            .bind(deadline)
            .fetch_one(&mut *db)
            .await
            .map_err(refusal)?;
        match in_time {
            true => Ok(deleted),
            false => Err(EraseError::TooLate),
        }
    }

    /// Lets the end of the next range be looked for while this one is deleted.
    fn look_ahead(
        &self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        until: &[String],
        chunk: &Chunk,
    ) -> Result<(), EraseError> {
        let mut values = Statement::default();
        let query = values.end_of_range(table, key, target, Some(until), chunk.limit)?;
        let look = Look {
            begin: begin("READ ONLY", self.left(chunk.deadline)?, PLANNED_EACH),
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
    async fn found_ahead(&self, target: &Target, chunk: &Chunk) -> Option<End> {
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
        let begin = begin("READ WRITE", self.left(chunk.deadline)?, catalog::PLANNED_ONCE);
        let mut tx = match self.pool.begin_with(AssertSqlSafe(begin)).await {
            Ok(tx) => tx,
            Err(error) => {
                if matches!(error, sqlx::Error::PoolTimedOut) {
                    // Where connections are scarce, none is kept from those who delete.
                    self.ahead.end().await;
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

/// The blocks of a chunk, and where to go on behind them; absent where it goes by the key. The first chunk decides, and so does
/// one that finds the table written anew: nothing that its cursor says still holds.
async fn range_of_blocks(
    db: &mut PgConnection,
    table: &Table,
    target: &Target,
    chunk: &Chunk,
) -> Result<Option<(BlockRange, Option<Cursor>)>, EraseError> {
    if let Some(cursor) = &chunk.after {
        let Some(blocks) = Blocks::of_cursor(cursor) else {
            return Ok(None);
        };
        if let Some(range) = blocks.next(table)? {
            return Ok(Some(range));
        }
    }
    match Blocks::of_table(db, table, target, chunk.limit).await? {
        Some(blocks) => blocks.next(table),
        None => Ok(None),
    }
}

/// Begins a transaction whose statements, and whose pauses, last no longer than so.
fn begin(access: &str, left: Duration, planned: &str) -> String {
    let left = left.as_millis().clamp(1, i32::MAX as u128);
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED {access}; SET LOCAL statement_timeout = {left}; \
         SET LOCAL idle_in_transaction_session_timeout = {left}; SET LOCAL row_security = off; \
         {planned}"
    )
}

/// Statements are planned for their values.
const PLANNED_EACH: &str = "SET LOCAL plan_cache_mode = force_custom_plan";

/// Microseconds of the server's clock.
const NOW: &str = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::int8";

/// Whether the deadline (microseconds of the server's clock) is still to come; from here the transaction may stand
/// still until then and no longer.
const IN_TIME: &str = "
    SELECT clock_timestamp() < deadline
           AND set_config('idle_in_transaction_session_timeout', GREATEST(1, LEAST(2147483647,
               CEIL(EXTRACT(EPOCH FROM deadline - clock_timestamp()) * 1000)))::int8::text, TRUE) IS NOT NULL
    FROM (SELECT timestamptz 'epoch' + $1::int8 * interval '1 microsecond' AS deadline) d";

/// The key in a row; absent where there is no row.
pub(super) fn end_in(row: Option<&PgRow>, columns: usize) -> Result<End, sqlx::Error> {
    let key = |row: &PgRow| (0..columns).map(|at| row.try_get(at)).collect();
    row.map(key).transpose()
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
