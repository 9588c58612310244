//! Calls that may be repeated: with an `Idempotency-Key` a POST is done once, however often it is sent.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::actor::Actor;
use domain::digest::Digest;
use engine::Engine;
use engine::replies::{Recalled, Reply};

use super::super::Web;
use super::LARGEST_BODY;
use super::auth::Caller;
use super::problem::Problem;

/// The header that names a call.
const KEY: &str = "idempotency-key";

/// Answers a call that was made before with its first answer.
pub(super) async fn once(State(web): State<Web>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned();
    let key = request.headers().get(KEY).cloned();
    let (Some(caller), Some(key), &Method::POST) = (caller, key, request.method()) else {
        return next.run(request).await;
    };
    // What is no text is refused by the engine, as a key that it does not know how to keep.
    let key = key.to_str().unwrap_or_default().to_owned();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let asked = [
        parts.method.as_str().as_bytes(),
        parts.uri.to_string().as_bytes(),
        &body,
    ]
    .map(<[u8]>::to_vec);
    let fingerprint = Digest::of_parts(&[&asked[0], &asked[1], &asked[2]]);
    match web.engine.recall(&caller.actor, &key, fingerprint).await {
        Ok(Recalled::Answered(reply)) => replied(reply),
        Ok(Recalled::AtWork) => Problem::at_work().into_response(),
        Ok(Recalled::New) => {
            let request = Request::from_parts(parts, Body::from(body));
            let call = made(web.engine, caller.actor, key, request, next);
            // In a task of its own: whoever hangs up does not stop it half-way, with its answer unwritten.
            match tokio::spawn(call).await {
                Ok(response) => response,
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Makes the call and keeps its answer. What was refused changed nothing, and may be sent again, better.
async fn made(engine: Engine, actor: Actor, key: String, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !response.status().is_success() {
        if let Err(error) = engine.forget(&actor, &key).await {
            tracing::warn!(%error, "a refused call is not forgotten yet");
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let location = parts
        .headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let reply = Reply {
        status: parts.status.as_u16(),
        location: location.map(str::to_owned),
        body: body.to_vec(),
    };
    if let Err(error) = engine.remember(&actor, &key, &reply).await {
        tracing::error!(%error, "the answer to a call cannot be kept");
    }
    Response::from_parts(parts, Body::from(body))
}

fn replied(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Bytes::from(reply.body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    if let Some(location) = reply
        .location
        .and_then(|location| HeaderValue::from_str(&location).ok())
    {
        headers.insert(header::LOCATION, location);
    }
    response
}
