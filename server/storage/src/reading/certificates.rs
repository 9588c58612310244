//! Certificates in pages, and by their printed code.

use domain::id::{RequestId, TenantId};
use domain::port::reading::{CertificateFilter, Page};
use domain::port::store::StoreError;
use domain::register::CertificateRecord;

use super::query::{Query, ids_from, page_size, within};
use super::requests::{PageRow, page};
use crate::row::{Stored, first};
use crate::transaction::Transaction;

/// What stands before the conditions.
const PAGE: &str = "
    SELECT certificate.serial, certificate.id, CAST(certificate.document AS TEXT) AS document
    FROM certificates AS certificate
    JOIN erasure_requests AS request ON request.id = certificate.request_id
    JOIN tenants AS tenant ON tenant.id = request.tenant_id";

statements! {
    OF_CODE = "
        SELECT id, CAST(document AS TEXT) AS document
        FROM certificates
        WHERE code = $1";
}

impl Transaction {
    pub(super) async fn certificates_of(
        &mut self,
        filter: &CertificateFilter,
    ) -> Result<Page<CertificateRecord>, StoreError> {
        let limit = page_size(filter.limit);
        let mut query = Query::new(PAGE)
            .among("certificate.state", &filter.states)
            .among("certificate.kind", &filter.kinds)
            .and_some("request.tenant_id = ?", filter.tenant.map(TenantId::uuid))
            .and_some("certificate.request_id = ?", filter.request.map(RequestId::uuid))
            .and_some("certificate.serial < ?", filter.after.map(|after| after.serial));
        if let Some(text) = &filter.text {
            let [from, to] = ids_from(text);
            let code = text.parse::<domain::certificate::PrintedCode>();
            let code = code.map_or_else(|_| String::new(), |code| code.to_string());
            let condition = "(tenant.search LIKE ? ESCAPE '\\' OR certificate.code = ?
                OR certificate.id BETWEEN ? AND ?)";
            query = query.and(condition, [within(text).into(), code.into(), from, to]);
        }
        let rows: Vec<PageRow> = query.page("certificate.serial DESC", limit).rows(self).await?;
        page(rows, limit, |_| None)
    }

    pub(super) async fn certificate_by_code(
        &mut self,
        code: &str,
    ) -> Result<Option<CertificateRecord>, StoreError> {
        let rows = fetch!(&mut self.connection, Stored, OF_CODE, code);
        first(self.seen(rows)?)
    }
}
