//! Our own database, of either kind, made for one journey.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, Executor};
use storage::Database;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A database of the server named by `LETHE_TEST_POSTGRES`.
    Postgres,
}

/// A database that goes with the journey.
pub struct TestDatabase {
    /// Which.
    pub kind: Kind,
    /// Where: for a second process.
    pub url: String,
    /// Opened and migrated.
    pub store: Database,
    made: Option<Arc<Made>>,
}

/// A database on a server; dropped when nobody needs it any more.
pub struct Made {
    server: String,
    name: String,
}

impl TestDatabase {
    /// Makes and opens one.
    pub async fn open(kind: Kind, folder: &Path) -> Self {
        let (url, made) = match kind {
            Kind::Sqlite => (format!("sqlite://{}/lethe.db", folder.display()), None),
            Kind::Postgres => {
                let server = postgres_server();
                static COUNT: AtomicU32 = AtomicU32::new(0);
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let nanos = std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .unwrap()
                    .as_nanos();
                let name = format!("lethe_journey_{}_{count}_{nanos}", std::process::id());
                let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
                let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
                admin.execute(create).await.unwrap();
                let (before, _) = server.rsplit_once('/').unwrap();
                (format!("{before}/{name}"), Some(Arc::new(Made { server, name })))
            }
        };
        let store = storage::open(&url).await.unwrap();
        Self {
            kind,
            url,
            store,
            made,
        }
    }

    /// Keeps the database for as long as this is kept; absent for a file.
    pub fn keep(&self) -> Option<Arc<Made>> {
        self.made.clone()
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A runtime of its own: the journey's may already be going down.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
                let drop = sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                admin.execute(drop).await.unwrap();
            });
        });
        let _ = dropping.join();
    }
}

/// The server that tests make databases on.
pub fn postgres_server() -> String {
    std::env::var("LETHE_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("LETHE_TEST_POSTGRES is not set: run `cargo xtask test`, or `cargo xtask services start` (package postgresql-15)")
    })
}
