//! A database on a PostgreSQL server, with a role that may delete and one that may only read.

use async_trait::async_trait;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

use crate::tables::Table;
use crate::{About, Credential, SYNTHETIC, Sample, SampleError, TENANTS, Tenant, merged, two_credentials};

/// Tables in a PostgreSQL database of their own.
pub struct PostgresSample {
    about: About,
    server: PgConnectOptions,
    /// The name of the database, and the beginning of its roles' names.
    name: String,
    tables: &'static [Table],
    credentials: Value,
    secrets: Vec<Credential>,
}

impl PostgresSample {
    /// Makes a database and two roles on a server, by the URL of somebody who may. `tag` makes the names unique,
    /// `secret` is the beginning of the roles' passwords; both are letters and digits.
    pub async fn make(
        about: About,
        url: &str,
        tag: &str,
        secret: &str,
        tables: &'static [Table],
    ) -> Result<Self, SampleError> {
        let server: PgConnectOptions = url
            .parse()
            .map_err(|_| about.failed("the URL of the server is not one"))?;
        let name = format!("lethe_demo_{tag}");
        let login = |role: &str| {
            let (host, port) = (server.get_host(), server.get_port());
            format!("postgres://{name}_{role}:{secret}{role}@{host}:{port}/{name}")
        };
        let (credentials, secrets) = two_credentials(&about, &login("eraser"), &login("prober"));
        let sample = Self {
            about,
            server,
            name,
            tables,
            credentials,
            secrets,
        };
        let made = async {
            sample.make_database(secret).await?;
            sample.fill().await
        };
        match made.await {
            Ok(()) => Ok(sample),
            Err(error) => {
                sample.remove().await?;
                Err(about.failed(error))
            }
        }
    }

    async fn make_database(&self, secret: &str) -> Result<(), sqlx::Error> {
        let name = &self.name;
        let mut db = self.server.clone().disable_statement_logging().connect().await?;
        db.execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await?;
        for role in ["eraser", "prober"] {
            let statement = format!("CREATE ROLE {name}_{role} LOGIN PASSWORD '{secret}{role}'");
            db.execute(AssertSqlSafe(statement)).await?;
        }
        db.close().await
    }

    async fn open(&self) -> Result<PgConnection, sqlx::Error> {
        self.server
            .clone()
            .database(&self.name)
            .disable_statement_logging()
            .connect()
            .await
    }

    async fn fill(&self) -> Result<(), sqlx::Error> {
        let name = &self.name;
        let mut db = self.open().await?;
        for table in self.tables {
            db.execute(AssertSqlSafe(table.create())).await?;
            let columns = table.columns.iter().enumerate();
            let columns: Vec<String> = columns
                .map(|(at, (_, kind))| format!("(row ->> {at})::{kind}"))
                .collect();
            let insert = format!(
                "INSERT INTO {} SELECT {} FROM jsonb_array_elements($1) AS rows (row)",
                table.name,
                columns.join(", ")
            );
            for tenant in &TENANTS {
                sqlx::query(AssertSqlSafe(insert.clone()))
                    .bind(table.rows(tenant))
                    .execute(&mut db)
                    .await?;
            }
            let rights = format!(
                "GRANT SELECT, DELETE ON {0} TO {name}_eraser; GRANT SELECT ON {0} TO {name}_prober; ANALYZE {0}",
                table.name
            );
            db.execute(AssertSqlSafe(rights)).await?;
        }
        db.close().await
    }

    async fn ask(&self, query: String, texts: &[String]) -> Result<u64, SampleError> {
        let ask = async {
            let mut db = self.open().await?;
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
impl Sample for PostgresSample {
    fn about(&self) -> &About {
        &self.about
    }

    fn technology(&self) -> &'static str {
        "PostgreSQL"
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
        self.about.entry(
            "postgres",
            merged(self.credentials.clone(), json!({ "datasets": datasets })),
        )
    }

    fn credentials(&self) -> Vec<Credential> {
        self.secrets.clone()
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
        let columns = columns.iter().enumerate();
        let same: Vec<String> = columns
            .map(|(at, column)| format!("{column}::text = ${}", at + 1))
            .collect();
        let query = format!("SELECT COUNT(*) FROM {} WHERE {}", table.name, same.join(" AND "));
        Ok(self.ask(query, &table.key_of(id)).await? > 0)
    }

    async fn remove(&self) -> Result<(), SampleError> {
        let name = &self.name;
        let remove = async {
            let mut db = self.server.clone().disable_statement_logging().connect().await?;
            db.execute(AssertSqlSafe(format!(
                "DROP DATABASE IF EXISTS {name} WITH (FORCE)"
            )))
            .await?;
            db.execute(AssertSqlSafe(format!(
                "DROP ROLE IF EXISTS {name}_eraser, {name}_prober"
            )))
            .await?;
            db.close().await
        };
        remove
            .await
            .map_err(|error: sqlx::Error| self.about.failed(error))
    }
}
