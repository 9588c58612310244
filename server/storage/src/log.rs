//! The log, inside a transaction. An entry's bytes are kept exactly; what must be destroyable is kept apart.

use async_trait::async_trait;
use domain::audit::{Details, Entry};
use domain::id::EntryId;
use domain::port::store::{Leaf, Log, StoreError};
use sqlx::FromRow;
use uuid::Uuid;

use crate::appended::Appended;
use crate::error::too_large;
use crate::row::{parse, unreadable};
use crate::transaction::Transaction;

statements! {
    FIND = "
        SELECT entry.id, entry.bytes, CAST(details.document AS TEXT) AS details
        FROM log_entries AS entry
        LEFT JOIN log_details AS details ON details.entry = entry.serial
        WHERE entry.id = $1";
    ABOUT = "
        SELECT entry.id, entry.bytes, CAST(details.document AS TEXT) AS details
        FROM log_entries AS entry
        LEFT JOIN log_details AS details ON details.entry = entry.serial
        LEFT JOIN log_leaves AS leaf ON leaf.entry = entry.serial
        WHERE entry.object = $1
        ORDER BY leaf.position IS NULL, leaf.position, entry.serial";
    INDEX_OF = "
        SELECT leaf.position
        FROM log_entries AS entry
        JOIN log_leaves AS leaf ON leaf.entry = entry.serial
        WHERE entry.id = $1";
    LEAVES = "
        SELECT leaf.position, entry.bytes
        FROM log_leaves AS leaf
        JOIN log_entries AS entry ON entry.serial = leaf.entry
        WHERE leaf.position >= $1
        ORDER BY leaf.position
        LIMIT $2";
    SIZE = "
        SELECT COALESCE(MAX(position) + 1, 0)
        FROM log_leaves";
    CHECKPOINT = "
        SELECT size, note
        FROM log_checkpoints
        ORDER BY serial DESC
        LIMIT 1";
    CHECKPOINT_AT = "
        SELECT note
        FROM log_checkpoints
        WHERE size = $1
        ORDER BY serial DESC
        LIMIT 1";
    COSIGNATURES = "
        SELECT line
        FROM log_cosignatures
        WHERE size = $1
        ORDER BY serial";
    COSIGNED = "
        SELECT size
        FROM log_cosignatures
        ORDER BY size DESC
        LIMIT 1";
    TILE = "
        SELECT hashes
        FROM log_tiles
        WHERE level = $1 AND number = $2";
}

#[derive(FromRow)]
pub(crate) struct EntryRow {
    id: Uuid,
    bytes: Vec<u8>,
    details: Option<String>,
}

impl EntryRow {
    pub(crate) fn read(self) -> Result<Entry, StoreError> {
        let text = str::from_utf8(&self.bytes).map_err(|_| "not text".to_owned());
        let claims = text
            .and_then(parse)
            .map_err(|why| unreadable("log_entries", "bytes", self.id, why))?;
        let details = self.details.map(|text| parse::<Details>(&text)).transpose();
        let details = details.map_err(|why| unreadable("log_details", "document", self.id, why))?;
        Ok(Entry {
            id: self.id.into(),
            claims,
            bytes: self.bytes,
            details,
        })
    }
}

/// The size and text of the newest checkpoint.
pub(crate) fn newest_checkpoint(rows: Vec<(i64, String)>) -> Result<Option<(u64, String)>, StoreError> {
    let row = rows.into_iter().next();
    row.map(|(size, note)| Ok((unsigned("log_checkpoints", "size", size)?, note)))
        .transpose()
}

/// A column that is never negative.
pub(crate) fn unsigned(table: &'static str, column: &'static str, number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| unreadable(table, column, number, "negative".into()))
}

/// A place in the log as a column.
pub(crate) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| too_large("a place in the log"))
}

#[async_trait]
impl Log for Transaction {
    async fn append(&mut self, entry: &Entry) -> Result<(), StoreError> {
        self.entries.push(Appended::new(entry)?);
        self.appended = true;
        Ok(())
    }

    async fn find(&mut self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        self.write_entries().await?;
        let rows = fetch!(&mut self.connection, EntryRow, FIND, id.uuid());
        self.seen(rows)?
            .into_iter()
            .next()
            .map(EntryRow::read)
            .transpose()
    }

    async fn index_of(&mut self, id: EntryId) -> Result<Option<u64>, StoreError> {
        self.write_entries().await?;
        let rows = fetch!(&mut self.connection, (i64,), INDEX_OF, id.uuid());
        let row = self.seen(rows)?.into_iter().next();
        row.map(|(position,)| unsigned("log_leaves", "position", position))
            .transpose()
    }

    async fn leaves(&mut self, from: u64, limit: u32) -> Result<Vec<Leaf>, StoreError> {
        self.write_entries().await?;
        let (from, limit) = (signed(from)?, i64::from(limit));
        let rows = fetch!(&mut self.connection, (i64, Vec<u8>), LEAVES, from, limit);
        let leaves = self.seen(rows)?.into_iter().map(|(position, bytes)| {
            let index = unsigned("log_leaves", "position", position)?;
            Ok(Leaf { index, bytes })
        });
        leaves.collect()
    }

    async fn about(&mut self, object: &str) -> Result<Vec<Entry>, StoreError> {
        self.write_entries().await?;
        let rows = fetch!(&mut self.connection, EntryRow, ABOUT, object);
        self.seen(rows)?.into_iter().map(EntryRow::read).collect()
    }

    async fn checkpoint(&mut self) -> Result<Option<(u64, String)>, StoreError> {
        let rows = fetch!(&mut self.connection, (i64, String), CHECKPOINT);
        newest_checkpoint(self.seen(rows)?)
    }

    async fn checkpoint_at(&mut self, size: u64) -> Result<Option<String>, StoreError> {
        let rows = fetch!(&mut self.connection, (String,), CHECKPOINT_AT, signed(size)?);
        Ok(self.seen(rows)?.into_iter().next().map(|row| row.0))
    }

    async fn cosignatures(&mut self, size: u64) -> Result<Vec<String>, StoreError> {
        let rows = fetch!(&mut self.connection, (String,), COSIGNATURES, signed(size)?);
        Ok(self.seen(rows)?.into_iter().map(|row| row.0).collect())
    }

    async fn cosigned(&mut self) -> Result<Option<u64>, StoreError> {
        let rows = fetch!(&mut self.connection, (i64,), COSIGNED);
        let row = self.seen(rows)?.into_iter().next();
        row.map(|(size,)| unsigned("log_cosignatures", "size", size))
            .transpose()
    }

    async fn tile(&mut self, level: u8, number: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let (level, number) = (i64::from(level), signed(number)?);
        let rows = fetch!(&mut self.connection, (Vec<u8>,), TILE, level, number);
        Ok(self.seen(rows)?.into_iter().next().map(|row| row.0))
    }

    async fn size(&mut self) -> Result<u64, StoreError> {
        let rows = fetch!(&mut self.connection, (i64,), SIZE);
        let size = self.seen(rows)?.first().map_or(0, |row| row.0);
        unsigned("log_leaves", "position", size)
    }
}
