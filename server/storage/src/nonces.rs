//! Nonces that the approver's side committed to.

use async_trait::async_trait;
use domain::id::{PlanId, RequestId};
use domain::nonce::CommittedNonce;
use domain::port::store::{Nonces, StoreError};

use crate::row::{Noun, Stored, all, document, first, moment};
use crate::transaction::Transaction;

impl Noun for CommittedNonce {
    const TABLE: &'static str = "nonces";
}

statements! {
    INSERT = "
        INSERT INTO nonces (id, request_id, commitment, version, document)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    UPDATE = "
        UPDATE nonces
        SET plan_id = $3, fixed_at = $4, opened_at = $5, version = $2 + 1, document = $6
        WHERE id = $1 AND version = $2";
    OF_REQUEST = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM nonces
        WHERE request_id = $1
        ORDER BY serial";
    OF_PLAN = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM nonces
        WHERE plan_id = $1";
}

#[async_trait]
impl Nonces for Transaction {
    async fn insert(&mut self, nonce: &CommittedNonce) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT,
            nonce.id.uuid(),
            nonce.request.uuid(),
            &nonce.commitment.as_bytes()[..],
            nonce.version,
            document(nonce)?
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "this commitment")
    }

    async fn update(&mut self, nonce: &CommittedNonce) -> Result<(), StoreError> {
        let next = CommittedNonce {
            version: nonce.version + 1,
            ..nonce.clone()
        };
        let done = execute!(
            &mut self.connection,
            UPDATE,
            nonce.id.uuid(),
            nonce.version,
            nonce.plan.map(PlanId::uuid),
            nonce.fixed.as_ref().map(|fixed| moment(fixed.at)),
            nonce.opened.as_ref().map(|(_, at)| moment(*at)),
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "nonce", nonce.id)
    }

    async fn of_request(&mut self, request: RequestId) -> Result<Vec<CommittedNonce>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OF_REQUEST, request.uuid());
        all(self.seen(rows)?)
    }

    async fn of_plan(&mut self, plan: PlanId) -> Result<Option<CommittedNonce>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OF_PLAN, plan.uuid());
        first(self.seen(rows)?)
    }
}
