//! A fresh database for each test, on either engine, and nouns to put into it.
#![allow(dead_code, reason = "each test binary uses a part")]

mod earlier;
pub mod nouns;

use std::panic::AssertUnwindSafe;

use domain::port::store::{Store, StoreError, Tx};
use futures::FutureExt as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use storage::Database;
use tempfile::TempDir;

/// Runs a test on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($(#[doc = $doc:literal])* async fn $name:ident($world:ident) $body:block)+) => {$(
        $(#[doc = $doc])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($world: &$crate::support::World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                $crate::support::World::sqlite().await.run(test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                $crate::support::World::postgres().await.run(test).await;
            }
        }
    )+};
}

/// A database of one test.
pub struct World {
    pub url: String,
    pub store: Database,
    pub folder: TempDir,
    /// Where the PostgreSQL database is dropped afterwards, and its name.
    server: Option<(String, String)>,
}

/// A bare connection, past the storage.
pub enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Bare {
    /// Executes SQL; the words of the error.
    pub async fn execute(&mut self, sql: &str) -> Result<u64, String> {
        let sql = AssertSqlSafe(sql.to_owned());
        let done = match self {
            Self::Sqlite(c) => c.execute(sql).await.map(|done| done.rows_affected()),
            Self::Postgres(c) => c.execute(sql).await.map(|done| done.rows_affected()),
        };
        done.map_err(|error| error.to_string())
    }
}

impl World {
    /// On a file of its own.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("lethe.db").display());
        let store = storage::open(&url).await.unwrap();
        Self {
            url,
            store,
            folder,
            server: None,
        }
    }

    /// On a database of its own.
    pub async fn postgres() -> Self {
        let server = server();
        let name = format!("lethe_{}", uuid::Uuid::now_v7().simple());
        let mut admin = PgConnection::connect(&server)
            .await
            .expect("PostgreSQL at LETHE_TEST_POSTGRES answers");
        admin
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .unwrap();
        let (base, _) = server.rsplit_once('/').expect("a URL with a database");
        let url = format!("{base}/{name}");
        let store = storage::open(&url).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self {
            url,
            store,
            folder,
            server: Some((server, name)),
        }
    }

    /// Runs a test and cleans up, also when it fails.
    pub async fn run(self, test: impl AsyncFnOnce(&Self)) {
        let outcome = AssertUnwindSafe(test(&self)).catch_unwind().await;
        self.store.close().await;
        if let Some((server, name)) = &self.server {
            let mut admin = PgConnection::connect(server).await.unwrap();
            admin
                .execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
                .await
                .unwrap();
        }
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// A connection past the storage.
    pub async fn bare(&self) -> Bare {
        match self.is_postgres() {
            true => Bare::Postgres(PgConnection::connect(&self.url).await.unwrap()),
            false => Bare::Sqlite(SqliteConnection::connect(&self.url).await.unwrap()),
        }
    }

    /// Writes something, with the entry that every change needs.
    pub async fn write<T>(&self, change: impl AsyncFnOnce(&mut dyn Tx) -> T) -> T {
        let mut tx = self.store.begin().await.unwrap();
        let value = change(&mut *tx).await;
        tx.log().append(&nouns::entry("test:0")).await.unwrap();
        tx.commit().await.unwrap();
        value
    }

    /// Tries something in a transaction that is not committed.
    pub async fn attempt(
        &self,
        change: impl AsyncFnOnce(&mut dyn Tx) -> Result<(), StoreError>,
    ) -> StoreError {
        let mut tx = self.store.begin().await.unwrap();
        change(&mut *tx).await.unwrap_err()
    }

    /// Reads something.
    pub async fn read<T>(&self, look: impl AsyncFnOnce(&mut dyn Tx) -> T) -> T {
        let mut tx = self.store.read().await.unwrap();
        look(&mut *tx).await
    }
}

/// The address of the server that tests may make databases on.
fn server() -> String {
    std::env::var("LETHE_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("LETHE_TEST_POSTGRES names no PostgreSQL server: start one with `cargo xtask services start`")
    })
}
