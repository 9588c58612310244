//! Figures for monitoring, as OpenMetrics text. No tenant, person or path is in them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use domain::actor::Actor;
use engine::reading::holds::HoldFilter;
use engine::{Engine, Error};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::{Web, api, client};

/// Upper ends of the buckets, in seconds.
const BUCKETS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Who may read the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Readers {
    /// Programs of this machine, and tokens that may read.
    #[default]
    Local,
    /// Anybody who reaches the server.
    Anybody,
    /// Nobody.
    Nobody,
}

/// What this process counts. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Metrics {
    durations: Family<Answer, Histogram, Buckets>,
    kept: Arc<Registry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Waiting {
    queue: String,
    state: String,
}

#[derive(Debug, Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

impl Metrics {
    pub(super) fn new() -> Self {
        let durations = Family::new_with_constructor(Buckets);
        let mut kept = Registry::with_prefix("lethe");
        kept.register_with_unit(
            "http_request_duration",
            "How long requests took until their answer began",
            Unit::Seconds,
            durations.clone(),
        );
        Self {
            durations,
            kept: Arc::new(kept),
        }
    }

    /// A request was answered. `route` is the template of its path.
    pub(super) fn answered(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let usual = [Method::GET, Method::HEAD, Method::POST].contains(method);
        let answer = Answer {
            method: if usual { method.to_string() } else { "other".into() },
            route: route.to_owned(),
            status: status.as_u16(),
        };
        self.durations.get_or_create(&answer).observe(took.as_secs_f64());
    }
}

/// Where the figures are.
pub(super) const PATH: &str = "/metrics";

pub(super) fn routes() -> Router<Web> {
    Router::new().route(PATH, get(figures))
}

async fn figures(State(web): State<Web>, request: Request) -> Response {
    let admitted = match web.metrics_readers {
        Readers::Anybody => true,
        Readers::Nobody => false,
        Readers::Local => {
            client::is_local(request.extensions(), request.headers())
                || api::auth::may_read(&web, request.headers(), request.extensions()).await
        }
    };
    if !admitted {
        return StatusCode::NOT_FOUND.into_response();
    }
    let text = async {
        let now = looked_up(&web.engine).await?;
        let mut text = String::new();
        let written = encode_registry(&mut text, &web.metrics.kept)
            .and_then(|()| encode_registry(&mut text, &now))
            .and_then(|()| encode_eof(&mut text));
        written.map_err(|error| Error::Broken(error.to_string()))?;
        Ok::<String, Error>(text)
    };
    match text.await {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            (
                [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")],
                text,
            )
                .into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "the figures cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// What the database knows at this moment.
async fn looked_up(engine: &Engine) -> Result<Registry, Error> {
    let actor = Actor::System("metrics");
    let mut registry = Registry::with_prefix("lethe");

    let requests = Family::<InState, Gauge>::default();
    registry.register("requests", "Requests by state", requests.clone());
    for count in engine.request_counts(&actor).await? {
        let state = InState { state: count.state };
        requests.get_or_create(&state).set(signed(count.count));
    }

    let holds = Family::<InState, Gauge>::default();
    registry.register("holds", "Holds by state", holds.clone());
    for hold in engine.hold_list(&actor, &HoldFilter::default()).await? {
        let state = InState {
            state: hold.state.to_owned(),
        };
        holds.get_or_create(&state).inc();
    }

    let watched = engine.watched(&actor).await?;
    if let Some(at) = watched.at {
        let age = Gauge::<i64>::default();
        registry.register_with_unit(
            "watch_age",
            "How long ago it was last looked for what is overdue: each minute, while the schedule runs",
            Unit::Seconds,
            age.clone(),
        );
        age.set(signed(engine.now().since(at).as_secs()));
    }
    let alarm = Gauge::<i64>::default();
    registry.register(
        "drill_alarm",
        "1 while the last drill failed, is late, or did not run",
        alarm.clone(),
    );
    alarm.set(i64::from(engine.drill_alarm(&actor).await?.is_some()));

    let mut tx = engine.store().read().await?;
    let (jobs, parked) = (Family::<Waiting, Gauge>::default(), Gauge::<i64>::default());
    registry.register("jobs", "Jobs by queue and state", jobs.clone());
    registry.register("jobs_parked", "Jobs that wait for a person", parked.clone());
    for (queue, state, count) in tx.jobs().counts().await? {
        if state == "parked" {
            parked.inc_by(count);
        }
        jobs.get_or_create(&Waiting { queue, state }).set(count);
    }
    let entries = Gauge::<i64>::default();
    registry.register(
        "log_entries",
        "Entries of the log that have their place",
        entries.clone(),
    );
    entries.set(signed(tx.log().size().await?));
    Ok(registry)
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_by_route() {
        let metrics = Metrics::new();
        let took = Duration::from_millis(20);
        metrics.answered(&Method::GET, "/requests/{id}", StatusCode::OK, took);
        let mut text = String::new();
        encode_registry(&mut text, &metrics.kept).unwrap();
        let line = "lethe_http_request_duration_seconds_bucket{le=\"0.025\",method=\"GET\",route=\"/requests/{id}\",status=\"200\"} 1";
        assert!(text.contains(line), "{text}");
    }
}
