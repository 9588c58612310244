//! Drills, and months in which none ran.

use async_trait::async_trait;
use domain::drill::{Drill, Month};
use domain::id::{DrillId, RequestId};
use domain::port::store::{Drills, StoreError};

use crate::row::{Noun, Stored, all, document, first, moment};
use crate::transaction::Transaction;

impl Noun for Drill {
    const TABLE: &'static str = "drills";
}

statements! {
    INSERT = "
        INSERT INTO drills (id, month, request_id, state, ended_at, version, document)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING";
    UPDATE = "
        UPDATE drills
        SET state = $3, ended_at = $4, version = $2 + 1, document = $5
        WHERE id = $1 AND version = $2";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM drills
        WHERE id = $1";
    OF_REQUEST = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM drills
        WHERE request_id = $1";
    RUNNING = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM drills
        WHERE ended_at IS NULL
        ORDER BY serial";
    EVERY = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM drills
        ORDER BY serial DESC";
}

#[async_trait]
impl Drills for Transaction {
    async fn insert(&mut self, drill: &Drill) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            drill.id.uuid(),
            drill.month.as_ref().map(Month::as_str),
            drill.request.map(|request| request.uuid()),
            drill.state().word(),
            drill.ended_at.map(moment),
            drill.version,
            document(drill)?
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the drill of this month")
    }

    async fn update(&mut self, drill: &Drill) -> Result<(), StoreError> {
        let next = Drill {
            version: drill.version + 1,
            ..drill.clone()
        };
        let done = execute!(
            &mut self.connection,
            UPDATE,
            drill.id.uuid(),
            drill.version,
            drill.state().word(),
            drill.ended_at.map(moment),
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "drill", drill.id)
    }

    async fn find(&mut self, id: DrillId) -> Result<Option<Drill>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn of_request(&mut self, request: RequestId) -> Result<Option<Drill>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OF_REQUEST, request.uuid());
        first(self.seen(rows)?)
    }

    async fn running(&mut self) -> Result<Vec<Drill>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, RUNNING);
        all(self.seen(rows)?)
    }

    async fn all(&mut self) -> Result<Vec<Drill>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, EVERY);
        all(self.seen(rows)?)
    }
}
