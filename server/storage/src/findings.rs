//! Checks, spot checks, attestations.

use async_trait::async_trait;
use domain::id::{CheckId, PlanId, RequestId, SpotCheckId};
use domain::inventory::DatasetRef;
use domain::port::store::{Findings, StoreError};
use domain::verification::{Attestation, Check, SpotCheck};

use crate::row::{Noun, Stored, all, document, first};
use crate::transaction::Transaction;

impl Noun for Check {
    const TABLE: &'static str = "checks";
}

impl Noun for SpotCheck {
    const TABLE: &'static str = "spot_checks";
}

impl Noun for Attestation {
    const TABLE: &'static str = "attestations";
}

statements! {
    INSERT_CHECK = "
        INSERT INTO checks (id, request_id, plan_id, round, state, version, document)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING";
    UPDATE_CHECK = "
        UPDATE checks
        SET state = $3, version = $2 + 1, document = $4
        WHERE id = $1 AND version = $2";
    FIND_CHECK = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM checks
        WHERE id = $1";
    CHECKS = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM checks
        WHERE request_id = $1
        ORDER BY serial";
    CHECKS_OF_ROUND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM checks
        WHERE request_id = $1 AND round = $2
        ORDER BY serial";
    INSERT_SPOT_CHECK = "
        INSERT INTO spot_checks (id, request_id, version, document)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    UPDATE_SPOT_CHECK = "
        UPDATE spot_checks
        SET version = $2 + 1, document = $3
        WHERE id = $1 AND version = $2";
    FIND_SPOT_CHECK = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM spot_checks
        WHERE id = $1";
    SPOT_CHECKS = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM spot_checks
        WHERE request_id = $1
        ORDER BY serial";
    INSERT_ATTESTATION = "
        INSERT INTO attestations (id, request_id, plan_id, dataset, document)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    ATTESTATION = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM attestations
        WHERE plan_id = $1 AND dataset = $2
        ORDER BY serial DESC
        LIMIT 1";
}

#[async_trait]
impl Findings for Transaction {
    async fn insert_check(&mut self, check: &Check) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT_CHECK,
            check.id.uuid(),
            check.request.uuid(),
            check.plan.uuid(),
            i64::from(check.round),
            check.state_word(),
            check.version,
            document(check)?,
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the check")
    }

    async fn update_check(&mut self, check: &Check) -> Result<(), StoreError> {
        let next = Check {
            version: check.version + 1,
            ..check.clone()
        };
        let (id, state) = (check.id.uuid(), check.state_word());
        let done = execute!(
            &mut self.connection,
            UPDATE_CHECK,
            id,
            check.version,
            state,
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "check", check.id)
    }

    async fn find_check(&mut self, id: CheckId) -> Result<Option<Check>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND_CHECK, id.uuid());
        first(self.seen(rows)?)
    }

    async fn checks(&mut self, request: RequestId, round: Option<i32>) -> Result<Vec<Check>, StoreError> {
        let request = request.uuid();
        let rows = match round {
            None => fetch!(&mut self.connection, Stored, CHECKS, request),
            Some(round) => fetch!(
                &mut self.connection,
                Stored,
                CHECKS_OF_ROUND,
                request,
                i64::from(round)
            ),
        };
        all(self.seen(rows)?)
    }

    async fn insert_spot_check(&mut self, spot: &SpotCheck) -> Result<(), StoreError> {
        let (id, request) = (spot.id.uuid(), spot.request.uuid());
        let done = execute!(
            &mut self.connection,
            INSERT_SPOT_CHECK,
            id,
            request,
            spot.version,
            document(spot)?
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the spot check")
    }

    async fn update_spot_check(&mut self, spot: &SpotCheck) -> Result<(), StoreError> {
        let next = SpotCheck {
            version: spot.version + 1,
            ..spot.clone()
        };
        let id = spot.id.uuid();
        let done = execute!(
            &mut self.connection,
            UPDATE_SPOT_CHECK,
            id,
            spot.version,
            document(&next)?
        );
        let rows = self.seen(done)?;
        self.updated(rows, "spot check", spot.id)
    }

    async fn find_spot_check(&mut self, id: SpotCheckId) -> Result<Option<SpotCheck>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND_SPOT_CHECK, id.uuid());
        first(self.seen(rows)?)
    }

    async fn spot_checks(&mut self, request: RequestId) -> Result<Vec<SpotCheck>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, SPOT_CHECKS, request.uuid());
        all(self.seen(rows)?)
    }

    async fn insert_attestation(&mut self, attestation: &Attestation) -> Result<(), StoreError> {
        let done = execute!(
            &mut self.connection,
            INSERT_ATTESTATION,
            attestation.id.uuid(),
            attestation.request.uuid(),
            attestation.plan.uuid(),
            attestation.dataset.to_string(),
            document(attestation)?,
        );
        let rows = self.seen(done)?;
        self.inserted(rows, "the attestation")
    }

    async fn attestation(
        &mut self,
        plan: PlanId,
        dataset: &DatasetRef,
    ) -> Result<Option<Attestation>, StoreError> {
        let rows = fetch!(
            &mut self.connection,
            Stored,
            ATTESTATION,
            plan.uuid(),
            dataset.to_string()
        );
        first(self.seen(rows)?)
    }
}
