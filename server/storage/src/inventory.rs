//! Inventory versions. Never changed.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::digest::Digest;
use domain::inventory::InventoryVersion;
use domain::port::store::{Inventory, StoreError};
use domain::time::Timestamp;

use crate::row::{Noun, Stored, document, first, moment, timestamp, unreadable};
use crate::transaction::Transaction;

impl Noun for InventoryVersion {
    const TABLE: &'static str = "inventory_versions";
}

statements! {
    INSERT = "
        INSERT INTO inventory_versions (number, digest, created_at, document)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    LATEST = "
        SELECT number AS id, CAST(document AS TEXT) AS document
        FROM inventory_versions
        ORDER BY number DESC
        LIMIT 1";
    FIND = "
        SELECT number AS id, CAST(document AS TEXT) AS document
        FROM inventory_versions
        WHERE number = $1";
    LIST = "
        SELECT number, digest, created_at
        FROM inventory_versions
        ORDER BY number DESC";
}

#[async_trait]
impl Inventory for Transaction {
    async fn insert(&mut self, version: &InventoryVersion) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            version.number,
            &version.digest.as_bytes()[..],
            moment(version.created_at),
            document(version)?,
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "an inventory version of this number")
    }

    async fn latest(&mut self) -> Result<Option<InventoryVersion>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored<i64>, LATEST);
        first(self.seen(rows)?)
    }

    async fn find(&mut self, number: i64) -> Result<Option<InventoryVersion>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored<i64>, FIND, number);
        first(self.seen(rows)?)
    }

    async fn list(&mut self) -> Result<Vec<(i64, Digest, Timestamp)>, StoreError> {
        let rows = fetch!(&mut self.connection, (i64, Vec<u8>, DateTime<Utc>), LIST);
        let rows = self.seen(rows)?.into_iter().map(|(number, digest, created_at)| {
            let digest = Digest::try_from(&digest[..])
                .map_err(|error| unreadable("inventory_versions", "digest", number, error.to_string()))?;
            Ok((number, digest, timestamp(created_at)))
        });
        rows.collect()
    }
}
