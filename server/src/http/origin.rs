//! Other sites cannot act in somebody's name: whatever changes something must come from our own pages.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Refuses what a browser says was sent by another site (Fetch Metadata; `Origin` for browsers without it). A request
/// with neither is no browser's: it may act by a token, but not by a cookie.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if safe || is_ours(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "refused a request of another site");
    (
        StatusCode::FORBIDDEN,
        "This was sent by another site and was refused. Please use the form on our own page.\n",
    )
        .into_response()
}

fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return ["same-origin", "none"].contains(&site);
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, named)| named == host),
        (Some(_), None) => false,
        (None, _) => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        pairs.collect()
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        for foreign in [
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://us.example"),
                ("host", "us.example"),
            ][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://evil.example"), ("host", "us.example")],
            &[("origin", "null"), ("host", "us.example")],
            &[("cookie", "lethe=1"), ("host", "us.example")],
        ] {
            assert!(!is_ours(&headers(foreign)), "{foreign:?}");
        }
    }

    #[test]
    fn our_own_forms_and_programs_with_tokens_may_act() {
        for ours in [
            &[("sec-fetch-site", "same-origin"), ("cookie", "lethe=1")][..],
            &[("origin", "https://us.example"), ("host", "us.example")],
            &[("authorization", "Bearer x")],
        ] {
            assert!(is_ours(&headers(ours)), "{ours:?}");
        }
    }
}
