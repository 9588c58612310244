//! The web server: pages, keys, the log's checkpoint, health.

mod headers;
mod health;
mod public;
mod site;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::http::StatusCode;
use domain::port::signer::Signer;
use engine::Engine;
use leptos::prelude::LeptosOptions;
use leptos_axum::LeptosRoutes as _;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// The largest body of a request, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the routes work with.
#[derive(Clone)]
pub struct Web {
    engine: Engine,
    signer: Option<Arc<dyn Signer>>,
    options: LeptosOptions,
    site: site::Site,
}

impl Web {
    /// The web side of a process. Without a signer, no keys are published.
    pub fn new(engine: Engine, signer: Option<Arc<dyn Signer>>, site_dir: Option<PathBuf>) -> Self {
        let options = LeptosOptions::builder()
            .output_name(app::NAME)
            .site_pkg_dir(app::PKG)
            .build();
        Self {
            engine,
            signer,
            options,
            site: site::Site::new(site_dir),
        }
    }
}

impl FromRef<Web> for Engine {
    fn from_ref(web: &Web) -> Self {
        web.engine.clone()
    }
}

impl FromRef<Web> for Option<Arc<dyn Signer>> {
    fn from_ref(web: &Web) -> Self {
        web.signer.clone()
    }
}

impl FromRef<Web> for LeptosOptions {
    fn from_ref(web: &Web) -> Self {
        web.options.clone()
    }
}

impl FromRef<Web> for site::Site {
    fn from_ref(web: &Web) -> Self {
        web.site.clone()
    }
}

/// Every route.
pub fn build(web: Web) -> Router {
    let document = {
        let options = web.options.clone();
        move || app::shell(options.clone())
    };
    let fallback = {
        let document = document.clone();
        move |state, request| site::file_or_page(state, request, document.clone())
    };
    let routes = Router::new()
        .merge(health::routes())
        .merge(public::routes())
        .leptos_routes(&web, leptos_axum::generate_route_list(app::App), document)
        .fallback(fallback)
        .with_state(web)
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ));
    headers::secure(routes)
}
