//! Long lists: filtered, sorted and cut into pages by the database.

mod certificates;
mod incidents;
mod log;
mod personal;
mod query;
mod requests;
mod tenants;

use async_trait::async_trait;
use domain::id::{EntryId, TenantId};
use domain::incident::Incident;
use domain::port::reading::{
    CertificateFilter, Cursor, Line, LogFilter, Page, PersonalRows, Reading, RequestFilter,
};
use domain::port::store::StoreError;
use domain::register::CertificateRecord;
use domain::request::ErasureRequest;
use domain::subject::Tenant;

use crate::transaction::Transaction;

/// The statements that are not put together.
pub(crate) const ALL: &[&[(&str, &str)]] = &[requests::ALL, certificates::ALL, personal::ALL];

#[async_trait]
impl Reading for Transaction {
    async fn request_page(&mut self, filter: &RequestFilter) -> Result<Page<ErasureRequest>, StoreError> {
        self.requests_of(filter).await
    }

    async fn request_counts(&mut self, tenant: Option<TenantId>) -> Result<Vec<(String, i64)>, StoreError> {
        self.counts_of(tenant).await
    }

    async fn certificate_page(
        &mut self,
        filter: &CertificateFilter,
    ) -> Result<Page<CertificateRecord>, StoreError> {
        self.certificates_of(filter).await
    }

    async fn certificate_of_code(&mut self, code: &str) -> Result<Option<CertificateRecord>, StoreError> {
        self.certificate_by_code(code).await
    }

    async fn incident_page(
        &mut self,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<Incident>, StoreError> {
        self.incidents_from(after, limit).await
    }

    async fn log_page(&mut self, filter: &LogFilter) -> Result<Page<Line>, StoreError> {
        self.lines_of(filter).await
    }

    async fn log_of(&mut self, objects: &[String], limit: u32) -> Result<Vec<Line>, StoreError> {
        self.lines_about(objects, limit).await
    }

    async fn line(&mut self, entry: EntryId) -> Result<Option<Line>, StoreError> {
        self.line_of(entry).await
    }

    async fn personal_rows(&mut self) -> Result<PersonalRows, StoreError> {
        self.rows_about_people().await
    }

    async fn tenants_like(&mut self, text: &str, limit: u32) -> Result<Vec<Tenant>, StoreError> {
        self.tenants_of(text, limit).await
    }
}
