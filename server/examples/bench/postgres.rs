//! A database of its own on the PostgreSQL server, with a role that may delete and one that may only look.

use anyhow::{Context as _, Result};
use domain::inventory::DatasetRef;
use domain::selection::RecordId;
use domain::time::Entropy as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::Mutex;
use vault::SystemEntropy;

use crate::inventory::Credentials;
use crate::run::Eyes;

/// The database. It stays on the server until [`Site::remove`].
pub struct Site {
    server: PgConnectOptions,
    name: String,
    /// The session of an officer who looks at records by hand: open, as theirs would be.
    eyes: Mutex<Option<PgConnection>>,
}

impl Site {
    /// Makes it, empty.
    pub async fn make() -> Result<Self> {
        let url = crate::server("LETHE_TEST_POSTGRES")?;
        let server: PgConnectOptions = url.parse().context("LETHE_TEST_POSTGRES")?;
        let server = server.disable_statement_logging();
        let mut random = [0; 6];
        SystemEntropy.fill(&mut random);
        let name = format!("lethe_bench_{}", hex::encode(random));
        let site = Self {
            server,
            name,
            eyes: Mutex::default(),
        };
        let name = &site.name;
        let mut admin = site.server.connect().await?;
        let statements = [
            format!("CREATE DATABASE {name}"),
            format!("CREATE ROLE {name}_eraser LOGIN PASSWORD '{name}e'"),
            format!("CREATE ROLE {name}_prober LOGIN PASSWORD '{name}p'"),
        ];
        for statement in statements {
            admin.execute(AssertSqlSafe(statement)).await?;
        }
        admin.close().await?;
        let mut db = site.open().await?;
        let rights = format!(
            "ALTER DEFAULT PRIVILEGES GRANT SELECT, DELETE ON TABLES TO {name}_eraser;
             ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {name}_prober"
        );
        db.execute(AssertSqlSafe(rights)).await?;
        Ok(site)
    }

    /// A connection that may do everything.
    pub async fn open(&self) -> Result<PgConnection> {
        Ok(self.server.clone().database(&self.name).connect().await?)
    }

    /// Runs statements that may do everything.
    pub async fn run(&self, sql: String) -> Result<()> {
        self.open().await?.execute(AssertSqlSafe(sql)).await?;
        Ok(())
    }

    /// The URL by which whoever owns the server reaches the database.
    pub fn owner_url(&self) -> Result<String> {
        let url = crate::server("LETHE_TEST_POSTGRES")?;
        let (server, _) = url
            .rsplit_once('/')
            .context("LETHE_TEST_POSTGRES names no database")?;
        Ok(format!("{server}/{}", self.name))
    }

    /// The two roles, as URLs.
    pub fn credentials(&self) -> Credentials {
        let name = &self.name;
        let (host, port) = (self.server.get_host(), self.server.get_port());
        let login =
            |role: &str, last: &str| format!("postgres://{name}_{role}:{name}{last}@{host}:{port}/{name}");
        Credentials {
            erase: login("eraser", "e"),
            probe: login("prober", "p"),
        }
    }

    /// Drops it.
    pub async fn remove(self) -> Result<()> {
        if let Some(eyes) = self.eyes.lock().await.take() {
            eyes.close().await?;
        }
        let name = &self.name;
        let mut admin = self.server.connect().await?;
        admin
            .execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
            .await?;
        admin
            .execute(AssertSqlSafe(format!("DROP ROLE {name}_eraser, {name}_prober")))
            .await?;
        Ok(())
    }
}

impl Eyes for Site {
    async fn see(&self, dataset: &DatasetRef, ids: &[RecordId]) -> Result<Vec<bool>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0.parse()).collect::<Result<_, _>>()?;
        let query = format!("SELECT id FROM {} WHERE id = ANY ($1)", dataset.dataset);
        let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(query)).bind(&ids);
        let mut eyes = self.eyes.lock().await;
        let eyes = match &mut *eyes {
            Some(eyes) => eyes,
            closed => closed.insert(self.open().await?),
        };
        let there = query.fetch_all(eyes).await?;
        Ok(ids.iter().map(|id| there.contains(id)).collect())
    }
}
