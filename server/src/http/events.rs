//! What changes while a page is open: server-sent events for the file of a request.
//!
//! A stream says only that something changed; the page is fetched anew, by whoever is then still signed in.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use app::error::{AppError, Code};
use app::visit::Visit;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};
use domain::actor::Actor;
use domain::digest::Digest;
use domain::id::RequestId;
use engine::Engine;
use futures::stream::{self, Stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::Web;
use crate::worker::Stop;

/// The most streams at a time.
pub(super) const MOST_STREAMS: usize = 64;
/// The database is asked once in this time for each stream.
const EVERY: Duration = Duration::from_secs(1);
/// Comments keep proxies from hanging up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A browser begins anew, and shows its session again, so long after an unused session is over: a page that is left open
/// does not keep it alive.
const BEYOND_IDLE: Duration = Duration::from_secs(60);
/// How much of the digest stands for a revision, in hexadecimal characters.
const REVISION: usize = 16;

/// Where a request is followed.
pub(super) const OF_REQUEST: &str = "/events/requests/{id}";

pub(super) fn routes() -> Router<Web> {
    Router::new().route(OF_REQUEST, get(of_request))
}

/// Says the revision of a request's file, and again whenever it changes.
async fn of_request(
    State(web): State<Web>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    let Some(visitor) = visit.visitor else {
        return (StatusCode::UNAUTHORIZED, "Please sign in.\n").into_response();
    };
    let Ok(id) = id.parse() else {
        return refused(AppError::not_found());
    };
    let Ok(place) = Arc::clone(&web.streams).try_acquire_owned() else {
        let later = [(header::RETRY_AFTER, "30")];
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            later,
            "Too many pages follow along.\n",
        )
            .into_response();
    };
    let longest = web.engine.policy().sign_in.idle + BEYOND_IDLE;
    let watch = Watch {
        engine: web.engine,
        actor: visitor.actor,
        request: id,
        stop: web.stop,
        until: Instant::now() + longest,
        said: None,
        _place: place,
    };
    if let Err(error) = watch.revision().await {
        return refused(error.into());
    }
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let alive = KeepAlive::new().interval(KEEP_ALIVE);
    (headers, Sse::new(watch.stream()).keep_alive(alive)).into_response()
}

fn refused(error: AppError) -> Response {
    // Somebody else's is not there.
    let status = match error.code {
        Code::Forbidden => StatusCode::NOT_FOUND,
        _ => error.status(),
    };
    (status, format!("{}\n", error.message)).into_response()
}

/// A stream at work.
struct Watch {
    engine: Engine,
    actor: Actor,
    request: RequestId,
    stop: Option<Stop>,
    until: Instant,
    said: Option<String>,
    _place: OwnedSemaphorePermit,
}

impl Watch {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut watch| async move {
            let revision = watch.change().await?;
            Some((Ok(Event::default().data(revision)), watch))
        })
    }

    /// The next revision that was not said; absent when the stream is over.
    async fn change(&mut self) -> Option<String> {
        loop {
            if self.said.is_some() && !self.wait().await {
                return None;
            }
            match self.revision().await {
                Ok(revision) if self.said.as_ref() != Some(&revision) => {
                    self.said = Some(revision.clone());
                    return Some(revision);
                }
                Ok(_) => {}
                Err(error) if error.is_passing() => {
                    if !self.wait().await {
                        return None;
                    }
                }
                Err(_) => return None,
            }
        }
    }

    /// Waits for the next look; false when it is over.
    async fn wait(&mut self) -> bool {
        let stop = async {
            match &mut self.stop {
                Some(stop) => stop.said().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = tokio::time::sleep(EVERY) => Instant::now() < self.until,
            () = stop => false,
        }
    }

    /// Changes with anything that the page shows.
    async fn revision(&self) -> Result<String, engine::Error> {
        let file = self.engine.request_file(&self.actor, self.request).await?;
        let text = serde_json::to_vec(&file).map_err(|error| engine::Error::Broken(error.to_string()))?;
        let mut digest = Digest::of(&text).to_string();
        digest.truncate(REVISION);
        Ok(digest)
    }
}

/// Places for streams.
pub(super) fn places() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MOST_STREAMS))
}
