//! The tenant that a reader acts for.

use domain::actor::Actor;
use domain::subject::Tenant;

use super::Sight;
use crate::{Engine, Error};

impl Engine {
    /// The tenant of a tenant's person; for everybody else there is none.
    pub async fn own_tenant(&self, actor: &Actor) -> Result<Tenant, Error> {
        let own = Sight::of(actor)?.tenant().ok_or(Error::NotFound("that tenant"))?;
        let mut tx = self.ports.store.read().await?;
        tx.tenants()
            .find(own)
            .await?
            .ok_or(Error::NotFound("that tenant"))
    }
}
