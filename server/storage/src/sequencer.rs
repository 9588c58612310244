//! The one sequencer: gives entries their place in the tree, and stores tiles and checkpoints.
//!
//! On PostgreSQL every statement runs on the very connection that holds the lock: where it is lost, so is the right
//! to write. On SQLite the lock is a file's, which ends with its process.

use std::fs::File;

use async_trait::async_trait;
use domain::id::EntryId;
use domain::port::store::{Sequencer, StoreError};
use domain::time::Timestamp;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::database::Database;
use crate::log::{self, newest_checkpoint, signed, unsigned};
use crate::row::{moment, unreadable};
use crate::transaction::{Access, Connection};
use crate::{error, postgres, sqlite};

statements! {
    UNSEQUENCED = "
        SELECT entry.id, entry.bytes
        FROM log_pending AS pending
        JOIN log_entries AS entry ON entry.serial = pending.entry
        ORDER BY pending.entry
        LIMIT $1";
    SEQUENCED = "
        DELETE FROM log_pending
        WHERE entry IN (SELECT entry FROM log_leaves WHERE position >= $1)";
    EDGE = "
        SELECT number, hashes
        FROM log_tiles
        WHERE level = $1
        ORDER BY number DESC
        LIMIT 1";
    GROW_TILE = "
        INSERT INTO log_tiles (level, number, hashes)
        VALUES ($1, $2, $3)
        ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes";
    PUBLISH = "
        INSERT INTO log_checkpoints (size, note, published_at)
        SELECT $1, $2, $3
        WHERE NOT EXISTS (SELECT 1 FROM log_checkpoints WHERE size > $1)";
    COSIGN = "
        INSERT INTO log_cosignatures (size, witness, line, received_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (size, witness) DO NOTHING";
}

/// The highest level of tiles (C2SP tlog-tiles).
const HIGHEST_LEVEL: u8 = 7;

/// Where the log is.
pub(crate) enum Place {
    Sqlite { database: Database, _lock: File },
    Postgres(PgConnection),
}

/// The sequencer, for as long as it holds the lock.
pub(crate) struct LogSequencer {
    place: Place,
}

impl LogSequencer {
    pub(crate) fn new(place: Place) -> Self {
        Self { place }
    }

    async fn transaction(&mut self, access: Access) -> Result<Connection<'_>, StoreError> {
        match &mut self.place {
            Place::Sqlite { database, .. } => database.connection(access).await,
            Place::Postgres(connection) => {
                let begun = match access {
                    Access::Write => connection.begin().await,
                    Access::Read => {
                        connection
                            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                            .await
                    }
                };
                begun.map(Connection::Postgres).map_err(error::store)
            }
        }
    }
}

#[async_trait]
impl Sequencer for LogSequencer {
    async fn unsequenced(&mut self, limit: u32) -> Result<Vec<(EntryId, Vec<u8>)>, StoreError> {
        let mut tx = self.transaction(Access::Read).await?;
        let rows = fetch!(&mut tx, (Uuid, Vec<u8>), UNSEQUENCED, i64::from(limit)).map_err(error::store)?;
        Ok(rows.into_iter().map(|(id, bytes)| (id.into(), bytes)).collect())
    }

    async fn edge(&mut self) -> Result<(u64, Vec<(u8, u64, Vec<u8>)>), StoreError> {
        let mut tx = self.transaction(Access::Read).await?;
        let size = size(&mut tx).await?;
        let mut edge = Vec::new();
        for level in 0..=HIGHEST_LEVEL {
            let rows = fetch!(&mut tx, (i64, Vec<u8>), EDGE, i64::from(level)).map_err(error::store)?;
            let Some((number, hashes)) = rows.into_iter().next() else {
                break;
            };
            edge.push((level, unsigned("log_tiles", "number", number)?, hashes));
        }
        Ok((unsigned("log_leaves", "position", size)?, edge))
    }

    async fn sequence(
        &mut self,
        first: u64,
        entries: &[EntryId],
        tiles: &[(u8, u64, Vec<u8>)],
    ) -> Result<(), StoreError> {
        let first = signed(first)?;
        let ids = entries.iter().map(|id| id.uuid());
        let mut tx = self.transaction(Access::Write).await?;
        if size(&mut tx).await? != first {
            return Err(StoreError::Conflict("the end of the log".into()));
        }
        let placed = match &mut tx {
            Connection::Sqlite(tx) => {
                let place = sqlx::query(sqlite::SEQUENCE).bind(first).bind(sqlite::ids(ids)?);
                place.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            Connection::Postgres(tx) => {
                let list: Vec<Uuid> = ids.collect();
                let place = sqlx::query(postgres::SEQUENCE).bind(first).bind(list);
                place.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        };
        let placed = placed.map_err(error::store)?;
        let taken = execute!(&mut tx, SEQUENCED, first).map_err(error::store)?;
        let all = entries.len() as u64;
        if (placed, taken) != (all, all) {
            return Err(StoreError::Refused(
                "an entry without a pending place was to be sequenced".into(),
            ));
        }
        for (level, number, hashes) in tiles {
            let (level, number) = (i64::from(*level), signed(*number)?);
            execute!(&mut tx, GROW_TILE, level, number, &hashes[..]).map_err(error::store)?;
        }
        tx.commit().await
    }

    async fn publish(&mut self, size: u64, note: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.transaction(Access::Write).await?;
        let size = signed(size)?;
        if self::size(&mut tx).await? < size {
            return Err(StoreError::Refused(
                "a checkpoint of more leaves than the log has".into(),
            ));
        }
        match execute!(&mut tx, PUBLISH, size, note, moment(at)).map_err(error::store)? {
            0 => Err(StoreError::Refused("a checkpoint smaller than the newest".into())),
            _ => tx.commit().await,
        }
    }

    async fn cosign(
        &mut self,
        size: u64,
        witness: &str,
        line: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.transaction(Access::Write).await?;
        let kept = execute!(&mut tx, COSIGN, signed(size)?, witness, line, moment(at));
        let kept = kept.map_err(error::store)? == 1;
        tx.commit().await?;
        Ok(kept)
    }

    async fn published(&mut self) -> Result<Option<(u64, String)>, StoreError> {
        let mut tx = self.transaction(Access::Read).await?;
        newest_checkpoint(fetch!(&mut tx, (i64, String), log::CHECKPOINT).map_err(error::store)?)
    }
}

/// How many leaves the log has.
async fn size(tx: &mut Connection<'_>) -> Result<i64, StoreError> {
    let rows = fetch!(tx, (i64,), log::SIZE).map_err(error::store)?;
    rows.first()
        .map(|row| row.0)
        .ok_or_else(|| unreadable("log_leaves", "position", "-", "no maximum".into()))
}
