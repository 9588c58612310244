//! Switches and small settings.

use async_trait::async_trait;
use domain::port::store::{Settings, StoreError};
use domain::switches::Switches;

use crate::row::{Noun, Stored, document, first};
use crate::transaction::Transaction;

impl Noun for Switches {
    const TABLE: &'static str = "switches";
}

statements! {
    SWITCHES = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM switches";
    INSERT_SWITCHES = "
        INSERT INTO switches (id, version, document)
        VALUES (1, 1, $1)
        ON CONFLICT DO NOTHING";
    UPDATE_SWITCHES = "
        UPDATE switches
        SET version = $1 + 1, document = $2
        WHERE version = $1";
    TEXT = "
        SELECT value
        FROM settings
        WHERE name = $1";
    SET_TEXT = "
        INSERT INTO settings (name, value)
        VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    CLAIM = "
        INSERT INTO settings (name, value)
        VALUES ($1, $2)
        ON CONFLICT DO NOTHING";
}

#[async_trait]
impl Settings for Transaction {
    async fn switches(&mut self) -> Result<Switches, StoreError> {
        let rows = fetch!(&mut self.connection, Stored<i64>, SWITCHES);
        Ok(first(self.seen(rows)?)?.unwrap_or_default())
    }

    async fn set_switches(&mut self, switches: &Switches) -> Result<(), StoreError> {
        let next = Switches {
            version: switches.version + 1,
            ..switches.clone()
        };
        let next = document(&next)?;
        let done = match switches.version {
            // Nobody ever set them.
            0 => execute!(&mut self.connection, INSERT_SWITCHES, next),
            version => execute!(&mut self.connection, UPDATE_SWITCHES, version, next),
        };
        let rows = self.seen(done)?;
        self.updated(rows, "switches", "of everything")
    }

    async fn text(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let rows = fetch!(&mut self.connection, (String,), TEXT, name);
        Ok(self.seen(rows)?.into_iter().next().map(|row| row.0))
    }

    async fn set_text(&mut self, name: &str, text: &str) -> Result<(), StoreError> {
        let done = execute!(&mut self.connection, SET_TEXT, name, text);
        let rows = self.seen(done)?;
        self.updated(rows, "setting", name)
    }

    async fn note(&mut self, name: &str, text: &str) -> Result<(), StoreError> {
        let done = execute!(&mut self.connection, SET_TEXT, name, text);
        self.seen(done).map(drop)
    }

    async fn claim(&mut self, name: &str, text: &str) -> Result<bool, StoreError> {
        let done = execute!(&mut self.connection, CLAIM, name, text);
        Ok(self.seen(done)? == 1)
    }
}
