//! Deletes a second range while a first one is deleted elsewhere, over one connection of its own, in a transaction of its
//! own with the same deadline. Where the server gives no further connection, whoever asks deletes by itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::port::erase::EraseError;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;
use tokio::sync::Semaphore;

use super::erase::{Deletion, refusal};

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(1);

/// The connection.
pub(super) struct Beside {
    pool: PgPool,
    free: Semaphore,
    /// The server gives no further connection: it is not asked again.
    refused: AtomicBool,
}

impl Beside {
    /// Not connected yet.
    pub(super) fn new(pool: PgPool) -> Self {
        Self {
            pool,
            free: Semaphore::new(1),
            refused: AtomicBool::new(false),
        }
    }

    /// Deletes nothing any more, and gives the connection back.
    pub(super) async fn end(&self) {
        self.refused.store(true, Ordering::Relaxed);
        self.pool.close().await;
    }

    /// Deletes, and commits; how many rows went. Absent: there is no connection, and nothing was tried.
    pub(super) async fn delete(&self, begin: String, deletion: Deletion) -> Result<Option<u64>, EraseError> {
        if self.refused.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let Ok(_free) = self.free.try_acquire() else {
            return Ok(None);
        };
        let begun = tokio::time::timeout(CONNECT, self.pool.begin_with(AssertSqlSafe(begin))).await;
        let Ok(Ok(mut tx)) = begun else {
            self.refused.store(true, Ordering::Relaxed);
            return Ok(None);
        };
        let deleted = deletion.run(&mut tx).await?;
        tx.commit().await.map_err(refusal)?;
        Ok(Some(deleted))
    }
}
