//! Copies a database into an empty one, of either engine, table by table: for moving up, for backup and restore.

use chrono::{DateTime, NaiveDate, Utc};
use domain::digest::Digest;
use domain::port::store::StoreError;
use futures::TryStreamExt as _;
use futures::stream::BoxStream;
use serde_json::value::RawValue;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, Row as _};
use uuid::Uuid;

use crate::database::{Database, Engine};
use crate::error::{self, OpenError};
use crate::postgres;
use crate::recompute::recompute;
use crate::tables::{Kind, TABLES, Table};
use crate::transaction::{Access, Connection};

/// Copying failed; the target is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read or written.
    #[error("the file of the backup: {0}")]
    File(#[from] std::io::Error),
    /// The target holds something already.
    #[error("the target is not empty: it has rows in {0}")]
    NotEmpty(&'static str),
    /// Rows are missing.
    #[error("{found} of {expected} rows of {table} arrived")]
    Incomplete {
        /// Of which table.
        table: &'static str,
        /// In the source.
        expected: i64,
        /// In the target.
        found: i64,
    },
    /// The log is not the one that was copied.
    #[error("the log of the copy has another root than that of the source")]
    OtherLog,
    /// The log is not the one that was signed.
    #[error("the log does not have the root of its newest checkpoint, of {0} entries")]
    OtherThanSigned(u64),
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Rows of all tables.
    pub rows: u64,
    /// Leaves of the log.
    pub log_size: u64,
    /// The root of the log over them.
    pub log_root: Digest,
}

/// One value of a row.
enum Value {
    Id(Option<Uuid>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Count(Option<i64>),
    Moment(Option<DateTime<Utc>>),
    Day(Option<NaiveDate>),
    Document(Option<Json<Box<RawValue>>>),
}

/// How many rows are inserted at once: nine columns at most, and SQLite takes 32,766 arguments.
const BATCH: usize = 100;

/// Reads a row of a driver.
macro_rules! values {
    ($row:expr, $table:expr) => {{
        let mut values = Vec::with_capacity($table.columns.len());
        for (index, (_, kind)) in $table.columns.iter().enumerate() {
            values.push(match kind {
                Kind::Id => Value::Id($row.try_get(index)?),
                Kind::Text => Value::Text($row.try_get(index)?),
                Kind::Bytes => Value::Bytes($row.try_get(index)?),
                Kind::Count => Value::Count($row.try_get(index)?),
                Kind::Moment => Value::Moment($row.try_get(index)?),
                Kind::Day => Value::Day($row.try_get(index)?),
                Kind::Document => {
                    let text: Option<String> = $row.try_get(index)?;
                    let raw = text.map(RawValue::from_string).transpose();
                    Value::Document(raw.map_err(|error| sqlx::Error::Decode(error.into()))?.map(Json))
                }
            });
        }
        Ok(values)
    }};
}

/// Binds a row to a driver's query.
macro_rules! bind {
    ($query:expr, $values:expr) => {
        for value in $values {
            $query = match value {
                Value::Id(value) => $query.bind(value),
                Value::Text(value) => $query.bind(value),
                Value::Bytes(value) => $query.bind(value),
                Value::Count(value) => $query.bind(value),
                Value::Moment(value) => $query.bind(value),
                Value::Day(value) => $query.bind(value),
                Value::Document(value) => $query.bind(value),
            };
        }
    };
}

type Rows<'c> = BoxStream<'c, Result<Vec<Value>, sqlx::Error>>;

impl Database {
    /// Copies everything into an empty database in one commit, and checks the number of rows and the log's root.
    /// The source may be in use: what is copied is its state at the beginning.
    pub async fn copy_to(&self, target: &Self) -> Result<Copied, CopyError> {
        let mut from = self.connection(Access::Read).await?;
        let mut to = target.connection(Access::Write).await?;
        for table in TABLES {
            if count(&mut to, table).await? > 0 {
                return Err(CopyError::NotEmpty(table.name));
            }
        }
        let mut rows = 0;
        for table in TABLES {
            copy_table(&mut from, &mut to, table).await?;
            let (expected, found) = (count(&mut from, table).await?, count(&mut to, table).await?);
            if expected != found {
                return Err(CopyError::Incomplete {
                    table: table.name,
                    expected,
                    found,
                });
            }
            rows += u64::try_from(found).unwrap_or(0);
        }
        go_on_counting(&mut to).await?;
        let (log_size, log_root) = recompute(&mut from).await?;
        if recompute(&mut to).await? != (log_size, log_root) {
            return Err(CopyError::OtherLog);
        }
        to.commit().await?;
        if let Engine::Postgres(engine) = &*target.engine {
            engine.analyze().await?;
        }
        Ok(Copied {
            rows,
            log_size,
            log_root,
        })
    }
}

/// Lets the numbers that were copied be followed by higher ones. SQLite sees to that by itself.
async fn go_on_counting(to: &mut Connection<'_>) -> Result<(), StoreError> {
    if let Connection::Postgres(tx) = to {
        let done = sqlx::query(postgres::GO_ON_COUNTING).execute(&mut **tx).await;
        done.map_err(error::store)?;
    }
    Ok(())
}

async fn copy_table(
    from: &mut Connection<'_>,
    to: &mut Connection<'_>,
    table: &Table,
) -> Result<(), StoreError> {
    let mut rows = read(from, table);
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(row) = rows.try_next().await.map_err(error::store)? {
        batch.push(row);
        if batch.len() == BATCH {
            insert(to, table, std::mem::take(&mut batch)).await?;
        }
    }
    match batch.is_empty() {
        true => Ok(()),
        false => insert(to, table, batch).await,
    }
}

fn read<'c>(connection: &'c mut Connection<'_>, table: &'c Table) -> Rows<'c> {
    on!(connection, conn => {
        let rows = sqlx::query(AssertSqlSafe(table.select())).fetch(conn);
        Box::pin(rows.and_then(move |row| std::future::ready((|| values!(row, table))())))
    })
}

async fn insert(to: &mut Connection<'_>, table: &Table, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
    let sql = AssertSqlSafe(table.insert(rows.len()));
    let done = on!(to, conn => {
        let mut query = sqlx::query(sql);
        bind!(query, rows.into_iter().flatten());
        query.execute(conn).await.map(drop)
    });
    done.map_err(error::store)
}

async fn count(connection: &mut Connection<'_>, table: &Table) -> Result<i64, StoreError> {
    let sql = AssertSqlSafe(table.count());
    let count = on!(connection, conn => sqlx::query_scalar(sql).fetch_one(conn).await);
    count.map_err(error::store)
}
