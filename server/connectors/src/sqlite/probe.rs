//! Looks into an SQLite table: every look opens the file read-only and is one read transaction.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::probe::{Capabilities, Page, Probe, ProbeError, Question, Sighting, Survey};
use domain::secret::Secret;
use domain::selection::{RecordId, Side, Target};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row};

use super::catalog::{self, Table};
use super::config;
use super::sides::{Where, error};
use crate::sql;

const CAPABILITIES: Capabilities = Capabilities {
    exact_count: true,
    exclude_records: true,
    exclude_dates: true,
    others: true,
    level: "logical deletion; the write-ahead log and copies of the file may keep bytes",
};

/// How long a writer is waited for.
const BUSY: Duration = Duration::from_secs(15);

/// Makes the probe. Opening the file read-only is the right to look; the credential is not used.
pub(super) fn make(system: &System, _credential: &Secret) -> Result<Arc<dyn Probe>, ConnectorError> {
    Ok(Arc::new(Eyes {
        file: config::file(system)?,
    }))
}

struct Eyes {
    file: PathBuf,
}

impl Eyes {
    /// Opens the file as it is now, for one read transaction that ends when the connection does.
    async fn session(&self) -> Result<SqliteConnection, ProbeError> {
        let options = SqliteConnectOptions::new()
            .filename(&self.file)
            .read_only(true)
            .create_if_missing(false)
            .busy_timeout(BUSY)
            .pragma("query_only", "ON")
            .collation("lethe_lower", |a, b| {
                a.trim().to_lowercase().cmp(&b.trim().to_lowercase())
            })
            .disable_statement_logging();
        let mut db = options.connect().await.map_err(error)?;
        sqlx::query("BEGIN").execute(&mut db).await.map_err(error)?;
        Ok(db)
    }

    /// The table, where records can be told apart in it.
    async fn table(db: &mut SqliteConnection, target: &Target) -> Result<Table, ProbeError> {
        let table = catalog::read(db, &target.locator).await.map_err(error)?;
        let no_table =
            || ProbeError::Blind(format!("there is no table {:?}", config::table(&target.locator)));
        let table = table.ok_or_else(no_table)?;
        let key = table.key(&target.locator).map_err(ProbeError::Blind)?;
        match table.keyless_rows(db, &key).await.map_err(error)? {
            true => Err(ProbeError::Blind("the table holds rows whose key is NULL".into())),
            false => Ok(table),
        }
    }
}

#[async_trait]
impl Probe for Eyes {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        let mut db = self.session().await?;
        let name = config::table(&target.locator);
        let siblings = sqlx::query_scalar(SIBLINGS)
            .bind(name)
            .fetch_all(&mut db)
            .await
            .map_err(error)?;
        let Some(table) = catalog::read(&mut db, &target.locator).await.map_err(error)? else {
            return Ok(Survey {
                container_found: false,
                siblings,
                fields: Vec::new(),
                notes: Vec::new(),
            });
        };
        let mut notes = Vec::new();
        if let Err(why) = table.key(&target.locator) {
            notes.push(why);
        }
        if !table.cascades.is_empty() {
            notes.push(format!(
                "deleting here changes rows of {} by a foreign key",
                table.cascades.join(", ")
            ));
        }
        let fields = table.columns.into_iter().map(|column| column.name).collect();
        Ok(Survey {
            container_found: true,
            siblings,
            fields,
            notes,
        })
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        let mut db = self.session().await?;
        let table = Self::table(&mut db, target).await?;
        let key = table.key(&target.locator).map_err(ProbeError::Blind)?;
        let mut clause = Where::default();
        let mut rows = clause.side(&table, &target.selection, side)?;
        if let Some(after) = after {
            let wrong = || ProbeError::Blind("the cursor is not one of this dataset".into());
            let after = sql::key_after(after, key.len()).ok_or_else(wrong)?;
            rows = format!("({rows}) AND {}", clause.beyond(&key, &after));
        }
        let mut texts: Vec<String> = key.iter().map(|column| column.text()).collect();
        if side == Side::Others {
            let tenant = table.column(&target.selection.tenant.field);
            texts.push(tenant.map_err(ProbeError::Blind)?.text());
        }
        let order: Vec<String> = key.iter().map(|column| column.key()).collect();
        let (texts, order) = (texts.join(", "), order.join(", "));
        let query = format!(
            "SELECT {texts} FROM {} WHERE {rows} ORDER BY {order} LIMIT {limit}",
            table.quoted
        );
        let found = clause.bind(query).fetch_all(&mut db).await.map_err(error)?;
        let keys = found
            .iter()
            .map(|row| (0..key.len()).map(|at| row.try_get(at)).collect());
        let keys = keys.collect::<Result<Vec<Vec<String>>, _>>().map_err(error)?;
        let tenants: Vec<Option<String>> = match side {
            Side::Others => found.iter().map(|row| row.try_get(key.len())).collect(),
            Side::Selected | Side::Withheld => Ok(Vec::new()),
        }
        .map_err(error)?;
        let next = keys
            .last()
            .filter(|_| keys.len() >= limit as usize)
            .map(|key| sql::cursor_of(key));
        Ok(Page {
            ids: keys.into_iter().map(sql::id_of).collect(),
            tenants,
            next,
        })
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        let mut db = self.session().await?;
        let table = Self::table(&mut db, target).await?;
        let key = table.key(&target.locator).map_err(ProbeError::Blind)?;
        let asked: Vec<&RecordId> = question.ids.iter().chain(&question.controls).collect();
        let keys = asked
            .iter()
            .map(|id| sql::key_of(id, key.len()))
            .collect::<Option<Vec<_>>>();
        let keys =
            keys.ok_or_else(|| ProbeError::Blind("an id does not have the parts of the key".into()))?;
        let same: Vec<String> = key
            .iter()
            .enumerate()
            .map(|(at, column)| format!("{} = json_extract(asked.value, '$[{at}]')", column.key()))
            .collect();
        let query = format!(
            "SELECT asked.key FROM json_each($1) asked WHERE EXISTS (SELECT 1 FROM {} WHERE {})",
            table.quoted,
            same.join(" AND ")
        );
        let keys = serde_json::Value::from(keys).to_string();
        let places: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(query))
            .bind(keys)
            .fetch_all(&mut db)
            .await
            .map_err(error)?;
        let mut seen = vec![false; asked.len()];
        for place in places {
            if let Some(seen) = usize::try_from(place).ok().and_then(|place| seen.get_mut(place)) {
                *seen = true;
            }
        }
        let mut counts = Vec::with_capacity(question.count.len());
        for side in &question.count {
            let mut clause = Where::default();
            let rows = clause.side(&table, &target.selection, *side)?;
            let query = format!("SELECT COUNT(*) FROM {} WHERE {rows}", table.quoted);
            let row = clause.bind(query).fetch_one(&mut db).await.map_err(error)?;
            let count: i64 = row.try_get(0).map_err(error)?;
            counts.push(u64::try_from(count).ok());
        }
        let controls = seen.split_off(question.ids.len());
        Ok(Sighting {
            found: seen,
            controls,
            counts,
        })
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        let mut db = self.session().await?;
        let table = Self::table(&mut db, target).await?;
        let column = table.column(field).map_err(ProbeError::Blind)?;
        let mut clause = Where::default();
        let rows = clause.wanted(&table, &target.selection)?;
        let (name, text) = (sql::quote(&column.name), column.text());
        let query = format!(
            "SELECT DISTINCT {text} AS value FROM {} WHERE ({rows}) AND {name} IS NOT NULL ORDER BY value",
            table.quoted
        );
        let found = clause.bind(query).fetch_all(&mut db).await.map_err(error)?;
        found
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()
            .map_err(error)
    }

    fn place_behind(&self, target: &Target, id: &RecordId) -> Option<String> {
        let columns = sql::key_columns(&target.locator).len();
        Some(sql::cursor_of(&sql::key_of(id, columns)?))
    }

    fn native_query(&self, target: &Target, id: &RecordId) -> String {
        let columns = sql::key_columns(&target.locator);
        let key = sql::key_of(id, columns.len()).unwrap_or_default();
        let parts: Vec<String> = columns
            .iter()
            .zip(&key)
            .map(
                |(column, text)| match text.strip_prefix("x:").filter(|hex| hex::decode(hex).is_ok()) {
                    Some(hex) => format!("{} = x'{hex}'", sql::quote(column)),
                    None => format!("{} = {}", sql::quote(column), sql::quote_text(text)),
                },
            )
            .collect();
        let table = sql::quote(config::table(&target.locator));
        let query = format!("SELECT * FROM {table} WHERE {};", parts.join(" AND "));
        let quote = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
        format!(
            "sqlite3 -readonly {} {}",
            quote(&self.file.to_string_lossy()),
            quote(&query)
        )
    }
}

const SIBLINGS: &str = "
    SELECT name FROM sqlite_schema
    WHERE type IN ('table', 'view') AND name <> $1 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY name
    LIMIT 20";
