//! The web server: pages, forms, files, the interface for programs, figures, keys and the log's checkpoint.

mod api;
mod asked;
mod client;
mod downloads;
mod events;
mod exports;
mod finish;
mod forms;
mod headers;
mod health;
mod hooks;
mod limit;
mod listen;
mod log;
mod metrics;
mod observe;
mod origin;
mod pages;
mod public;
mod site;
mod uploads;
mod verify;
mod visit;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::api::reference::Reference;
use axum::Router;
use axum::extract::FromRef;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use domain::port::signer::Signer;
use engine::Engine;
use leptos::prelude::LeptosOptions;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::worker::Stop;

pub use hooks::Hooks;
pub use listen::serve;
pub use metrics::Readers;

/// The largest form, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// How long a request may take until its answer begins.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a client may pause while it sends.
const PAUSE: Duration = Duration::from_secs(10);

/// What the routes work with.
#[derive(Clone)]
pub struct Web {
    engine: Engine,
    signer: Option<Arc<dyn Signer>>,
    options: LeptosOptions,
    site: site::Site,
    /// Cookies travel over https only, unless the public URL itself is plain http.
    secure: bool,
    /// Streams end with the server.
    stop: Option<Stop>,
    /// Places for streams.
    streams: Arc<Semaphore>,
    /// Places for files that are being checked.
    checking: Arc<Semaphore>,
    metrics: metrics::Metrics,
    metrics_readers: Readers,
    limits: Limits,
    /// Who may say what became of mails.
    hooks: Hooks,
    /// What the interface for programs says of itself.
    reference: Reference,
}

/// What clients may do only so often.
#[derive(Clone)]
struct Limits {
    /// Looking up certificates without being signed in.
    look_ups: limit::Limiter,
    /// Sending files to be checked.
    checks: limit::Limiter,
    /// Wrong tokens.
    wrong_tokens: limit::Limiter,
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
            stop: None,
            streams: events::places(),
            checking: Arc::new(Semaphore::new(verify::AT_A_TIME)),
            metrics: metrics::Metrics::new(),
            metrics_readers: Readers::default(),
            limits: Limits {
                look_ups: limit::Limiter::a_minute(60),
                checks: limit::Limiter::a_minute(20),
                wrong_tokens: limit::Limiter::a_minute(20),
            },
            hooks: Hooks::default(),
            reference: api::reference(),
        }
    }

    /// Lets providers say what became of mails.
    pub fn listening_to(self, hooks: Hooks) -> Self {
        Self { hooks, ..self }
    }

    /// Streams end when this is said.
    pub fn until(self, stop: Stop) -> Self {
        Self {
            stop: Some(stop),
            ..self
        }
    }

    /// Lets others read the figures, or nobody.
    pub fn figures_for(self, metrics_readers: Readers) -> Self {
        Self {
            metrics_readers,
            ..self
        }
    }
}

/// Every path that is neither a page nor a server function, with its method: the guards walk them.
pub fn other_paths() -> Vec<(&'static str, String)> {
    let files = downloads::FILES
        .iter()
        .map(|file| format!("/certificates/{{id}}/{}", file.name));
    let read = files
        .chain([downloads::EVIDENCE.to_owned()])
        .chain(exports::EXPORTS.map(str::to_owned))
        .chain([events::OF_REQUEST, api::DOCUMENT, metrics::PATH].map(str::to_owned))
        .chain(health::PATHS.map(str::to_owned))
        .chain(public::PATHS.map(str::to_owned))
        .chain(log::PATHS.map(str::to_owned))
        .chain([verify::REGISTER.to_owned()]);
    let sent = [
        uploads::LOGO,
        uploads::ATTESTATION,
        log::COSIGNATURES,
        app::routes::VERIFY,
        downloads::TAKE,
        hooks::MAIL,
    ];
    let sent = sent.map(|path| ("POST", path.to_owned()));
    read.map(|path| ("GET", path))
        .chain(api::paths())
        .chain(sent)
        .collect()
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
    let seen = from_fn_with_state(web.clone(), visit::attach);
    let pages = pages::routes(&web)
        .merge(forms::routes(&web))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(from_fn_with_state(web.clone(), pages::slow_down_look_ups))
        .layer(seen.clone())
        .layer(CompressionLayer::new());
    let files = downloads::routes()
        .merge(exports::routes())
        .merge(events::routes())
        .merge(uploads::routes())
        .merge(log::routes())
        .merge(verify::routes(&web))
        .layer(seen);
    let (secure, observed) = (web.secure, from_fn_with_state(web.clone(), observe::observe));
    let routes = pages
        .merge(files)
        .merge(api::routes(&web))
        .merge(health::routes())
        .merge(hooks::routes())
        .merge(public::routes())
        .merge(metrics::routes())
        .with_state(web)
        .layer(from_fn(origin::check))
        .layer(RequestBodyTimeoutLayer::new(PAUSE))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(api::problem::dress));
    headers::secure(routes, secure).layer(observed)
}
