//! Certificates: looking, and downloading everything that proves them.

use axum::Json;
use axum::extract::{Extension, OriginalUri, Path, State};
use axum::response::Response;
use domain::id::CertificateId;
use domain::port::reading::CertificateFilter;
use domain::register::{CertificateRecord, CertificateState};
use engine::Engine;
use engine::reading::certificates::CertificateSeen;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Web;
use super::super::downloads::{FILES, attachment, content};
use super::auth::Caller;
use super::given::{Asked, At};
use super::page::{Listed, after, limit, words};
use super::problem::Problem;
use super::tenants;

/// A certificate.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CertificateView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// The code printed on it.
    code: String,
    /// Of which request.
    #[schema(format = Uuid)]
    request: String,
    /// The tenant's key, in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    /// `complete`, `partial`, `corrected`, `addendum` or `drill`.
    #[schema(example = "complete")]
    kind: &'static str,
    /// `draft`, `signed`, `rendered`, `issued`, `superseded`, `suspended` or `revoked`.
    #[schema(example = "issued")]
    state: &'static str,
    /// When the officer certified.
    #[schema(format = DateTime)]
    certified_at: String,
    /// When it was issued.
    #[schema(format = DateTime)]
    issued_at: Option<String>,
    /// The one that took its place.
    #[schema(format = Uuid)]
    superseded_by: Option<String>,
}

/// Which certificates.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CertificateQuery {
    /// In any of these states, separated by commas.
    state: Option<String>,
    /// Of any of these kinds, separated by commas.
    kind: Option<String>,
    /// Of one tenant, by its key.
    tenant: Option<String>,
    /// Of one request.
    #[param(format = Uuid)]
    request: Option<String>,
    /// A printed code, the beginning of an id, or a part of the tenant's name or key.
    text: Option<String>,
    /// From here on: the `next` of the page before.
    after: Option<String>,
    /// How many, from 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
}

/// Lists the certificates that the caller may see, the newest first. A tenant sees what was issued.
#[utoipa::path(
    get, path = "/certificates", tag = "certificates", operation_id = "list_certificates",
    params(CertificateQuery),
    responses((status = 200, description = "A page of certificates.", body = Listed<CertificateView>)),
    security(("token" = ["read"]), ("token" = ["requests"]))
)]
pub(super) async fn list(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    OriginalUri(uri): OriginalUri,
    Asked(asked): Asked<CertificateQuery>,
) -> Result<Response, Problem> {
    let request = asked.request.as_deref().map(str::parse).transpose();
    let filter = CertificateFilter {
        states: words(asked.state.as_deref()),
        kinds: words(asked.kind.as_deref()),
        tenant: tenants::find(&engine, &caller.actor, asked.tenant.as_deref()).await?,
        request: request.map_err(|_| Problem::field("request", "Expected the id of a request."))?,
        text: asked.text,
        after: after(asked.after.as_deref())?,
        limit: limit(asked.limit)?,
    };
    let page = engine
        .certificate_page(&caller.actor, filter)
        .await?
        .map(CertificateView::from);
    let next = page.next.map(|next| next.to_string());
    Ok(Listed {
        rows: page.rows,
        next,
    }
    .answer(&uri))
}

/// Shows a certificate. Everybody can look its status up at the URL printed on it.
#[utoipa::path(
    get, path = "/certificates/{id}", tag = "certificates", operation_id = "show_certificate",
    params(("id" = String, Path, description = "The certificate.", format = Uuid)),
    responses((status = 200, description = "The certificate.", body = CertificateView)),
    security(("token" = ["read"]), ("token" = ["requests"]))
)]
pub(super) async fn show(
    State(engine): State<Engine>,
    Extension(caller): Extension<Caller>,
    At(id): At<CertificateId>,
) -> Result<Json<CertificateView>, Problem> {
    let (record, _, _) = engine.certificate(&caller.actor, id).await?;
    Ok(Json(record.into()))
}

/// Downloads a file of a certificate: the document, its signatures, the statement, its proof, the public keys.
#[utoipa::path(
    get, path = "/certificates/{id}/{file}", tag = "certificates", operation_id = "download_certificate",
    params(
        ("id" = String, Path, description = "The certificate.", format = Uuid),
        ("file" = String, Path, example = "certificate.pdf", description = "`certificate.pdf`, \
            `certificate.pdf.sig`, `certificate.pdf.sshsig`, `statement.json`, `statement.jws`, `log-entry.json`, \
            `log-entry.tlog-proof`, `jwks.json`, `allowed_signers` or `public.pem`."),
    ),
    responses((status = 200, description = "The file, in its own media type.",
        content_type = "application/octet-stream", body = Vec<u8>)),
    security(("token" = ["read"]), ("token" = ["requests"]))
)]
pub(super) async fn download(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let file = FILES
        .iter()
        .find(|file| file.name == name)
        .ok_or_else(Problem::not_found)?;
    let bytes = content(&web.engine, web.signer.as_ref(), &caller.actor, &id, file).await?;
    Ok(attachment(file.name, file.kind, bytes))
}

impl From<CertificateRecord> for CertificateView {
    fn from(record: CertificateRecord) -> Self {
        let superseded_by = match record.state {
            CertificateState::Superseded { by } => Some(by.to_string()),
            _ => None,
        };
        Self {
            id: record.id.to_string(),
            request: record.request.to_string(),
            tenant: None,
            kind: record.kind.word(),
            state: record.state.word(),
            certified_at: record.certified_at.to_string(),
            issued_at: record.issued_at.map(|at| at.to_string()),
            superseded_by,
            code: record.code,
        }
    }
}

impl From<CertificateSeen> for CertificateView {
    fn from(seen: CertificateSeen) -> Self {
        Self {
            tenant: Some(seen.tenant_key.to_string()),
            ..seen.record.into()
        }
    }
}
