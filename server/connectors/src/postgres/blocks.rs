//! Ranges of a table's blocks: how a large share of a table is erased.
//!
//! Rows that lie side by side are deleted sooner by where they lie than by their key, and no end of a range has to be looked
//! for first. A row that is changed meanwhile may come to lie behind what is deleted; it stays, as one that is added with
//! a small key does, and whoever verifies finds it.

use domain::port::erase::{Cursor, EraseError};
use domain::selection::Target;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};

use super::catalog::Table;
use super::refusal::refusal;
use super::selected::Statement;

/// Where the next range begins, and how long each is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Blocks {
    /// The file of the table. A table that is written anew has another, in which everything lies elsewhere.
    file: i64,
    /// Number of the first block.
    from: i64,
    /// How many there are.
    step: i64,
}

/// A range: from a block on, and up to another, without which it reaches to the end of the table however long that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockRange {
    pub(super) from: i64,
    pub(super) until: Option<i64>,
}

impl Blocks {
    /// The ranges of a table, from its first block on, where going by them pays: by the server's statistics there is more to
    /// erase than one chunk holds, and some of it in each block. A range holds so many rows of the selection as a chunk
    /// may, and never more than twice as many rows in all.
    pub(super) async fn of_table(
        db: &mut PgConnection,
        table: &Table,
        target: &Target,
        limit: u32,
    ) -> Result<Option<Self>, EraseError> {
        let Some(layout) = &table.layout else {
            return Ok(None);
        };
        let ((blocks, rows), limit) = (layout.counted, f64::from(limit));
        if blocks < 1.0 || rows < limit {
            return Ok(None);
        }
        let mut values = Statement::default();
        let sql = values.estimate(table, target)?;
        let row = values.query(sql).fetch_one(db).await.map_err(refusal)?;
        let Json(plan): Json<serde_json::Value> = row.try_get(0).map_err(refusal)?;
        let selected = plan
            .pointer("/0/Plan/Plan Rows")
            .and_then(serde_json::Value::as_f64);
        let Some(selected) = selected.filter(|rows| *rows > limit && *rows >= blocks) else {
            return Ok(None);
        };
        let step = (limit * blocks / selected).min(2.0 * limit * blocks / rows);
        Ok(Some(Self {
            file: layout.file,
            from: 0,
            step: step.max(1.0) as i64,
        }))
    }

    /// What a cursor holds; absent where it is not one of blocks.
    pub(super) fn of_cursor(Cursor(text): &Cursor) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The next range, and where to go on behind it; absent where the table lies in another file by now.
    pub(super) fn next(&self, table: &Table) -> Result<Option<(BlockRange, Option<Cursor>)>, EraseError> {
        let layout = table.layout.as_ref();
        let Some(layout) = layout.filter(|layout| layout.file == self.file) else {
            return Ok(None);
        };
        let from = self.from;
        let end = from.saturating_add(self.step);
        let until = (end < layout.blocks).then_some(end);
        let next = until.map(|from| serde_json::to_string(&Self { from, ..self.clone() }));
        let unwritable = |_| EraseError::Refused("a cursor cannot be written".into());
        let next = next.transpose().map_err(unwritable)?.map(Cursor);
        Ok(Some((BlockRange { from, until }, next)))
    }
}
