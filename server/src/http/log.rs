//! The log for outsiders, at URLs that stay (C2SP tlog-tiles, tlog-proof, tlog-witness, tlog-policy): checkpoints, tiles,
//! proofs, and where cosignatures of witnesses are sent.

use app::visit::Visit;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::audit::tile::Tile;
use engine::Error;

use super::{Web, api};

pub(super) const CHECKPOINT: &str = "/log/checkpoint";
const CHECKPOINT_OF: &str = "/log/checkpoint/{size}";
const COSIGNED: &str = "/log/cosigned";
const TILE: &str = "/log/tile/{level}/{*number}";
const ENTRIES: &str = "/log/tile/entries/{*number}";
const PROOF: &str = "/log/entry/{index}/proof";
const CONSISTENCY: &str = "/log/consistency/{old}/{new}";
const ADD_CHECKPOINT: &str = "/log/add-checkpoint/{old}";
const VKEY: &str = "/log/vkey";
const POLICY: &str = "/log/policy";
/// Where the answers of witnesses are sent.
pub(super) const COSIGNATURES: &str = "/log/cosignatures/{size}";

/// What is read there.
pub(super) const PATHS: [&str; 10] = [
    CHECKPOINT,
    CHECKPOINT_OF,
    COSIGNED,
    TILE,
    ENTRIES,
    PROOF,
    CONSISTENCY,
    ADD_CHECKPOINT,
    VKEY,
    POLICY,
];

/// The longest answer of witnesses, in bytes.
const LONGEST_LINES: usize = 32 * 1024;
const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
/// What a path names never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The newest may be another in a moment.
const NOW: &str = "no-cache";

pub(super) fn routes() -> Router<Web> {
    let cosignatures = post(cosignatures).layer(DefaultBodyLimit::max(LONGEST_LINES));
    Router::new()
        .route(CHECKPOINT, get(checkpoint))
        .route(CHECKPOINT_OF, get(checkpoint_of))
        .route(COSIGNED, get(cosigned))
        .route(TILE, get(tile))
        .route(ENTRIES, get(entries))
        .route(PROOF, get(proof))
        .route(CONSISTENCY, get(consistency))
        .route(ADD_CHECKPOINT, get(add_checkpoint))
        .route(VKEY, get(vkey))
        .route(POLICY, get(policy))
        .route(COSIGNATURES, cosignatures)
}

async fn checkpoint(State(web): State<Web>) -> Response {
    given(web.engine.checkpoint().await, TEXT, NOW)
}

async fn checkpoint_of(State(web): State<Web>, Path(size): Path<u64>) -> Response {
    given(web.engine.checkpoint_at(size).await, TEXT, NOW)
}

async fn cosigned(State(web): State<Web>) -> Response {
    given(web.engine.cosigned_checkpoint().await, TEXT, NOW)
}

async fn tile(State(web): State<Web>, request: Request) -> Response {
    match asked(&request) {
        Some(tile) => given(web.engine.log_tile(tile).await, BYTES, FOR_EVER),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Entries, for a session or a personal token of somebody who reads the log.
async fn entries(State(web): State<Web>, Extension(visit): Extension<Visit>, request: Request) -> Response {
    let Some(tile) = asked(&request) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let session = visit.visitor.map(|visitor| visitor.actor);
    let actor = match session {
        Some(actor) => Some(actor),
        None => api::auth::reader(&web, request.headers(), request.extensions()).await,
    };
    let caching = match web.engine.policy().public_entries {
        true => FOR_EVER,
        false => "no-store",
    };
    given(web.engine.log_entries(actor.as_ref(), tile).await, BYTES, caching)
}

async fn proof(State(web): State<Web>, Path(index): Path<u64>) -> Response {
    given(web.engine.log_proof(index).await, TEXT, NOW)
}

async fn consistency(State(web): State<Web>, Path((old, new)): Path<(u64, u64)>) -> Response {
    given(web.engine.add_checkpoint(old, Some(new)).await, TEXT, NOW)
}

async fn add_checkpoint(State(web): State<Web>, Path(old): Path<u64>) -> Response {
    given(web.engine.add_checkpoint(old, None).await, TEXT, NOW)
}

async fn vkey(State(web): State<Web>) -> Response {
    given(
        log_keys(&web).map(|keys| keys.map(|keys| keys + "\n")),
        TEXT,
        "max-age=300",
    )
}

async fn policy(State(web): State<Web>) -> Response {
    let policy = log_key(&web).map(|key| key.map(|key| web.engine.log_policy(&key)));
    given(policy, TEXT, "max-age=300")
}

/// The key of the log, where this process has it.
fn log_key(web: &Web) -> Result<Option<String>, Error> {
    let keys = web
        .signer
        .as_ref()
        .map(|signer| signer.public_keys(web.engine.now()));
    Ok(keys.transpose()?.map(|keys| keys.log_vkey))
}

/// Every key of the log, one a line, the present one first: who follows the log learns the next one before it signs.
fn log_keys(web: &Web) -> Result<Option<String>, Error> {
    let keys = web
        .signer
        .as_ref()
        .map(|signer| signer.public_keys(web.engine.now()));
    Ok(keys.transpose()?.map(|keys| keys.log_vkeys.join("\n")))
}

async fn cosignatures(State(web): State<Web>, Path(size): Path<u64>, lines: String) -> Response {
    let kept = web.engine.keep_cosignatures(size, &lines).await;
    given(kept.map(|kept| Some(format!("{kept}\n"))), TEXT, "no-store")
}

/// The tile that a path names.
fn asked(request: &Request) -> Option<Tile> {
    request.uri().path().strip_prefix("/log/")?.parse().ok()
}

/// What was asked for, or why not, in plain text for programs.
fn given<B: Into<Bytes>>(
    answer: Result<Option<B>, Error>,
    kind: &'static str,
    caching: &'static str,
) -> Response {
    let refused = |status: StatusCode, why: &Error| (status, format!("{why}\n")).into_response();
    match answer {
        Ok(Some(body)) => {
            let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching)];
            (headers, body.into()).into_response()
        }
        Ok(None) | Err(Error::NotFound(_) | Error::Denied(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(error @ Error::WrongCredentials) => refused(StatusCode::UNAUTHORIZED, &error),
        Err(error @ Error::Invalid { .. }) => refused(StatusCode::UNPROCESSABLE_ENTITY, &error),
        Err(error @ Error::NotNow(_)) => {
            let mut response = refused(StatusCode::SERVICE_UNAVAILABLE, &error);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
            response
        }
        Err(error) => {
            tracing::warn!(%error, "the log cannot be shown");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
