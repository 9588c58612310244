//! An SQLite file.

use std::path::PathBuf;

use async_trait::async_trait;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::tables::Table;
use crate::{About, SYNTHETIC, Sample, SampleError, TENANTS, Tenant, merged, no_credentials};

/// Tables in an SQLite file.
pub struct SqliteSample {
    about: About,
    file: PathBuf,
    tables: &'static [Table],
}

impl SqliteSample {
    /// Makes and fills the file.
    pub async fn make(about: About, file: PathBuf, tables: &'static [Table]) -> Result<Self, SampleError> {
        let sample = Self::existing(about, file, tables);
        sample.fill().await.map_err(|error| about.failed(error))?;
        Ok(sample)
    }

    /// A file that is there already.
    pub fn existing(about: About, file: PathBuf, tables: &'static [Table]) -> Self {
        Self { about, file, tables }
    }

    async fn open(&self, create: bool) -> Result<SqliteConnection, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(&self.file)
            .create_if_missing(create)
            .read_only(!create);
        options.disable_statement_logging().connect().await
    }

    async fn fill(&self) -> Result<(), sqlx::Error> {
        let mut db = self.open(true).await?;
        let mut tx = db.begin().await?;
        for table in self.tables {
            sqlx::query(AssertSqlSafe(table.create()))
                .execute(&mut *tx)
                .await?;
            let columns: Vec<String> = (0..table.columns.len())
                .map(|at| format!("json_extract(value, '$[{at}]')"))
                .collect();
            let insert = format!(
                "INSERT INTO {} SELECT {} FROM json_each($1)",
                table.name,
                columns.join(", ")
            );
            for tenant in &TENANTS {
                let rows = table.rows(tenant).to_string();
                sqlx::query(AssertSqlSafe(insert.clone()))
                    .bind(rows)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        tx.commit().await?;
        db.close().await
    }

    /// Puts one record of a tenant back, as the restore of a backup does.
    pub async fn put_back(&self, dataset: &str, tenant: &Tenant, n: u32) -> Result<(), SampleError> {
        let table = self.table(dataset)?;
        let places: Vec<String> = (0..table.columns.len())
            .map(|at| format!("json_extract($1, '$[{at}]')"))
            .collect();
        let insert = format!("INSERT INTO {} VALUES ({})", table.name, places.join(", "));
        let row = (table.row)(tenant, n).to_string();
        let put = async {
            let mut db = self.open(true).await?;
            sqlx::query(AssertSqlSafe(insert))
                .bind(row)
                .execute(&mut db)
                .await?;
            db.close().await
        };
        put.await.map_err(|error| self.about.failed(error))
    }

    async fn ask(&self, query: String, texts: &[String]) -> Result<u64, SampleError> {
        let ask = async {
            let mut db = self.open(false).await?;
            let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(query));
            let found = texts
                .iter()
                .fold(query, |query, text| query.bind(text))
                .fetch_one(&mut db)
                .await?;
            db.close().await?;
            Ok::<_, sqlx::Error>(found.unsigned_abs())
        };
        ask.await.map_err(|error| self.about.failed(error))
    }

    fn table(&self, dataset: &str) -> Result<&Table, SampleError> {
        let found = self.tables.iter().find(|table| table.name == dataset);
        found.ok_or_else(|| self.about.failed(format!("there is no table {dataset}")))
    }
}

#[async_trait]
impl Sample for SqliteSample {
    fn about(&self) -> &About {
        &self.about
    }

    fn technology(&self) -> &'static str {
        "SQLite file"
    }

    fn datasets(&self) -> Vec<&'static str> {
        self.tables.iter().map(|table| table.name).collect()
    }

    fn entry(&self) -> Value {
        let datasets: Vec<Value> = self
            .tables
            .iter()
            .map(|table| table.dataset(&SYNTHETIC))
            .collect();
        let more = json!({ "config": { "file": self.file.to_string_lossy() }, "datasets": datasets });
        self.about.entry("sqlite", merged(no_credentials(), more))
    }

    async fn count(&self, dataset: &str, tenant: &Tenant) -> Result<u64, SampleError> {
        let query = format!(
            "SELECT COUNT(*) FROM {} WHERE tenant = $1",
            self.table(dataset)?.name
        );
        self.ask(query, &[tenant.key.to_owned()]).await
    }

    async fn exists(&self, dataset: &str, id: &str) -> Result<bool, SampleError> {
        let table = self.table(dataset)?;
        let columns = table.key_columns();
        let same: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| format!("{column} = ${}", at + 1))
            .collect();
        let query = format!("SELECT COUNT(*) FROM {} WHERE {}", table.name, same.join(" AND "));
        Ok(self.ask(query, &table.key_of(id)).await? > 0)
    }
}
