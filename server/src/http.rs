//! The web server: pages, forms, keys, the log's checkpoint, health.

mod forms;
mod headers;
mod health;
mod origin;
mod pages;
mod public;
mod site;
mod visit;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use domain::port::signer::Signer;
use engine::Engine;
use leptos::prelude::LeptosOptions;
use tower_http::compression::CompressionLayer;
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
    /// Cookies travel over https only, unless the public URL itself is plain http.
    secure: bool,
}

impl Web {
    /// The web side of a process. Without a signer, no keys are published.
    pub fn new(engine: Engine, signer: Option<Arc<dyn Signer>>, site_dir: Option<PathBuf>) -> Self {
        let site = site::Site::new(site_dir);
        let options = LeptosOptions::builder()
            .output_name(site.name())
            .site_pkg_dir(app::PKG)
            .build();
        Self {
            secure: engine.policy().public_url.starts_with("https://"),
            engine,
            signer,
            options,
            site,
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

impl FromRef<Web> for site::Site {
    fn from_ref(web: &Web) -> Self {
        web.site.clone()
    }
}

/// Every route.
pub fn build(web: Web) -> Router {
    let routes = pages::routes(&web)
        .merge(forms::routes(&web))
        .layer(from_fn_with_state(web.clone(), visit::attach))
        .layer(CompressionLayer::new())
        .merge(health::routes())
        .merge(public::routes())
        .with_state(web)
        .layer(from_fn(origin::check))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ));
    headers::secure(routes)
}
