//! Refusals as problem documents (RFC 9457). They say what is wrong and where, never what was sent.

use app::error::{AppError, Code};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::limit::TooMany;
use super::BASE;

const MEDIA_TYPE: &str = "application/problem+json";

/// Why a call was refused.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct Problem {
    /// Names the kind of problem, as a place in the description of this interface.
    #[serde(rename = "type")]
    #[schema(example = "/api#problem-invalid")]
    kind: String,
    /// The kind in words.
    #[schema(example = "Something in the call is wrong")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What is the matter, and what to do.
    detail: String,
    /// The path that was called.
    #[schema(example = "/api/v1/requests")]
    instance: String,
    /// Fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct FieldProblem {
    /// The field: its path in the body, the name in the query, or the header.
    #[schema(example = "scope.tenant")]
    field: String,
    /// What is wrong, and what is expected.
    detail: String,
}

impl Problem {
    /// A problem of a kind: its short name, the status, the kind in words, and what is the matter.
    fn new(kind: &str, status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/api#problem-{kind}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            instance: String::new(),
            errors: Vec::new(),
        }
    }

    /// What is not there, or not to be seen.
    pub(in crate::http) fn not_found() -> Self {
        AppError::not_found().into()
    }

    /// No token, or not a good one.
    pub(super) fn no_token(detail: &str) -> Self {
        Self::new(
            "token",
            StatusCode::UNAUTHORIZED,
            "A personal token is needed",
            detail,
        )
    }

    /// The token lacks a scope.
    pub(super) fn scope(any_of: &[String]) -> Self {
        Self::new(
            "scope",
            StatusCode::FORBIDDEN,
            "The token does not open this",
            format!("This needs a token with the scope {}.", any_of.join(" or ")),
        )
    }

    /// The same call is being made.
    pub(super) fn at_work() -> Self {
        Self::new(
            "at-work",
            StatusCode::CONFLICT,
            "The same call is at work",
            "A call with this Idempotency-Key has begun and has no answer yet. Ask again in a moment.",
        )
    }

    /// The body is no JSON.
    pub(super) fn no_json(detail: impl Into<String>) -> Self {
        Self::new("json", StatusCode::BAD_REQUEST, "The body cannot be read", detail)
    }

    /// The body is of another kind.
    pub(super) fn media_type() -> Self {
        Self::new(
            "media-type",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body is of another kind",
            "Send JSON, with Content-Type: application/json.",
        )
    }

    /// A field that is wrong.
    pub(super) fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        let mut problem = Self::of(Code::Invalid, "Something in the call is wrong.".into());
        problem.errors.push(FieldProblem {
            field: field.into(),
            detail: detail.into(),
        });
        problem
    }

    fn of(code: Code, detail: String) -> Self {
        let status = AppError::new(code, "").status();
        let (kind, title) = match code {
            Code::SignedOut => ("token", "A personal token is needed"),
            Code::StepUp | Code::Forbidden => ("forbidden", "You may not do this"),
            Code::NotFound => ("not-found", "Not found"),
            Code::Invalid => ("invalid", "Something in the call is wrong"),
            Code::Changed => ("changed", "Somebody else acted first"),
            Code::NotNow => ("not-now", "This cannot be done now"),
            Code::Unavailable => ("unavailable", "A part of the system does not answer"),
            Code::Fault => ("fault", "A fault of ours"),
        };
        Self::new(kind, status, title, detail)
    }

    /// What an answer without a body of ours means.
    fn of_status(status: StatusCode) -> Self {
        let (kind, title, detail) = match status {
            StatusCode::METHOD_NOT_ALLOWED => (
                "method",
                "No such method here",
                "See /api for what can be called.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("too-large", "The body is too large", "At most 256 kB are read.")
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => (
                "unavailable",
                "A part of the system does not answer",
                "Ask again in a moment.",
            ),
            StatusCode::FORBIDDEN => (
                "forbidden",
                "You may not do this",
                "This was sent by the page of another site.",
            ),
            status if status.is_server_error() => ("fault", "A fault of ours", "It was written down."),
            _ => (
                "invalid",
                "Something in the call is wrong",
                "The call is not understood.",
            ),
        };
        Self::new(kind, status, title, detail)
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let fields = error.fields.into_iter().map(|wrong| FieldProblem {
            field: wrong.field,
            detail: wrong.why,
        });
        let errors: Vec<_> = fields.collect();
        let detail = match errors.is_empty() {
            true => error.message,
            false => "Something in the call is wrong.".to_owned(),
        };
        Self {
            errors,
            ..Self::of(error.code, detail)
        }
    }
}

impl From<engine::Error> for Problem {
    fn from(error: engine::Error) -> Self {
        AppError::from(error).into()
    }
}

impl From<TooMany> for Problem {
    fn from(_: TooMany) -> Self {
        Self::new(
            "too-many",
            StatusCode::TOO_MANY_REQUESTS,
            "Too many attempts",
            "There were too many wrong tokens from your network. Wait as long as Retry-After says.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        match status {
            StatusCode::UNAUTHORIZED => {
                let challenge = HeaderValue::from_static("Bearer");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            StatusCode::CONFLICT if self.kind.ends_with("at-work") => {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        // The body is written by `dress`, which knows what was called.
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every refusal of this interface its document, also those of layers that know nothing of it.
pub(in crate::http) async fn dress(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let ours = path == BASE || path.strip_prefix(BASE).is_some_and(|rest| rest.starts_with('/'));
    let status = response.status();
    if !ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let known = parts.extensions.remove::<Problem>();
    let problem = Problem {
        instance: path,
        ..known.unwrap_or_else(|| Problem::of_status(status))
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_ENCODING);
    parts
        .headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    parts
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let text = serde_json::to_vec(&problem).unwrap_or_default();
    Response::from_parts(parts, Body::from(text))
}

#[cfg(test)]
mod tests {
    use app::api::reference::PROBLEMS;

    use super::*;

    #[test]
    fn every_problem_is_described_with_its_status() {
        let codes = [
            Code::SignedOut,
            Code::Forbidden,
            Code::NotFound,
            Code::Invalid,
            Code::Changed,
            Code::NotNow,
            Code::Unavailable,
            Code::Fault,
        ];
        let statuses = [403, 405, 408, 413, 418, 500, 503];
        let of_codes = codes.map(|code| Problem::of(code, String::new()));
        let of_statuses = statuses.map(|status| Problem::of_status(StatusCode::from_u16(status).unwrap()));
        let others = [
            Problem::no_token(""),
            Problem::scope(&[]),
            Problem::at_work(),
            Problem::no_json(""),
            Problem::media_type(),
            Problem::field("", ""),
            Problem::from(TooMany(std::time::Duration::ZERO)),
        ];
        for problem in of_codes.iter().chain(&of_statuses).chain(&others) {
            let described = |(name, ..): &&(&str, u16, &str)| problem.kind == format!("/api#problem-{name}");
            assert!(PROBLEMS.iter().any(|row| described(&row)), "{problem:?}");
        }
        for problem in of_codes.iter().chain(&others) {
            let described = |(name, status, _): &&(&str, u16, &str)| {
                problem.kind == format!("/api#problem-{name}") && problem.status == *status
            };
            assert!(PROBLEMS.iter().any(|row| described(&row)), "{problem:?}");
        }
    }
}
