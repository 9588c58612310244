//! Requests in pages, and how many there are in each state.

use domain::id::TenantId;
use domain::port::reading::{Cursor, Page, RequestFilter, RequestSort};
use domain::port::store::StoreError;
use domain::request::ErasureRequest;
use sqlx::FromRow;

use super::query::{Query, ids_from, page_size, within};
use crate::row::{Stored, day};
use crate::transaction::Transaction;

/// What stands before the conditions.
const PAGE: &str = "
    SELECT request.serial, request.id, CAST(request.document AS TEXT) AS document
    FROM erasure_requests AS request
    JOIN tenants AS tenant ON tenant.id = request.tenant_id";

statements! {
    COUNTS = "
        SELECT state, COUNT(*)
        FROM erasure_requests
        GROUP BY state
        ORDER BY state";
    COUNTS_OF_TENANT = "
        SELECT state, COUNT(*)
        FROM erasure_requests
        WHERE tenant_id = $1 AND replay_id IS NULL
        GROUP BY state
        ORDER BY state";
}

/// A row with its place.
#[derive(FromRow)]
pub(super) struct PageRow {
    pub(super) serial: i64,
    #[sqlx(flatten)]
    pub(super) stored: Stored,
}

impl Transaction {
    pub(super) async fn requests_of(
        &mut self,
        filter: &RequestFilter,
    ) -> Result<Page<ErasureRequest>, StoreError> {
        let limit = page_size(filter.limit);
        let mut query = Query::new(PAGE)
            .among("request.state", &filter.states)
            .and_some("request.tenant_id = ?", filter.tenant.map(TenantId::uuid))
            .and_some("request.due_on < ?", filter.due_before.map(day));
        if filter.tenant.is_some() {
            // What a restored system brought back is the issuer's affair: the tenant's request was answered.
            query = query.and("request.replay_id IS NULL", []);
        }
        if let Some(text) = &filter.text {
            let [first, last] = ids_from(text);
            let condition = "(tenant.search LIKE ? ESCAPE '\\' OR request.id BETWEEN ? AND ?)";
            query = query.and(condition, [within(text).into(), first, last]);
        }
        let query = match (filter.sort, filter.after) {
            (RequestSort::Received, after) => query
                .and_some("request.serial < ?", after.map(|after| after.serial))
                .page("request.serial DESC", limit),
            (RequestSort::Due, after) => {
                let due_on = after.and_then(|after| after.due_on.map(|due_on| (due_on, after.serial)));
                match due_on {
                    Some((due_on, serial)) => {
                        let place = [day(due_on).into(), serial.into()];
                        query.and("(request.due_on, request.serial) > (?, ?)", place)
                    }
                    None => query,
                }
                .page("request.due_on, request.serial", limit)
            }
        };
        let rows: Vec<PageRow> = query.rows(self).await?;
        page(rows, limit, |request: &ErasureRequest| match filter.sort {
            RequestSort::Received => None,
            RequestSort::Due => Some(request.due_on),
        })
    }

    pub(super) async fn counts_of(
        &mut self,
        tenant: Option<TenantId>,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = match tenant {
            None => fetch!(&mut self.connection, (String, i64), COUNTS),
            Some(tenant) => fetch!(
                &mut self.connection,
                (String, i64),
                COUNTS_OF_TENANT,
                tenant.uuid()
            ),
        };
        self.seen(rows)
    }
}

/// The page of some rows, of which there may be one too many.
pub(super) fn page<T: crate::row::Noun>(
    rows: Vec<PageRow>,
    limit: u32,
    due_on: impl Fn(&T) -> Option<domain::time::Date>,
) -> Result<Page<T>, StoreError> {
    let more = rows.len() > limit as usize;
    let mut last = None;
    let mut nouns = Vec::with_capacity(rows.len());
    for row in rows.into_iter().take(limit as usize) {
        let noun: T = row.stored.read()?;
        last = Some(Cursor {
            due_on: due_on(&noun),
            serial: row.serial,
        });
        nouns.push(noun);
    }
    Ok(Page {
        rows: nouns,
        next: last.filter(|_| more),
    })
}
