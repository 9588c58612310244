//! Whether the process lives, and whether it can work.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::get;
use domain::actor::Actor;
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

/// Ready when the database answers. A schedule that stands still is told, and takes nobody off the network: pages work.
async fn ready(State(engine): State<Engine>) -> (StatusCode, &'static str) {
    let answer = async { engine.store().read().await?.log().size().await };
    match answer.await {
        Ok(_) => match engine.watched(&Actor::System("health")).await {
            Ok(watched) if watched.stopped => (
                StatusCode::OK,
                "ready; nobody looks for what is overdue: no process runs the schedule\n",
            ),
            _ => (StatusCode::OK, "ready\n"),
        },
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
