//! What anybody may fetch to check certificates: the document keys, the newest checkpoint of the log.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use domain::port::signer::Signer;
use engine::Engine;

/// Where it is.
pub(super) const PATHS: [&str; 2] = ["/.well-known/jwks.json", "/log/checkpoint"];

pub(super) fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Engine: FromRef<S>,
    Option<Arc<dyn Signer>>: FromRef<S>,
{
    Router::new()
        .route(PATHS[0], get(keys))
        .route(PATHS[1], get(checkpoint))
}

async fn keys(State(engine): State<Engine>, State(signer): State<Option<Arc<dyn Signer>>>) -> Response {
    let Some(signer) = signer else {
        return nothing_here();
    };
    match signer.public_keys(engine.now()) {
        Ok(keys) => text("application/jwk-set+json", "max-age=300", keys.jwks_json),
        Err(error) => {
            tracing::error!(%error, "the public keys cannot be shown");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn checkpoint(State(engine): State<Engine>) -> Response {
    match engine.checkpoint().await {
        Ok(Some(note)) => text("text/plain; charset=utf-8", "no-cache", note),
        Ok(None) => nothing_here(),
        Err(error) => {
            tracing::warn!(%error, "the checkpoint cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn nothing_here() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

fn text(kind: &'static str, caching: &'static str, body: String) -> Response {
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching)],
        body,
    )
        .into_response()
}
