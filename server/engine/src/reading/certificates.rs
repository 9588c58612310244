//! Certificates in pages, by their printed code, and the little that everybody may know.

use domain::actor::Actor;
use domain::certificate::{Claims, PrintedCode};
use domain::id::CertificateId;
use domain::port::reading::{CertificateFilter, Page};
use domain::port::store::Tx;
use domain::register::{CertificateKind, CertificateRecord, CertificateState};
use domain::subject::TenantKey;
use domain::time::Timestamp;
use serde::Serialize;

use super::Sight;
use super::names::{Named, Names};
use crate::{Engine, Error};

/// A certificate in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateSeen {
    /// The record.
    pub record: CertificateRecord,
    /// The tenant's key.
    pub tenant_key: TenantKey,
    /// The tenant's legal name.
    pub tenant_name: String,
    /// The officer, as far as the reader may know.
    pub certified_by: Named,
}

/// What everybody may know of a certificate: issuer, state and dates. No tenant, system or ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicStatus {
    /// Its id.
    pub id: CertificateId,
    /// Its printed code.
    pub code: String,
    /// The legal entity that issued it, as the statement says.
    pub issuer: String,
    /// `issued`, `superseded`, `suspended` or `revoked`.
    pub state: &'static str,
    /// It is a drill: it certifies nothing.
    pub drill: bool,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When the state last changed.
    pub state_since: Timestamp,
    /// The printed code of the one in its place.
    pub superseded_by: Option<String>,
}

impl Engine {
    /// A page of the certificates that the actor may see. A tenant sees its own, and only what was issued.
    pub async fn certificate_page(
        &self,
        actor: &Actor,
        filter: CertificateFilter,
    ) -> Result<Page<CertificateSeen>, Error> {
        let sight = Sight::of(actor)?;
        let mut filter = CertificateFilter {
            tenant: sight.tenant().or(filter.tenant),
            ..filter
        };
        if !sight.is_staff() {
            let public = ["issued", "superseded", "suspended", "revoked"].map(str::to_owned);
            filter.states = match filter.states.is_empty() {
                true => public.into(),
                false => filter
                    .states
                    .into_iter()
                    .filter(|state| public.contains(state))
                    .collect(),
            };
            if filter.states.is_empty() {
                return Ok(Page {
                    rows: Vec::new(),
                    next: None,
                });
            }
        }
        let mut tx = self.ports.store.read().await?;
        let names = Names::load(&mut *tx, actor).await?;
        let mut page = tx.reading().certificate_page(&filter).await?;
        // An addendum can fall with its base before it is issued: outsiders never heard of it.
        page.rows
            .retain(|record| sight.is_staff() || record.issued_at.is_some());
        let mut rows = Vec::with_capacity(page.rows.len());
        for record in page.rows {
            let record = match sight.is_staff() {
                true => record,
                false => record.for_outsiders(),
            };
            rows.push(self.certificate_seen(&mut *tx, record, &names).await?);
        }
        Ok(Page {
            rows,
            next: page.next,
        })
    }

    /// The certificate of a printed code as people type it, where the actor may see it.
    pub async fn certificate_by_code(&self, actor: &Actor, code: &str) -> Result<CertificateSeen, Error> {
        let unknown = || Error::NotFound("that certificate");
        let sight = Sight::of(actor)?;
        let code: PrintedCode = code.parse().map_err(|_| unknown())?;
        let mut tx = self.ports.store.read().await?;
        let record = tx.reading().certificate_of_code(&code.to_string()).await?;
        let record = record.ok_or_else(unknown)?;
        self.visible_request(&mut *tx, actor, record.request)
            .await
            .map_err(|_| unknown())?;
        match sight.is_staff() || record.issued_at.is_some() {
            true => {
                let names = Names::load(&mut *tx, actor).await?;
                let record = match sight.is_staff() {
                    true => record,
                    false => record.for_outsiders(),
                };
                self.certificate_seen(&mut *tx, record, &names).await
            }
            false => Err(unknown()),
        }
    }

    pub(super) async fn certificate_seen(
        &self,
        tx: &mut dyn Tx,
        record: CertificateRecord,
        names: &Names,
    ) -> Result<CertificateSeen, Error> {
        let request = tx.requests().find(record.request).await?;
        let request = request.ok_or(Error::NotFound("that request"))?;
        let tenant = tx.tenants().find(request.tenant).await?;
        Ok(CertificateSeen {
            certified_by: names.person(record.certified_by),
            record,
            tenant_key: request.tenant_key,
            tenant_name: tenant.map(|tenant| tenant.name).unwrap_or_default(),
        })
    }

    /// What everybody may know of a certificate, by its id or printed code. Absent for what is unknown, for what was never
    /// issued, and for what can be neither: from outside the three are one.
    pub async fn public_status(&self, reference: &str) -> Result<Option<PublicStatus>, Error> {
        let reference = reference.trim();
        let mut tx = self.ports.store.read().await?;
        let record = match (
            reference.parse::<CertificateId>(),
            reference.parse::<PrintedCode>(),
        ) {
            (Ok(id), _) => tx.certificates().find(id).await?,
            (_, Ok(code)) => tx.reading().certificate_of_code(&code.to_string()).await?,
            _ => None,
        };
        let Some((record, issued_at)) = record.and_then(|record| {
            let issued_at = record.issued_at?;
            Some((record, issued_at))
        }) else {
            return Ok(None);
        };
        let statement = tx.certificates().statement(record.id).await?;
        let statement = statement.ok_or_else(|| Error::Broken("issued without a statement".into()))?;
        let claims = Claims::parse(&statement.bytes)
            .map_err(|_| Error::Broken("the statement of a certificate cannot be read".into()))?;
        let superseded_by = match record.state {
            CertificateState::Superseded { by } => tx.certificates().find(by).await?,
            _ => None,
        };
        let state = record.state.word();
        let kind = format!("certificate.{state}");
        let log = tx.log().about(&format!("certificate:{}", record.id)).await?;
        let changed = log.iter().rev().find(|entry| entry.claims.kind == kind);
        Ok(Some(PublicStatus {
            id: record.id,
            code: record.code,
            issuer: claims.issuer.name,
            state,
            drill: record.kind == CertificateKind::Drill,
            issued_at,
            state_since: changed.map_or(issued_at, |entry| entry.claims.time),
            superseded_by: superseded_by
                .filter(|by| by.issued_at.is_some())
                .map(|by| by.code),
        }))
    }
}
