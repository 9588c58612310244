//! Where nonces are kept that the approver's side committed to.

use async_trait::async_trait;

use super::store::StoreError;
use crate::id::{PlanId, RequestId};
use crate::nonce::CommittedNonce;

/// Nonces of sampling seeds. Never deleted; what was committed to, used, fixed or opened stays.
#[async_trait]
pub trait Nonces: Send {
    /// Adds a nonce; [`StoreError::Exists`] when its commitment was made before, for this request or another.
    async fn insert(&mut self, nonce: &CommittedNonce) -> Result<(), StoreError>;
    /// Changes one.
    async fn update(&mut self, nonce: &CommittedNonce) -> Result<(), StoreError>;
    /// All of a request, oldest first.
    async fn of_request(&mut self, request: RequestId) -> Result<Vec<CommittedNonce>, StoreError>;
    /// The one that a plan uses.
    async fn of_plan(&mut self, plan: PlanId) -> Result<Option<CommittedNonce>, StoreError>;
}
