//! Forms with a file: the issuer's logo, and what a party attests. A file is judged by its bytes, not by its name.

pub(super) mod form;
mod kind;

use app::api::ssr::{FLASH, cookie_value};
use app::error::{AppError, Code};
use app::routes::{REQUESTS, SETTINGS, one};
use app::visit::Visit;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use axum::{Extension, Router};
use domain::actor::Actor;
use domain::id::RequestId;
use domain::inventory::DatasetRef;
use domain::time::parse_date;
use engine::Engine;
use engine::issuer::Logo;
use tower_http::limit::RequestBodyLimitLayer;

use super::{Web, forms};
use form::{Form, Refused};
use kind::Kind;

/// Where the logo is sent to.
pub(super) const LOGO: &str = "/upload/logo";
/// Where an attestation is sent to.
pub(super) const ATTESTATION: &str = "/upload/attestation";

/// The largest form that is read at all, in bytes; a file beyond its own limit is still refused with its form kept.
const LARGEST: usize = 8 * 1024 * 1024;
/// The largest logo, in bytes.
const LARGEST_LOGO: usize = 256 * 1024;
/// The largest document, in bytes.
const LARGEST_DOCUMENT: usize = 1024 * 1024;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(LOGO, post(received))
        .route(ATTESTATION, post(received))
        .layer(RequestBodyLimitLayer::new(LARGEST))
}

/// Where to go, and what to say there.
type Done = (String, &'static str);

/// Reads the form and lets it act. A refused one opens again with what was typed; the file must be chosen again.
async fn received(State(web): State<Web>, Extension(visit): Extension<Visit>, request: Request) -> Response {
    let origin = forms::came_from(request.headers());
    let read = Form::read(request).await;
    let (form, error) = match (read, &visit.visitor) {
        (Err(Refused { form, why }), _) => (form, why),
        (Ok(form), None) => (form, AppError::new(Code::SignedOut, "Please sign in.")),
        (Ok(form), Some(visitor)) => match act(&visit.path, &web.engine, &visitor.actor, &form).await {
            Ok(done) => return lead_on(&visit, &done),
            Err(error) => (form, error),
        },
    };
    forms::lead_back(&web, &visit, &origin, (visit.path.clone(), form.typed()), error).await
}

async fn act(path: &str, engine: &Engine, actor: &Actor, form: &Form) -> Result<Done, AppError> {
    match path {
        LOGO => set_logo(engine, actor, form).await,
        _ => record(engine, actor, form).await,
    }
}

fn lead_on(visit: &Visit, (path, text): &Done) -> Response {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let minute = std::time::Duration::from_secs(60);
    let cookie = cookie_value(FLASH, &encoded, minute, visit.secure);
    let mut response = Redirect::to(path).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Sets the logo; the issuer's other fields stay.
async fn set_logo(engine: &Engine, actor: &Actor, form: &Form) -> Result<Done, AppError> {
    let logo = form
        .file("logo")
        .ok_or_else(|| AppError::field("logo", "Choose a picture: a PNG of at most 256 kB."))?;
    logo.no_larger_than("logo", LARGEST_LOGO)?;
    logo.is_one_of("logo", &[Kind::Png])?;
    let issuer = engine.issuer(actor).await?;
    engine
        .set_issuer(actor, issuer, Logo::Set(logo.bytes.clone()))
        .await?;
    Ok((
        SETTINGS.to_owned(),
        "The logo is set. Certificates that are signed already keep theirs.",
    ))
}

/// Records what a party attests.
async fn record(engine: &Engine, actor: &Actor, form: &Form) -> Result<Done, AppError> {
    let request: RequestId = form.text("request").parse().map_err(|_| AppError::not_found())?;
    let dataset: DatasetRef = form
        .text("dataset")
        .to_owned()
        .try_into()
        .map_err(|_| AppError::field("dataset", "Choose the dataset that the document is about."))?;
    let party = form.text("party");
    if party.is_empty() {
        return Err(AppError::field("party", "Name who attests the erasure."));
    }
    let dated_on = parse_date(form.text("dated_on"))
        .map_err(|_| AppError::field("dated_on", "Give the day of the document, such as 2026-03-31."))?;
    let document = form
        .file("document")
        .ok_or_else(|| AppError::field("document", "Choose the document: a PDF, PNG, JPEG or text file."))?;
    document.no_larger_than("document", LARGEST_DOCUMENT)?;
    document.is_one_of("document", &[Kind::Pdf, Kind::Png, Kind::Jpeg, Kind::Text])?;
    engine
        .record_attestation(actor, request, &dataset, party, &document.bytes, dated_on)
        .await?;
    Ok((
        one(REQUESTS, request),
        "The attestation is recorded, with the digest of its document.",
    ))
}
