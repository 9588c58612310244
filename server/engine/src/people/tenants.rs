//! Tenants and their contacts.

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::id::TenantId;
use domain::subject::{Contact, Tenant, TenantKey};
use serde_json::json;

use crate::{Engine, Error};

impl Engine {
    /// Registers a tenant with its contacts.
    pub async fn register_tenant(
        &self,
        actor: &Actor,
        key: TenantKey,
        name: &str,
        contacts: Vec<Contact>,
        synthetic: bool,
    ) -> Result<TenantId, Error> {
        actor.require(Permission::ManageTenants)?;
        if name.trim().is_empty() {
            return Err(Error::invalid("name", "a tenant needs its legal name"));
        }
        let now = self.now();
        let id = TenantId::new(now, self.random());
        let tenant = Tenant {
            id,
            key,
            name: name.trim().to_owned(),
            contacts,
            synthetic,
            created_at: now,
        };
        let mut tx = self.ports.store.begin().await?;
        tx.tenants().insert(&tenant).await?;
        let event = Event::new(
            "tenant.registered",
            format!("tenant:{id}"),
            json!({ "synthetic": synthetic }),
        );
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// All tenants.
    pub async fn tenants(&self, actor: &Actor) -> Result<Vec<Tenant>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        Ok(self.ports.store.read().await?.tenants().list().await?)
    }
}
