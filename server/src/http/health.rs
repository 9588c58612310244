//! Whether the process lives, and whether it can work.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::get;
use engine::Engine;

/// Where it is asked.
pub(super) const PATHS: [&str; 2] = ["/healthz", "/readyz"];

pub(super) fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Engine: FromRef<S>,
{
    Router::new()
        .route(PATHS[0], get(alive))
        .route(PATHS[1], get(ready))
}

async fn alive() -> &'static str {
    "ok\n"
}

/// Ready when the database answers.
async fn ready(State(engine): State<Engine>) -> (StatusCode, &'static str) {
    let answer = async { engine.store().read().await?.log().size().await };
    match answer.await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
