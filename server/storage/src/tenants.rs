//! Tenants.

use async_trait::async_trait;
use domain::id::TenantId;
use domain::port::store::{StoreError, Tenants};
use domain::subject::{Tenant, TenantKey};

use crate::row::{Noun, Stored, all, document, first};
use crate::transaction::Transaction;

impl Noun for Tenant {
    const TABLE: &'static str = "tenants";
}

statements! {
    INSERT = "
        INSERT INTO tenants (id, key, document, search)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    FIND = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM tenants
        WHERE id = $1";
    FIND_BY_KEY = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM tenants
        WHERE key = $1";
    LIST = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM tenants
        ORDER BY serial";
}

#[async_trait]
impl Tenants for Transaction {
    async fn insert(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        let (id, key) = (tenant.id.uuid(), tenant.key.as_str());
        let search = format!("{} {}", tenant.name, tenant.key).to_lowercase();
        let done = execute!(&mut self.connection, INSERT, id, key, document(tenant)?, search);
        let rows = self.seen(done)?;
        self.inserted(rows, "a tenant of this key")
    }

    async fn find(&mut self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND, id.uuid());
        first(self.seen(rows)?)
    }

    async fn find_by_key(&mut self, key: &TenantKey) -> Result<Option<Tenant>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, FIND_BY_KEY, key.as_str());
        first(self.seen(rows)?)
    }

    async fn list(&mut self) -> Result<Vec<Tenant>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, LIST);
        let mut tenants: Vec<Tenant> = all(self.seen(rows)?)?;
        tenants.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(tenants)
    }
}
