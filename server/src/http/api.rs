//! The interface for programs, `/api/v1`: JSON, personal tokens, problem documents.
//!
//! The OpenAPI document is made from the same functions that answer, and what it says of scopes is what is enforced.

pub(super) mod auth;
mod certificates;
mod description;
mod given;
mod holds;
mod once;
mod page;
pub(super) mod problem;
mod replays;
mod requests;
mod systems;
mod tenants;
mod words;

use std::sync::Arc;

use app::api::reference::Reference;
use axum::Router;
use axum::http::header;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse as _;
use axum::routing::{any, get};
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Web;
use problem::Problem;

/// Where it begins.
pub(super) const BASE: &str = "/api/v1";
/// Where its description is.
pub(super) const DOCUMENT: &str = "/api/v1/openapi.json";
/// The largest body, in bytes.
const LARGEST_BODY: usize = 256 * 1024;

fn operations() -> OpenApiRouter<Web> {
    let all = OpenApiRouter::new()
        .routes(routes!(requests::list, requests::open))
        .routes(routes!(requests::show))
        .routes(routes!(requests::confirm_identity))
        .routes(routes!(requests::withdraw))
        .routes(routes!(holds::list, holds::place))
        .routes(routes!(holds::show))
        .routes(routes!(holds::propose_release))
        .routes(routes!(holds::confirm_release))
        .routes(routes!(systems::list))
        .routes(routes!(systems::show))
        .routes(routes!(systems::pause))
        .routes(routes!(systems::unpause))
        .routes(routes!(replays::ask))
        .routes(routes!(replays::list))
        .routes(routes!(replays::show))
        .routes(routes!(certificates::list))
        .routes(routes!(certificates::show))
        .routes(routes!(certificates::download))
        .routes(routes!(tenants::freeze));
    let mut all = OpenApiRouter::with_openapi(description::Description::openapi()).nest(BASE, all);
    description::complete(all.get_openapi_mut());
    all
}

/// Every operation: method and path.
pub(super) fn paths() -> Vec<(&'static str, String)> {
    let document = operations().into_openapi();
    let all = document.paths.paths.into_iter().flat_map(|(path, operations)| {
        let get = operations.get.map(|_| ("GET", path.clone()));
        let post = operations.post.map(|_| ("POST", path));
        get.into_iter().chain(post)
    });
    all.collect()
}

/// What the page `/api` shows.
pub(super) fn reference() -> Reference {
    let document = serde_json::to_value(operations().into_openapi());
    // It is made of text and numbers alone: it can be written as JSON.
    Reference::new(document.unwrap_or_default())
}

pub(super) fn routes(web: &Web) -> Router<Web> {
    let (operations, document) = operations().split_for_parts();
    let gate = auth::Gate::new(web.clone(), &document);
    let text: Arc<str> = document.to_json().unwrap_or_default().into();
    let described = move || {
        let text = Arc::clone(&text);
        async move {
            let kind = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            (kind, text.to_string()).into_response()
        }
    };
    operations
        .layer(from_fn_with_state(web.clone(), once::once))
        .layer(from_fn_with_state(gate, auth::admit))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .route(DOCUMENT, get(described))
        .route("/api/v1/{*rest}", any(nothing_here))
        .layer(from_fn(private))
        .layer(CompressionLayer::new())
}

async fn nothing_here() -> Problem {
    Problem::not_found()
}

/// Answers are for whoever asked.
async fn private(request: axum::extract::Request, next: axum::middleware::Next) -> axum::response::Response {
    let mut response = next.run(request).await;
    let no_store = axum::http::HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(no_store);
    response
}
