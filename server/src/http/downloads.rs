//! The files of a certificate, for whoever may see it: the document, its signatures, the statement and its proof; and the
//! evidence of a request in one file.

use std::sync::Arc;

use app::error::{AppError, Code};
use app::routes::{NOT_FOUND, sign_in};
use app::visit::Visit;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, Router};
use domain::actor::Actor;
use domain::id::{CertificateId, RequestId};
use domain::port::signer::{PublicKeys, Signer};
use domain::secret::Secret;
use engine::{Engine, Error};

use super::{Web, pages};
use crate::pack;

/// A file of a certificate.
#[derive(Debug)]
pub(super) struct File {
    /// Its name, as the guide to checking calls it.
    pub(super) name: &'static str,
    /// Its media type.
    pub(super) kind: &'static str,
}

const fn file(name: &'static str, kind: &'static str) -> File {
    File { name, kind }
}

/// Every file there is.
pub(super) const FILES: [File; 10] = [
    file("certificate.pdf", "application/pdf"),
    file("certificate.pdf.sig", "application/octet-stream"),
    file("certificate.pdf.sshsig", "text/plain; charset=utf-8"),
    file("statement.json", "application/json"),
    file("statement.jws", "application/jose"),
    file("log-entry.json", "application/json"),
    file("log-entry.tlog-proof", "text/plain; charset=utf-8"),
    file("jwks.json", "application/jwk-set+json"),
    file("allowed_signers", "text/plain; charset=utf-8"),
    file("public.pem", "application/x-pem-file"),
];

/// Where the evidence of a request is.
pub(super) const EVIDENCE: &str = "/requests/{id}/evidence.zip";

/// Where a link of a mail is used. Its page is read with GET, also by programs that look through mail, and uses nothing.
pub(super) const TAKE: &str = "/download";

pub(super) fn routes() -> Router<Web> {
    let routes = Router::new()
        .route(EVIDENCE, get(evidence))
        .route(TAKE, post(take));
    FILES.iter().fold(routes, |routes, file| {
        let path = format!("/certificates/{{id}}/{}", file.name);
        let serve = move |state, visit, request| serve(file, state, visit, request);
        routes.route(&path, get(serve))
    })
}

async fn serve(
    file: &'static File,
    State(web): State<Web>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Response {
    let Some(visitor) = &visit.visitor else {
        return Redirect::to(&sign_in(&visit.path)).into_response();
    };
    match content(
        &web.engine,
        web.signer.as_ref(),
        &visitor.actor,
        visit.param("id"),
        file,
    )
    .await
    {
        Ok(bytes) => attachment(file.name, file.kind, bytes),
        Err(error) => refused(&web, error, request).await,
    }
}

/// The bytes of a file, where the actor may see the certificate.
pub(super) async fn content(
    engine: &Engine,
    signer: Option<&Arc<dyn Signer>>,
    actor: &Actor,
    id: &str,
    file: &File,
) -> Result<Vec<u8>, AppError> {
    let id: CertificateId = id.parse().map_err(|_| AppError::not_found())?;
    let (_, statement, document) = engine.certificate(actor, id).await?;
    let (unsigned, unprinted) = (
        || AppError::new(Code::NotNow, "The certificate is not signed yet."),
        || {
            AppError::new(
                Code::NotNow,
                "The certificate is signed, and its document is being written.",
            )
        },
    );
    let keys = || -> Result<PublicKeys, AppError> {
        let signer = signer.ok_or(Error::NotEquipped("the signing keys"))?;
        Ok(signer.public_keys(engine.now()).map_err(Error::from)?)
    };
    Ok(match file.name {
        "certificate.pdf" => document.ok_or_else(unprinted)?.pdf,
        "certificate.pdf.sig" => document.ok_or_else(unprinted)?.signature,
        "certificate.pdf.sshsig" => document.ok_or_else(unprinted)?.sshsig.into_bytes(),
        "statement.json" => statement.ok_or_else(unsigned)?.bytes,
        "statement.jws" => statement.ok_or_else(unsigned)?.jws.into_bytes(),
        "log-entry.json" => engine.certificate_proof(actor, id).await?.bytes,
        // The proof that is attached to the document, so that both are one.
        "log-entry.tlog-proof" => match document {
            Some(document) => document.log_proof.into_bytes(),
            None => engine.certificate_proof(actor, id).await?.proof.into_bytes(),
        },
        "jwks.json" => keys()?.jwks_json.into_bytes(),
        "allowed_signers" => keys()?.allowed_signers.into_bytes(),
        "public.pem" => keys()?.public_pem.into_bytes(),
        _ => return Err(AppError::not_found()),
    })
}

#[derive(serde::Deserialize)]
struct Taken {
    #[serde(default)]
    token: String,
}

/// Gives the pages of a certificate for the token of a link, once.
async fn take(State(web): State<Web>, Form(form): Form<Taken>) -> Response {
    match web.engine.take_download(&Secret::new(form.token)).await {
        Ok(document) => attachment("certificate.pdf", "application/pdf", document.pdf),
        Err(Error::SpentLink) => Redirect::to("/download/spent").into_response(),
        Err(error) => {
            let error = AppError::from(error);
            (error.status(), format!("{}\n", error.message)).into_response()
        }
    }
}

async fn evidence(State(web): State<Web>, Extension(visit): Extension<Visit>, request: Request) -> Response {
    let Some(visitor) = &visit.visitor else {
        return Redirect::to(&sign_in(&visit.path)).into_response();
    };
    match packed(&web, &visitor.actor, visit.param("id")).await {
        Ok(bytes) => attachment(pack::NAME, "application/zip", bytes),
        Err(error) => refused(&web, error, request).await,
    }
}

async fn packed(web: &Web, actor: &Actor, id: &str) -> Result<Vec<u8>, AppError> {
    let id: RequestId = id.parse().map_err(|_| AppError::not_found())?;
    let signer = web
        .signer
        .as_ref()
        .ok_or(Error::NotEquipped("the signing keys"))?;
    Ok(pack::zipped(&web.engine, signer.as_ref(), actor, id).await?)
}

/// A file to be kept. It is private, so nothing between us and the reader may keep it.
pub(super) fn attachment(name: &str, kind: &'static str, body: impl Into<Bytes>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, body.into()).into_response()
}

/// What cannot be had: what is not there, or not to be seen, looks like any page that is not there.
pub(super) async fn refused(web: &Web, error: AppError, request: Request) -> Response {
    match error.code {
        Code::NotFound | Code::Forbidden => pages::draw(web, &NOT_FOUND, request).await,
        _ => {
            let no_store = [(header::CACHE_CONTROL, "no-store")];
            let status: StatusCode = error.status();
            let whats_wrong = error.fields.first().map_or(&error.message, |field| &field.why);
            (status, no_store, format!("{whats_wrong}\n")).into_response()
        }
    }
}
