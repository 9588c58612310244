//! Tenants by a part of their name or key.

use domain::port::store::StoreError;
use domain::subject::Tenant;

use super::query::{Query, page_size, within};
use super::requests::{PageRow, page};
use crate::transaction::Transaction;

/// What stands before the conditions.
const PAGE: &str = "
    SELECT tenant.serial, tenant.id, CAST(tenant.document AS TEXT) AS document
    FROM tenants AS tenant";

impl Transaction {
    pub(super) async fn tenants_of(&mut self, text: &str, limit: u32) -> Result<Vec<Tenant>, StoreError> {
        let limit = page_size(limit);
        let query = Query::new(PAGE).and("tenant.search LIKE ? ESCAPE '\\'", [within(text).into()]);
        let rows: Vec<PageRow> = query.page("tenant.search", limit).rows(self).await?;
        Ok(page(rows, limit, |_| None)?.rows)
    }
}
