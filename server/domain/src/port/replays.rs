//! Where replays and the ledger of erased identities are kept.

use async_trait::async_trait;

use super::store::StoreError;
use crate::id::ReplayId;
use crate::replay::{ErasedIdentity, Replay};
use crate::subject::TenantKey;
use crate::time::Timestamp;

type Answer<T> = Result<T, StoreError>;

/// Replays, and the ledger of erased identities: append-only, and never emptied.
#[async_trait]
pub trait Replays: Send {
    /// Adds a replay.
    async fn insert(&mut self, replay: &Replay) -> Answer<()>;
    /// Changes one.
    async fn update(&mut self, replay: &Replay) -> Answer<()>;
    /// By id.
    async fn find(&mut self, id: ReplayId) -> Answer<Option<Replay>>;
    /// All there are, the newest first.
    async fn all(&mut self) -> Answer<Vec<Replay>>;
    /// Those that have not ended, oldest first.
    async fn open(&mut self) -> Answer<Vec<Replay>>;
    /// Writes down what was erased; what the ledger holds already stays as it is.
    async fn enter(&mut self, erased: &[ErasedIdentity], at: Timestamp) -> Answer<()>;
    /// Tenants of which the ledger holds anything, in order.
    async fn tenants(&mut self) -> Answer<Vec<TenantKey>>;
    /// What was erased of a tenant, oldest first.
    async fn erased(&mut self, tenant: &TenantKey) -> Answer<Vec<ErasedIdentity>>;
}
