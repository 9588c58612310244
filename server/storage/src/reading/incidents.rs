//! Incidents, page by page.

use domain::incident::Incident;
use domain::port::reading::{Cursor, Page};
use domain::port::store::StoreError;

use super::query::{Query, page_size};
use super::requests::{PageRow, page};
use crate::transaction::Transaction;

/// What stands before the conditions.
const PAGE: &str = "
    SELECT serial, id, CAST(document AS TEXT) AS document
    FROM incidents";

impl Transaction {
    pub(super) async fn incidents_from(
        &mut self,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<Incident>, StoreError> {
        let limit = page_size(limit);
        let query = Query::new(PAGE).and_some("serial < ?", after.map(|after| after.serial));
        let rows: Vec<PageRow> = query.page("serial DESC", limit).rows(self).await?;
        page(rows, limit, |_| None)
    }
}
