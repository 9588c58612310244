//! Plans and manifests. Never changed.

use async_trait::async_trait;
use domain::id::{PlanId, RequestId};
use domain::manifest::Manifest;
use domain::plan::ErasurePlan;
use domain::port::store::{Plans, StoreError};

use crate::row::{Noun, Stored, all, document, first};
use crate::transaction::Transaction;

impl Noun for ErasurePlan {
    const TABLE: &'static str = "erasure_plans";
}

impl Noun for Manifest {
    const TABLE: &'static str = "manifests";
}

statements! {
    INSERT = "
        INSERT INTO erasure_plans (id, request_id, document)
        VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM erasure_plans
        WHERE id = $1";
    OF_REQUEST = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM erasure_plans
        WHERE request_id = $1
        ORDER BY serial";
    INSERT_MANIFEST = "
        INSERT INTO manifests (plan_id, document)
        VALUES ($1, $2)
        ON CONFLICT DO NOTHING";
    MANIFEST = "
        SELECT plan_id AS id, CAST(document AS TEXT) AS document
        FROM manifests
        WHERE plan_id = $1";
}

#[async_trait]
impl Plans for Transaction {
    async fn insert(&mut self, plan: &ErasurePlan) -> Result<(), StoreError> {
        let (id, request) = (plan.id.uuid(), plan.request.uuid());
        let done = execute!(&mut self.connection, INSERT, id, request, document(plan)?);
        let rows = self.seen(done)?;
        self.inserted(rows, "the plan")
    }

    async fn find(&mut self, id: PlanId) -> Result<Option<ErasurePlan>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn of_request(&mut self, request: RequestId) -> Result<Vec<ErasurePlan>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OF_REQUEST, request.uuid());
        all(self.seen(rows)?)
    }

    async fn insert_manifest(&mut self, manifest: &Manifest) -> Result<(), StoreError> {
        let plan = manifest.plan.uuid();
        let done = execute!(&mut self.connection, INSERT_MANIFEST, plan, document(manifest)?);
        let rows = self.seen(done)?;
        self.inserted(rows, "the manifest of this plan")
    }

    async fn manifest(&mut self, plan: PlanId) -> Result<Option<Manifest>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, MANIFEST, plan.uuid());
        first(self.seen(rows)?)
    }
}
