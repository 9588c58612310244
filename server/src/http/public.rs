//! What anybody may fetch to check certificates: the document keys, the roots of the seals, what became of them.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRef, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use domain::port::signer::{PublicKeys, Signer};
use engine::Engine;

/// Where it is.
pub(super) const PATHS: [&str; 5] = [
    "/.well-known/jwks.json",
    "/.well-known/ca.pem",
    "/.well-known/crl.der",
    "/.well-known/status-list.jws",
    "/.well-known/crl/{list}",
];

pub(super) fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Engine: FromRef<S>,
    Option<Arc<dyn Signer>>: FromRef<S>,
{
    Router::new()
        .route(PATHS[0], get(keys))
        .route(PATHS[1], get(roots))
        .route(PATHS[2], get(revoked))
        .route(PATHS[3], get(status_list))
        .route(PATHS[4], get(revoked_by))
}

async fn keys(State(engine): State<Engine>, State(signer): State<Option<Arc<dyn Signer>>>) -> Response {
    let jwks = |keys: PublicKeys| Some(keys.jwks_json);
    published(&engine, signer, "application/jwk-set+json", jwks)
}

/// The roots under which PDFs are sealed.
async fn roots(State(engine): State<Engine>, State(signer): State<Option<Arc<dyn Signer>>>) -> Response {
    let roots = |keys: PublicKeys| Some(keys.root_certificates()).filter(|roots| !roots.is_empty());
    published(&engine, signer, "application/x-pem-file", roots)
}

/// What the root of the seal that covers the whole file has revoked.
async fn revoked(State(engine): State<Engine>, State(signer): State<Option<Arc<dyn Signer>>>) -> Response {
    let list = |mut keys: PublicKeys| keys.roots.pop().map(|root| root.crl);
    published(&engine, signer, "application/pkix-crl", list)
}

/// What one root has revoked, by the name of the file that it has in an evidence pack.
async fn revoked_by(
    State(engine): State<Engine>,
    State(signer): State<Option<Arc<dyn Signer>>>,
    Path(file): Path<String>,
) -> Response {
    let list = |keys: PublicKeys| {
        let mut lists = keys.revocation_lists().into_iter();
        lists
            .find(|(name, _)| *name == file)
            .map(|(_, list)| list.to_vec())
    };
    published(&engine, signer, "application/pkix-crl", list)
}

/// What became of every certificate; before the first one there is no list.
async fn status_list(State(engine): State<Engine>) -> Response {
    match engine.status_list().await {
        Ok(Some(list)) => content("application/jwt", "max-age=300", list.jws),
        Ok(None) => nothing_here(),
        Err(error) => {
            tracing::error!(%error, "the status list cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// What is taken from the public keys, where this process has them.
fn published<B: Into<Bytes>>(
    engine: &Engine,
    signer: Option<Arc<dyn Signer>>,
    kind: &'static str,
    taken: impl FnOnce(PublicKeys) -> Option<B>,
) -> Response {
    let Some(signer) = signer else {
        return nothing_here();
    };
    match signer.public_keys(engine.now()).map(taken) {
        Ok(Some(body)) => content(kind, "max-age=300", body),
        Ok(None) => nothing_here(),
        Err(error) => {
            tracing::error!(%error, "the public keys cannot be shown");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn nothing_here() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

fn content(kind: &'static str, caching: &'static str, body: impl Into<Bytes>) -> Response {
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching)],
        body.into(),
    )
        .into_response()
}
