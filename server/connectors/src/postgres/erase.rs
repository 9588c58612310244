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
use domain::selection::{Criterion, Exclusion, Selection, Target};
use domain::subject::Normalisation;
use domain::time::{Clock, Timestamp};
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Row};

use super::catalog::{self, Column, Table};
use super::config;
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

/// A piece of SQL with what is bound to it.
#[derive(Default)]
struct Statement {
    bound: Vec<Bound>,
}

enum Bound {
    Text(String),
    Texts(Vec<String>),
}

impl Statement {
    /// The placeholder of a text of some type.
    fn text(&mut self, text: impl Into<String>, kind: &str) -> String {
        self.bound.push(Bound::Text(text.into()));
        format!("${}::text::{kind}", self.bound.len())
    }

    /// The placeholder of a list of texts of some type.
    fn texts(&mut self, texts: &[String], kind: &str) -> String {
        self.bound.push(Bound::Texts(texts.to_vec()));
        format!("${}::text[]::{kind}[]", self.bound.len())
    }

    fn query(self, sql: String) -> Query<'static, Postgres, PgArguments> {
        self.bound.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, bound| match bound {
            Bound::Text(text) => query.bind(text),
            Bound::Texts(texts) => query.bind(texts),
        })
    }

    /// Rows of which a column is one of the values.
    fn criterion(&mut self, table: &Table, criterion: &Criterion) -> Result<String, EraseError> {
        let column = table.column(&criterion.field).map_err(EraseError::Refused)?;
        let name = sql::quote(&column.name);
        Ok(match criterion.normalise {
            Normalisation::Lower => {
                let values = self.texts(&criterion.any_of, "text");
                let blank = "E' \\t\\n\\r\\f\\x0b'";
                format!("LOWER(BTRIM({name}::text, {blank}){}) = ANY ({values})", table.lower_collation)
            }
            Normalisation::Exact | Normalisation::Digits => {
                let values = self.texts(&criterion.any_of, &column.kind);
                format!("{name} = ANY ({values})")
            }
        })
    }

    fn any(&mut self, table: &Table, criteria: &[Criterion]) -> Result<String, EraseError> {
        let parts = criteria.iter().map(|criterion| self.criterion(table, criterion)).collect::<Result<Vec<_>, _>>()?;
        Ok(match parts.is_empty() {
            true => "FALSE".into(),
            false => parts.join(" OR "),
        })
    }

    /// Rows that must stay; a row without a date stays.
    fn exclusion(&mut self, table: &Table, exclusion: &Exclusion) -> Result<String, EraseError> {
        let (field, from, until) = match exclusion {
            Exclusion::AnyOf(criteria) => return self.any(table, criteria),
            Exclusion::Created { field, from, until } => (field, from, until),
        };
        let column = table.column(field).map_err(EraseError::Refused)?;
        let name = sql::quote(&column.name);
        let moment = match column.kind.as_str() {
            "date" | "timestamp without time zone" => "::timestamp",
            "timestamp with time zone" => "::timestamp AT TIME ZONE 'UTC'",
            other => return Err(EraseError::Refused(format!("column {field:?} is {other}, not a date"))),
        };
        let mut within = vec![format!("{name} IS NOT NULL")];
        if let Some(from) = from {
            let from = self.text(from.to_string(), "date");
            within.push(format!("{name} >= ({from}){moment}"));
        }
        if let Some(until) = until {
            let until = self.text(until.to_string(), "date");
            within.push(format!("{name} < ({until} + 1){moment}"));
        }
        Ok(format!("{name} IS NULL OR ({})", within.join(" AND ")))
    }

    /// Rows to erase, and no others.
    fn selection(&mut self, table: &Table, selection: &Selection) -> Result<String, EraseError> {
        let mut parts = vec![self.criterion(table, &selection.tenant)?];
        if !selection.subject.is_empty() {
            parts.push(format!("({})", self.any(table, &selection.subject)?));
        }
        for exclusion in &selection.except {
            parts.push(format!("({}) IS NOT TRUE", self.exclusion(table, exclusion)?));
        }
        Ok(parts.join(" AND "))
    }

    /// A comparison of the key with a key given as texts.
    fn key(&mut self, key: &[&Column], compare: &str, with: &[String]) -> String {
        let names: Vec<String> = key.iter().map(|column| sql::quote(&column.name)).collect();
        let values: Vec<String> = key.iter().zip(with).map(|(column, text)| self.text(text, &column.kind)).collect();
        format!("({}) {compare} ({})", names.join(", "), values.join(", "))
    }
}

impl Eraser {
    fn left(&self, deadline: Timestamp) -> Result<Duration, EraseError> {
        let left = deadline.since(self.clock.now());
        if left.is_zero() { Err(EraseError::TooLate) } else { Ok(left) }
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
    async fn chunk(&self, db: &mut PgConnection, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
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
        let reported = second.query(delete).execute(&mut *db).await.map_err(refusal)?.rows_affected();
        let in_time: bool = sqlx::query_scalar(IN_TIME).bind(deadline).fetch_one(&mut *db).await.map_err(refusal)?;
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
        let mut tx = self.pool.begin_with(AssertSqlSafe(begin)).await.map_err(refusal)?;
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

impl Statement {
    /// Finds the key of the last row of the chunk, absent where the rest is no more than a chunk, and the server's time.
    fn end_of_range(
        &mut self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        after: Option<&[String]>,
        limit: u32,
    ) -> Result<String, EraseError> {
        let mut rows = self.selection(table, &target.selection)?;
        if let Some(after) = after {
            rows = format!("{rows} AND {}", self.key(key, ">", after));
        }
        let names: Vec<String> = key.iter().map(|column| sql::quote(&column.name)).collect();
        let texts: Vec<String> =
            names.iter().enumerate().map(|(at, name)| format!("{name}::text AS k{at}")).collect();
        Ok(format!(
            "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::int8, last.* \
             FROM (SELECT 1) one LEFT JOIN (\
             SELECT {} FROM {} WHERE {rows} ORDER BY {} OFFSET {} LIMIT 1) last ON TRUE",
            texts.join(", "),
            table.quoted,
            names.join(", "),
            limit.max(1) - 1,
        ))
    }

    /// Deletes the selected rows of a range, none when it starts after the deadline.
    fn delete(
        &mut self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        after: Option<&[String]>,
        until: Option<&[String]>,
        deadline: i64,
    ) -> Result<String, EraseError> {
        let mut rows = self.selection(table, &target.selection)?;
        if let Some(after) = after {
            rows = format!("{rows} AND {}", self.key(key, ">", after));
        }
        if let Some(until) = until {
            rows = format!("{rows} AND {}", self.key(key, "<=", until));
        }
        let in_time = format!("statement_timestamp() < timestamptz 'epoch' + {deadline} * interval '1 microsecond'");
        Ok(format!("DELETE FROM {} WHERE {rows} AND {in_time}", table.quoted))
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
    (1..=columns).map(|at| row.try_get::<Option<String>, _>(at)).collect()
}

fn no_table(target: &Target) -> EraseError {
    EraseError::Refused(format!("there is no table {} that this role can see", config::quoted(&target.locator)))
}

fn wrong_cursor() -> EraseError {
    EraseError::Refused("the cursor is not one of this dataset".into())
}

/// What an error of the server means, in words of our own: its message may quote values.
fn refusal(error: sqlx::Error) -> EraseError {
    let code = match &error {
        sqlx::Error::Database(error) => error.code().unwrap_or_default().into_owned(),
        sqlx::Error::PoolTimedOut => return EraseError::Transient("no connection to the server in time".into()),
        sqlx::Error::Io(error) => return EraseError::Transient(format!("connection: {}", error.kind())),
        sqlx::Error::Tls(_) => return EraseError::Refused("the server's certificate is not accepted".into()),
        _ => return EraseError::Transient("the connection broke".into()),
    };
    let (passing, words) = match code.as_str() {
        "28P01" | "28000" => (false, "the server refuses the role or its password"),
        "3D000" => (false, "there is no such database"),
        "42501" => (false, "the role lacks a right, or row-level security is in force for it"),
        "42P01" | "42703" | "3F000" => (false, "a table or column is not there"),
        "25006" => (false, "the server is read-only; the credential must lead to the primary"),
        "57014" => (true, "the server cut the deletion off at the deadline; nothing of the chunk was deleted"),
        "25P03" => (true, "the server ended a transaction that stood still; nothing of the chunk was deleted"),
        "23503" | "23001" => (true, "rows of another table still refer to rows of the chunk"),
        code if code.starts_with("22") => (false, "a value does not fit the type of its column"),
        code if ["08", "40", "53", "55", "57"].iter().any(|class| code.starts_with(class)) => {
            (true, "the server is busy or going down")
        }
        _ => (false, "the server refuses the deletion"),
    };
    match passing {
        true => EraseError::Transient(format!("{words} (SQLSTATE {code})")),
        false => EraseError::Refused(format!("{words} (SQLSTATE {code})")),
    }
}
