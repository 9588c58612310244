//! Looks for the end of the next range while the present one is being deleted. It only reads, over a connection of its
//! own, within the deadline of the present chunk; where it does not succeed, the next chunk looks for itself.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::inventory::DatasetRef;
use domain::selection::Target;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;
use tokio::task::JoinHandle;

use super::erase::end_in;
use super::selected::Statement;

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(1);

/// The key of the last row of a range; absent where the rest is no more than a chunk.
pub(super) type End = Option<Vec<String>>;

/// A range, by where it begins and how many rows it may have.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Range {
    /// What is selected.
    pub(super) target: Target,
    /// The key after which it begins.
    pub(super) after: Vec<String>,
    /// At most so many rows.
    pub(super) limit: u32,
}

/// How the end of a range is asked for.
pub(super) struct Look {
    /// Begins a transaction that reads.
    pub(super) begin: String,
    /// The question.
    pub(super) query: String,
    /// Its values.
    pub(super) values: Statement,
    /// Columns of the key.
    pub(super) columns: usize,
}

/// Where a look begins, and the task that finds where it ends.
type UnderWay = (Range, JoinHandle<Option<End>>);

/// Looks that are under way, the last of each dataset.
pub(super) struct Ahead {
    pool: PgPool,
    looks: Mutex<HashMap<DatasetRef, UnderWay>>,
    /// The server gives no further connection: it is not asked again.
    refused: AtomicBool,
}

impl Ahead {
    /// None is under way.
    pub(super) fn new(pool: PgPool) -> Self {
        Self {
            pool,
            looks: Mutex::default(),
            refused: AtomicBool::new(false),
        }
    }

    /// Looks for nothing any more, and gives the connection back.
    pub(super) async fn end(&self) {
        self.refused.store(true, Ordering::Relaxed);
        self.pool.close().await;
    }

    /// Begins to look for the end of a range.
    pub(super) fn begin(&self, range: Range, look: Look) {
        if self.refused.load(Ordering::Relaxed) {
            return;
        }
        let pool = self.pool.clone();
        let task = tokio::spawn(async move { find(&pool, look).await.ok().flatten() });
        let dataset = range.target.dataset.clone();
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, earlier)) = looks.insert(dataset, (range, task)) {
            earlier.abort();
        }
    }

    /// What was found for a range, if it was looked for. To be asked with no connection in hand.
    pub(super) async fn found(&self, range: &Range) -> Option<End> {
        let look = {
            let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
            looks.remove(&range.target.dataset)
        };
        let (of, task) = look?;
        if of != *range {
            task.abort();
            return None;
        }
        let found = task.await.ok().flatten();
        self.refused.fetch_or(found.is_none(), Ordering::Relaxed);
        found
    }
}

async fn find(pool: &PgPool, look: Look) -> Result<Option<End>, sqlx::Error> {
    let begun = tokio::time::timeout(CONNECT, pool.begin_with(AssertSqlSafe(look.begin))).await;
    let Ok(begun) = begun else { return Ok(None) };
    let mut tx = begun?;
    let row = look.values.query(look.query).fetch_optional(&mut *tx).await?;
    tx.rollback().await?;
    end_in(row.as_ref(), look.columns).map(Some)
}
