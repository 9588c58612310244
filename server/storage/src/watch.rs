//! Hears what other processes commit to a SQLite file: they cannot ring the bell of this one.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use tokio::task::AbortHandle;

use crate::error::said;
use crate::sqlite;
use crate::wake::Wake;

/// How often one looks.
const GLANCE: Duration = Duration::from_millis(25);

/// A connection that does nothing but look; it ends with this.
#[derive(Debug)]
pub(crate) struct Watch {
    /// One connection, always the same: another one counts differently.
    pool: SqlitePool,
    task: AbortHandle,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watch {
    /// From now on rings when somebody has committed something to the file.
    pub(crate) async fn of(path: &Path, wake: Arc<Wake>) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .pragma("query_only", "ON");
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        let task = tokio::spawn(look(pool.clone(), wake)).abort_handle();
        Ok(Self { pool, task })
    }

    pub(crate) async fn close(&self) {
        self.task.abort();
        self.pool.close().await;
    }
}

/// The version of the file changes with each commit of another connection. Reading it takes no lock that anybody waits for.
async fn look(pool: SqlitePool, wake: Arc<Wake>) {
    let mut known: Option<i64> = None;
    loop {
        match sqlx::query_scalar(sqlite::DATA_VERSION).fetch_one(&pool).await {
            Ok(version) => {
                if known.replace(version).is_some_and(|known| known != version) {
                    wake.ring();
                }
            }
            Err(sqlx::Error::PoolClosed) => return,
            Err(error) => tracing::debug!(
                error = said(&error),
                "what others commit cannot be seen; workers look for themselves"
            ),
        }
        tokio::time::sleep(GLANCE).await;
    }
}
