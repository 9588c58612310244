//! Every request has an id, a span in the application log, and a place in the figures. Neither holds a path as it was
//! asked for, nor a query: both may carry what only its reader may know.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use uuid::Uuid;

use super::Web;

/// The header that carries the id, so that people can name an answer that surprised them.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps everything.
pub(super) async fn observe(State(web): State<Web>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = fresh(&web);
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!("request", id, %method, route);
    let answered = async {
        let response = next.run(request).await;
        let (status, took) = (response.status(), begun.elapsed());
        web.metrics.answered(&method, &route, status, took);
        let (status, milliseconds) = (status.as_u16(), took.as_millis() as u64);
        match is_routine(&route) {
            true => tracing::debug!(status, milliseconds, "answered"),
            false => tracing::info!(status, milliseconds, "answered"),
        }
        response
    };
    let mut response = answered.instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Files of the browser, and questions that machines ask all day.
fn is_routine(route: &str) -> bool {
    ["other", "/healthz", "/readyz", "/metrics"].contains(&route)
}

/// Sorts by time, like every id here.
fn fresh(web: &Web) -> String {
    let (moment, mut random) = (web.engine.now().as_microsecond() / 1_000, [0; 10]);
    // An id is no secret: where no random bytes are to be had, the time must do.
    let _filled = getrandom::fill(&mut random);
    let id = uuid::Builder::from_unix_timestamp_millis(moment.unsigned_abs(), &random);
    Uuid::simple(id.into_uuid()).to_string()
}
