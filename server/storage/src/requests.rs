//! Requests.

use async_trait::async_trait;
use domain::id::{RequestId, TenantId};
use domain::port::store::{Requests, StoreError};
use domain::request::{Aside, ErasureRequest};

use crate::row::{Noun, Stored, all, day, document, first, moment};
use crate::transaction::Transaction;

impl Noun for ErasureRequest {
    const TABLE: &'static str = "erasure_requests";
}

statements! {
    INSERT = "
        INSERT INTO erasure_requests (id, tenant_id, stage, aside, version, document, state, due_on, replay_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT DO NOTHING";
    UPDATE = "
        UPDATE erasure_requests
        SET stage = $3, aside = $4, version = $2 + 1, document = $5, state = $6, due_on = $7, destroyed_at = $8
        WHERE id = $1 AND version = $2";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM erasure_requests
        WHERE id = $1";
    LIST = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM erasure_requests
        ORDER BY serial DESC";
    LIST_OF_TENANT = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM erasure_requests
        WHERE tenant_id = $1
        ORDER BY serial DESC";
    OPEN = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM erasure_requests
        WHERE stage NOT IN ('closed', 'refused', 'withdrawn', 'duplicate')
        ORDER BY serial";
    ENDED = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM erasure_requests
        WHERE stage IN ('closed', 'refused', 'withdrawn', 'duplicate') AND destroyed_at IS NULL
        ORDER BY serial";
    ON_HOLD = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM erasure_requests
        WHERE aside = 'on_hold'
        ORDER BY serial";
}

#[async_trait]
impl Requests for Transaction {
    async fn insert(&mut self, request: &ErasureRequest) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            request.id.uuid(),
            request.tenant.uuid(),
            request.stage.word(),
            request.aside.as_ref().map(Aside::word),
            request.version,
            document(request)?,
            request.state_word(),
            day(request.due_on),
            request.again.as_ref().map(|again| again.replay.uuid()),
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the request")
    }

    async fn update(&mut self, request: &ErasureRequest) -> Result<(), StoreError> {
        let next = ErasureRequest {
            version: request.version + 1,
            ..request.clone()
        };
        let done = execute!(
            &mut self.connection,
            UPDATE,
            request.id.uuid(),
            request.version,
            request.stage.word(),
            request.aside.as_ref().map(Aside::word),
            document(&next)?,
            request.state_word(),
            day(request.due_on),
            request.destroyed_at.map(moment),
        );
        let rows = self.seen(done)?;
        self.updated(rows, "request", request.id)
    }

    async fn find(&mut self, id: RequestId) -> Result<Option<ErasureRequest>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn list(&mut self, tenant: Option<TenantId>) -> Result<Vec<ErasureRequest>, StoreError> {
        let rows = match tenant {
            None => fetch!(&mut self.connection, Stored, LIST),
            Some(tenant) => fetch!(&mut self.connection, Stored, LIST_OF_TENANT, tenant.uuid()),
        };
        all(self.seen(rows)?)
    }

    async fn open(&mut self) -> Result<Vec<ErasureRequest>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OPEN);
        all(self.seen(rows)?)
    }

    async fn ended(&mut self) -> Result<Vec<ErasureRequest>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, ENDED);
        all(self.seen(rows)?)
    }

    async fn on_hold(&mut self) -> Result<Vec<ErasureRequest>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, ON_HOLD);
        all(self.seen(rows)?)
    }
}
