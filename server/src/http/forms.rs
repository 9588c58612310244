//! Forms: a server function acts and leads on; a refused form is kept and opens again where it was sent from.

use std::time::Duration;

use app::api::ssr::cookie_value;
use app::error::{AppError, Code};
use app::routes::{sign_in, step_up};
use app::visit::{Draft, Visit, is_secret};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use domain::secret::Secret;
use domain::time::Entropy as _;
use engine::people::Holder;
use leptos::server_fn::error::FromServerFnError as _;
use vault::SystemEntropy;

use super::finish::to_the_end;
use super::pages::enter;
use super::visit::{BROWSER, browser};
use super::{LARGEST_BODY, Web};

/// How long a browser is told from others: a little longer than a form is kept.
const REMEMBERED: Duration = Duration::from_secs(20 * 60);
/// The part of the page that says what is wrong.
const PROBLEM: &str = "problem";

/// Every server function, at its path.
pub(super) fn routes(web: &Web) -> Router<Web> {
    let engine = web.engine.clone();
    let act = move |request: Request| {
        let engine = engine.clone();
        to_the_end(async move {
            let acted = leptos_axum::handle_server_fns_with_context(move || enter(&engine), request).await;
            acted.into_response()
        })
    };
    let mut routes = Router::new();
    for (path, _) in leptos::server_fn::axum::server_fn_paths() {
        routes = routes.route(path, post(act.clone()));
    }
    routes.layer(from_fn_with_state(web.clone(), keep_refused))
}

/// Lets the form act. When it is refused, keeps what was typed and leads back to where it came from.
async fn keep_refused(State(web): State<Web>, request: Request, next: Next) -> Response {
    let action = request.uri().path().to_owned();
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let origin = came_from(request.headers());
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let response = next
        .run(Request::from_parts(parts, Body::from(bytes.clone())))
        .await;
    match refusal(&response) {
        Some(error) => lead_back(&web, &visit, &origin, (action, typed(&bytes)), error).await,
        None => response,
    }
}

/// Keeps what was typed into a refused form (the path it was sent to, and its fields), and leads back to it.
pub(super) async fn lead_back(
    web: &Web,
    visit: &Visit,
    origin: &Uri,
    (action, fields): (String, Vec<(String, String)>),
    error: AppError,
) -> Response {
    let code = error.code;
    let draft = Draft {
        action,
        fields,
        error: told_later(error),
    };
    let cookie = visit.browser.clone().unwrap_or_else(fresh_cookie);
    let holder = match &visit.visitor {
        Some(visitor) => Holder::Session(visitor.session),
        None => browser(&cookie),
    };
    let kept = match serde_json::to_vec(&draft) {
        Ok(bytes) => web
            .engine
            .keep_draft(holder, &bytes)
            .await
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match kept {
        Ok(id) => {
            let way = Redirect::to(&way(code, origin, &id));
            match holder {
                Holder::Session(_) => way.into_response(),
                Holder::Browser(_) => {
                    let cookie = cookie_value(BROWSER, cookie.reveal(), REMEMBERED, visit.secure);
                    ([(header::SET_COOKIE, cookie)], way).into_response()
                }
            }
        }
        Err(error) => {
            tracing::error!(%error, "a refused form cannot be kept");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{}\n", draft.error.message),
            )
                .into_response()
        }
    }
}

/// Something that nobody guesses.
fn fresh_cookie() -> Secret {
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes);
    Secret::new(hex::encode(bytes))
}

/// The refusal that a server function answered with; it travels in the address, but no further than here.
fn refusal(response: &Response) -> Option<AppError> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let (_, query) = location.split_once('?')?;
    let (_, error) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "__err")?;
    let bytes = URL_SAFE.decode(error.as_bytes()).ok()?;
    Some(AppError::de(bytes.into()))
}

/// What was typed, without secrets.
fn typed(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body)
        .filter(|(name, _)| !is_secret(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// What the form says when it opens again.
fn told_later(error: AppError) -> AppError {
    match error.code {
        Code::StepUp => AppError::new(
            Code::StepUp,
            "Your password was asked for once more. Please look at what is below again and send it.",
        ),
        Code::SignedOut => AppError::new(
            Code::SignedOut,
            "Your session had ended. What you typed was kept: please send it again.",
        ),
        _ => error,
    }
}

/// Where to go: back to the form, by way of the sign-in or the password where they are missing.
fn way(code: Code, origin: &Uri, draft: &str) -> String {
    let query = origin.query().unwrap_or_default();
    let kept = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| !name.starts_with("__") && name != "form");
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(kept);
    pairs.append_pair("form", draft);
    let back = format!("{}?{}", origin.path(), pairs.finish());
    match code {
        Code::SignedOut => sign_in(&back),
        Code::StepUp => step_up(&back),
        _ => format!("{back}#{PROBLEM}"),
    }
}

/// The page that the form stands on. Only path and query are used, so nobody is led elsewhere.
pub(super) fn came_from(headers: &HeaderMap) -> Uri {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let uri = referer.and_then(|text| text.parse::<Uri>().ok());
    uri.filter(|uri| uri.path().starts_with('/') && !uri.path().starts_with("//"))
        .unwrap_or_else(|| Uri::from_static("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_leads_back_to_its_page_without_what_was_typed() {
        let origin: Uri = "/holds/new?tenant=a&form=old".parse().unwrap();
        assert_eq!(
            way(Code::Invalid, &origin, "abc"),
            "/holds/new?tenant=a&form=abc#problem"
        );
        assert_eq!(
            way(Code::SignedOut, &origin, "abc"),
            "/sign-in?next=%2Fholds%2Fnew%3Ftenant%3Da%26form%3Dabc"
        );
    }

    #[test]
    fn a_foreign_referer_leads_nowhere_else() {
        let mut headers = HeaderMap::new();
        headers.insert(header::REFERER, "https://evil.example/x?y=1".parse().unwrap());
        assert_eq!(
            way(Code::Invalid, &came_from(&headers), "abc"),
            "/x?y=1&form=abc#problem"
        );
    }

    #[test]
    fn secrets_are_not_kept() {
        let body = b"email=a%40b.example&password=hunter2&code=123456";
        assert_eq!(typed(body), [("email".to_owned(), "a@b.example".to_owned())]);
    }
}
