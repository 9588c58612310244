//! Erases rows of an SQLite table, a range of the key at a time, each in one write transaction.

use std::path::PathBuf;
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
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row, Sqlite};

use super::catalog::{self, Column, Table};
use super::config;
use crate::sql;

/// The longest wait for another writer.
const BUSY: Duration = Duration::from_secs(15);

/// Makes the eraser. Opening the file for writing is the right to delete; the credential is not used.
pub(super) fn make(
    system: &System,
    _credential: &Secret,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Erase>, ConnectorError> {
    Ok(Arc::new(Eraser {
        file: config::file(system)?,
        cascades: config::cascades(system)?,
        clock: Arc::clone(clock),
    }))
}

struct Eraser {
    file: PathBuf,
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

    /// Opens the file as it is now; a connection that is kept would go on with a file that was replaced.
    async fn open(&self, left: Duration) -> Result<SqliteConnection, EraseError> {
        let options = SqliteConnectOptions::new()
            .filename(&self.file)
            .create_if_missing(false)
            .foreign_keys(true)
            .busy_timeout(left.min(BUSY))
            .pragma("secure_delete", "ON")
            .collation("lethe_lower", |a, b| {
                a.trim().to_lowercase().cmp(&b.trim().to_lowercase())
            })
            .disable_statement_logging();
        options.connect().await.map_err(refusal)
    }

    async fn chunk(
        &self,
        db: &mut SqliteConnection,
        target: &Target,
        chunk: &Chunk,
    ) -> Result<Erased, EraseError> {
        let mut tx = db.begin_with("BEGIN IMMEDIATE").await.map_err(refusal)?;
        let table = catalog::read(&mut tx, &target.locator).await.map_err(refusal)?;
        let no_table =
            || EraseError::Refused(format!("there is no table {:?}", config::table(&target.locator)));
        let table = table.ok_or_else(no_table)?;
        let key = table.key(&target.locator).map_err(EraseError::Refused)?;
        if table.keyless_rows(&mut tx, &key).await.map_err(refusal)? {
            return Err(EraseError::Refused(
                "the table holds rows whose key is NULL".into(),
            ));
        }
        if let Some(name) = table.cascades.iter().find(|name| !self.cascades.contains(name)) {
            return Err(EraseError::Refused(format!(
                "a foreign key would change rows of {name} as well; name the table in config.cascades if that is meant"
            )));
        }
        let mut first = Statement::default();
        let end = first.end_of_range(&table, &key, target, chunk)?;
        let row = first.query(end).fetch_optional(&mut *tx).await.map_err(refusal)?;
        let until = row
            .map(|row| key_in(&row, key.len()))
            .transpose()
            .map_err(refusal)?;

        let mut second = Statement::default();
        let delete = second.delete(&table, &key, target, chunk, until.as_deref())?;
        self.left(chunk.deadline)?;
        let done = second.query(delete).execute(&mut *tx).await.map_err(refusal)?;
        // What took until after the deadline is undone: the transaction is rolled back.
        self.left(chunk.deadline)?;
        tx.commit().await.map_err(refusal)?;
        Ok(Erased {
            reported: done.rows_affected(),
            next: until.map(|key| Cursor(sql::cursor_of(&key))),
            method: "DELETE by ranges of the primary key, with secure_delete".into(),
        })
    }
}

#[async_trait]
impl Erase for Eraser {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        let mut db = self.open(self.left(chunk.deadline)?).await?;
        let outcome = self.chunk(&mut db, target, chunk).await;
        db.close().await.map_err(refusal)?;
        outcome
    }
}

/// A statement in the making: the texts bound to it, in order.
#[derive(Default)]
struct Statement {
    bound: Vec<String>,
}

impl Statement {
    fn text(&mut self, text: impl Into<String>) -> String {
        self.bound.push(text.into());
        format!("${}", self.bound.len())
    }

    fn query(self, sql: String) -> Query<'static, Sqlite, SqliteArguments> {
        self.bound
            .into_iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |query, text| query.bind(text))
    }

    /// Rows of which a column is one of the values. Values are compared byte by byte, whatever the column's collation.
    fn criterion(&mut self, table: &Table, criterion: &Criterion) -> Result<String, EraseError> {
        let column = table.column(&criterion.field).map_err(EraseError::Refused)?;
        let name = sql::quote(&column.name);
        let side = match (criterion.normalise, column.typed) {
            (Normalisation::Lower, _) => format!("CAST({name} AS TEXT) COLLATE lethe_lower"),
            (_, true) => format!("{name} COLLATE BINARY"),
            (_, false) => format!("CAST({name} AS TEXT) COLLATE BINARY"),
        };
        let values = self.text(serde_json::Value::from(criterion.any_of.clone()).to_string());
        Ok(format!("{side} IN (SELECT value FROM json_each({values}))"))
    }

    fn any(&mut self, table: &Table, criteria: &[Criterion]) -> Result<String, EraseError> {
        let parts = criteria
            .iter()
            .map(|criterion| self.criterion(table, criterion))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(match parts.is_empty() {
            true => "FALSE".into(),
            false => parts.join(" OR "),
        })
    }

    /// Rows that must stay; a row without a date that can be read stays.
    fn exclusion(&mut self, table: &Table, exclusion: &Exclusion) -> Result<String, EraseError> {
        let (field, from, until) = match exclusion {
            Exclusion::AnyOf(criteria) => return self.any(table, criteria),
            Exclusion::Created { field, from, until } => (field, from, until),
        };
        let column = table.column(field).map_err(EraseError::Refused)?;
        let day = format!("date({}, 'auto')", sql::quote(&column.name));
        let mut within = vec![format!("{day} IS NOT NULL")];
        if let Some(from) = from {
            within.push(format!("{day} >= {}", self.text(from.to_string())));
        }
        if let Some(until) = until {
            within.push(format!("{day} <= {}", self.text(until.to_string())));
        }
        Ok(format!("{day} IS NULL OR ({})", within.join(" AND ")))
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

    /// The selected rows after the cursor.
    fn rest(
        &mut self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        chunk: &Chunk,
    ) -> Result<String, EraseError> {
        let rows = self.selection(table, &target.selection)?;
        let Some(Cursor(after)) = &chunk.after else {
            return Ok(rows);
        };
        let wrong = || EraseError::Refused("the cursor is not one of this dataset".into());
        let after = sql::key_after(after, key.len()).ok_or_else(wrong)?;
        Ok(format!("{rows} AND {}", self.key(key, ">", &after)))
    }

    fn key(&mut self, key: &[&Column], compare: &str, with: &[String]) -> String {
        let names: Vec<String> = key.iter().map(|column| column.key()).collect();
        let values: Vec<String> = with.iter().map(|text| self.text(text)).collect();
        format!("({}) {compare} ({})", names.join(", "), values.join(", "))
    }

    /// Finds the key of the last row of the chunk; no row where the rest is no more than a chunk.
    fn end_of_range(
        &mut self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        chunk: &Chunk,
    ) -> Result<String, EraseError> {
        let rows = self.rest(table, key, target, chunk)?;
        let texts: Vec<String> = key.iter().map(|column| column.text()).collect();
        let order: Vec<String> = key.iter().map(|column| column.key()).collect();
        let (texts, order, skip) = (texts.join(", "), order.join(", "), chunk.limit.max(1) - 1);
        Ok(format!(
            "SELECT {texts} FROM {} WHERE {rows} ORDER BY {order} LIMIT 1 OFFSET {skip}",
            table.quoted
        ))
    }

    /// Deletes the selected rows of the range.
    fn delete(
        &mut self,
        table: &Table,
        key: &[&Column],
        target: &Target,
        chunk: &Chunk,
        until: Option<&[String]>,
    ) -> Result<String, EraseError> {
        let mut rows = self.rest(table, key, target, chunk)?;
        if let Some(until) = until {
            rows = format!("{rows} AND {}", self.key(key, "<=", until));
        }
        Ok(format!("DELETE FROM {} WHERE {rows}", table.quoted))
    }
}

fn key_in(row: &SqliteRow, columns: usize) -> Result<Vec<String>, sqlx::Error> {
    (0..columns).map(|at| row.try_get(at)).collect()
}

/// What an error of SQLite means, in words of our own.
fn refusal(error: sqlx::Error) -> EraseError {
    let sqlx::Error::Database(error) = &error else {
        return EraseError::Refused("the file cannot be read as the table that is expected".into());
    };
    let code = error
        .code()
        .and_then(|code| code.parse::<i32>().ok())
        .unwrap_or(0);
    match code & 0xff {
        5 | 6 => EraseError::Transient("another connection holds the file's lock".into()),
        8 => EraseError::Refused("the file is read-only".into()),
        10 | 13 => EraseError::Transient("the disk is full or fails".into()),
        11 => EraseError::Refused("the file is damaged".into()),
        14 => EraseError::Refused("there is no such file, or it may not be opened for writing".into()),
        19 if code == 787 => {
            EraseError::Transient("rows of another table still refer to rows of the chunk".into())
        }
        26 => EraseError::Refused("the file is not an SQLite database".into()),
        _ => EraseError::Refused(format!("SQLite refuses the deletion (code {code})")),
    }
}
