//! What an earlier release left behind.

use super::World;

/// Keeps what the log holds, and takes the log away.
const KEPT: [&str; 9] = [
    "CREATE TABLE kept_entries AS SELECT serial, id, object, bytes FROM log_entries",
    "CREATE TABLE kept_details AS
     SELECT entry.id, details.document FROM log_details AS details JOIN log_entries AS entry ON entry.serial = details.entry",
    "CREATE TABLE kept_pending AS
     SELECT entry.serial, entry.id FROM log_pending AS pending JOIN log_entries AS entry ON entry.serial = pending.entry",
    "CREATE TABLE kept_leaves AS
     SELECT leaf.position, entry.id FROM log_leaves AS leaf JOIN log_entries AS entry ON entry.serial = leaf.entry",
    "PRAGMA foreign_keys = OFF",
    "DROP TABLE log_leaves",
    "DROP TABLE log_pending",
    "DROP TABLE log_details",
    "DROP TABLE log_entries",
];

/// Brings what was kept into the tables of then.
const BROUGHT: [&str; 8] = [
    "INSERT INTO log_entries (id, object, bytes) SELECT id, object, bytes FROM kept_entries",
    "INSERT INTO log_details (entry_id, document) SELECT id, document FROM kept_details",
    "INSERT INTO log_pending (entry_id) SELECT id FROM kept_pending ORDER BY serial",
    "INSERT INTO log_leaves (position, entry_id) SELECT position, id FROM kept_leaves",
    "DROP TABLE kept_entries",
    "DROP TABLE kept_details",
    "DROP TABLE kept_pending",
    "DROP TABLE kept_leaves",
];

impl World {
    /// Gives the log the tables that it had at first, with all that it holds; the next who opens the store brings it
    /// up to date. Nothing else may have the store open.
    pub async fn log_of_before(&self) {
        let mut bare = self.bare().await;
        for sql in KEPT {
            let sql = match (self.is_postgres(), sql) {
                (true, sql) if sql.starts_with("PRAGMA") => continue,
                (true, "DROP TABLE log_entries") => "DROP TABLE log_entries CASCADE",
                (_, sql) => sql,
            };
            bare.execute(sql).await.unwrap();
        }
        let first = match self.is_postgres() {
            true => include_str!("../../../../migrations/postgres/0005_log.sql"),
            false => include_str!("../../../../migrations/sqlite/0005_log.sql"),
        };
        let (tables, _) = first.split_once("-- Tiles of hashes").unwrap();
        bare.execute(tables).await.unwrap();
        for sql in BROUGHT {
            bare.execute(sql).await.unwrap();
        }
        // What was added to the log later, and is taken into it again.
        let facts = match self.is_postgres() {
            true => include_str!("../../../../migrations/postgres/0009_reading.sql"),
            false => include_str!("../../../../migrations/sqlite/0009_reading.sql"),
        };
        let (_, facts) = facts.split_once("-- What the bytes of an entry say").unwrap();
        let (facts, _) = facts.split_once("-- Answers to calls").unwrap();
        bare.execute(&format!("-- {facts}")).await.unwrap();
        bare.execute("DELETE FROM _sqlx_migrations WHERE version = 20")
            .await
            .unwrap();
    }
}
