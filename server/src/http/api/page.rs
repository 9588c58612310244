//! Lists in pages.

use axum::Json;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;

/// Rows of a page where nothing is asked for.
const USUAL: u32 = 50;
/// The most rows of a page.
const MOST: u32 = 200;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Listed<T> {
    /// What is on it.
    pub(super) rows: Vec<T>,
    /// Give this as `after` for the next page; absent on the last one.
    pub(super) next: Option<String>,
}

/// How many rows are asked for.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(Problem::field(
            "limit",
            format!("Expected a number from 1 to {MOST}."),
        )),
    }
}

/// A place in a list.
pub(super) fn after<T: std::str::FromStr>(asked: Option<&str>) -> Result<Option<T>, Problem> {
    let wrong = |_| {
        Problem::field(
            "after",
            "This is not a place in the list: give the next of the page before.",
        )
    };
    asked.map(str::parse).transpose().map_err(wrong)
}

/// Words of a list, separated by commas.
pub(super) fn words<C: FromIterator<String>>(asked: Option<&str>) -> C {
    let words = asked.unwrap_or_default().split(',').map(str::trim);
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

impl<T: Serialize> Listed<T> {
    /// The answer, with a link to the next page.
    pub(super) fn answer(self, uri: &Uri) -> Response {
        let next = self.next.as_deref().map(|next| link(uri, next));
        let mut response = Json(self).into_response();
        if let Some(link) = next.and_then(|link| HeaderValue::from_str(&link).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

fn link(uri: &Uri, next: &str) -> String {
    let query = uri.query().unwrap_or_default();
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "after");
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(kept).append_pair("after", next);
    format!("<{}?{}>; rel=\"next\"", uri.path(), pairs.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_to_the_next_page_keeps_the_filter() {
        let uri: Uri = "/api/v1/requests?state=on_hold&after=1&limit=2".parse().unwrap();
        let wanted = "</api/v1/requests?state=on_hold&limit=2&after=2026-04-01.17>; rel=\"next\"";
        assert_eq!(link(&uri, "2026-04-01.17"), wanted);
    }

    #[test]
    fn a_page_has_a_moderate_length() {
        for (asked, given) in [
            (None, Some(50)),
            (Some(200), Some(200)),
            (Some(0), None),
            (Some(201), None),
        ] {
            assert_eq!(limit(asked).ok(), given, "{asked:?}");
        }
    }
}
