//! What a call gives: a JSON body and a query. Both are read strictly: what is not known is refused, with its name.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// The JSON body.
pub(super) struct Given<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let json = kind
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        if !json {
            return Err(Problem::media_type());
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes =
            bytes.map_err(|_| Problem::no_json("The body did not arrive whole, or has more than 256 kB."))?;
        read(&bytes).map(Self)
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, why) = (error.path().to_string(), error.into_inner());
        match why.classify() {
            serde_json::error::Category::Data => field(&path, &without_place(&why)),
            _ => Problem::no_json(format!("This is not JSON: {why}.")),
        }
    })?;
    json.end()
        .map_err(|why| Problem::no_json(format!("This is not JSON: {why}.")))?;
    Ok(value)
}

/// The query.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let read = serde_path_to_error::deserialize(pairs);
        read.map(Self)
            .map_err(|error| field(&error.path().to_string(), &error.into_inner().to_string()))
    }
}

/// An id in the path; what is none is not there.
pub(super) struct At<T>(pub(super) T);

impl<S: Send + Sync, T: std::str::FromStr> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// A wrong field. What serde says of an unknown field names it, its path does not always.
fn field(path: &str, why: &str) -> Problem {
    let named = why
        .strip_prefix("unknown field `")
        .or(why.strip_prefix("missing field `"));
    let named = named.and_then(|rest| rest.split('`').next());
    let path = path.trim_matches('.');
    let field = match (path, named) {
        ("" | "?", Some(name)) => name.to_owned(),
        (path, Some(name)) if path != name && !path.ends_with(&format!(".{name}")) => {
            format!("{path}.{name}")
        }
        ("" | "?", None) => "body".to_owned(),
        (path, _) => path.to_owned(),
    };
    Problem::field(field, sentence(why))
}

/// Line and column mean little to a program.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// What was given is not repeated: a string in the wrong place may name a person.
fn sentence(why: &str) -> String {
    let text = match (why.strip_prefix("invalid type: "), why.find(", expected ")) {
        (Some(_), Some(place)) => format!("This is of another type: {}", &why[place + 2..]),
        _ => match (why.strip_prefix("unknown variant "), why.find(", expected ")) {
            (Some(_), Some(place)) => format!("This is none of the words: {}", &why[place + 2..]),
            _ => {
                let mut letters = why.chars();
                let first = letters.next().map(|letter| letter.to_uppercase().to_string());
                format!("{}{}", first.unwrap_or_default(), letters.as_str())
            }
        },
    };
    if text.ends_with('.') {
        text
    } else {
        format!("{text}.")
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "it is only read")]
        name: String,
        #[expect(dead_code, reason = "it is only read")]
        #[serde(default)]
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "it is only read")]
        count: u8,
    }

    fn refused(text: &str) -> String {
        let problem = read::<Outer>(text.as_bytes()).unwrap_err();
        serde_json::to_value(&problem).unwrap()["errors"][0].to_string()
    }

    #[test]
    fn a_wrong_field_is_named_by_its_path_and_not_repeated() {
        for (text, field, detail) in [
            (
                r#"{"name":"a","colour":1}"#,
                "colour",
                "Unknown field `colour`, expected `name` or `inner`.",
            ),
            (r#"{}"#, "name", "Missing field `name`."),
            (
                r#"{"name":"a","inner":{"count":1,"x":2}}"#,
                "inner.x",
                "Unknown field `x`, expected `count`.",
            ),
            (
                r#"{"name":"a","inner":{"count":"ada@x.example"}}"#,
                "inner.count",
                "This is of another type: expected u8.",
            ),
            (
                r#"{"name":"a","inner":{}}"#,
                "inner.count",
                "Missing field `count`.",
            ),
        ] {
            let wanted = serde_json::json!({ "field": field, "detail": detail });
            assert_eq!(refused(text), wanted.to_string(), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_another_problem() {
        for text in ["", "{", "{\"name\":\"a\"} x"] {
            let problem = serde_json::to_value(read::<Outer>(text.as_bytes()).unwrap_err()).unwrap();
            assert_eq!(problem["status"], 400, "{text}");
        }
    }
}
