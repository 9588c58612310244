//! Who visits: the session of the cookie, the form that was refused, what the last act did.

use app::api::ssr::{FLASH, SESSION, cookie_of};
use app::visit::{Draft, Visit};
use axum::extract::{RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::digest::Digest;
use domain::secret::Secret;
use engine::people::Holder;

use super::{Web, client};

/// The cookie that tells a browser from others where nobody is signed in.
pub(super) const BROWSER: &str = "lethe-browser";

/// Puts the [`Visit`] into the request.
pub(super) async fn attach(
    State(web): State<Web>,
    params: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let mut visit = of_request(&web, &request);
    visit.params = params
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if let Err(error) = known(&web, &mut visit).await {
        tracing::warn!(%error, "a visitor cannot be recognised");
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "The database does not answer right now. Nothing was lost; please try again in a moment.\n",
        )
            .into_response();
    }
    request.extensions_mut().insert(visit);
    next.run(request).await
}

/// What the request itself says.
fn of_request(web: &Web, request: &Request) -> Visit {
    let headers = request.headers();
    let query = request.uri().query().unwrap_or_default();
    let flash = cookie_of(headers, FLASH, web.secure).map(|text| decoded(&text));
    let client = client::address(request.extensions(), headers);
    Visit {
        path: request.uri().path().to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        browser: cookie_of(headers, BROWSER, web.secure).map(Secret::new),
        token: cookie_of(headers, SESSION, web.secure).map(Secret::new),
        flash,
        client: client.map(|address| address.to_string()).unwrap_or_default(),
        secure: web.secure,
        ..Visit::default()
    }
}

/// Adds what the database knows.
async fn known(web: &Web, visit: &mut Visit) -> Result<(), engine::Error> {
    if let Some(token) = &visit.token {
        visit.visitor = web.engine.visitor(token).await?;
    }
    if let Some(id) = visit.query("form").map(str::to_owned) {
        // What was typed when a session had ended was kept for the browser, and is sent by the next session.
        let session = visit
            .visitor
            .as_ref()
            .map(|visitor| Holder::Session(visitor.session));
        for holder in session.into_iter().chain(visit.browser.as_ref().map(browser)) {
            let kept = web.engine.open_draft(&id, holder).await?;
            visit.draft = kept.and_then(|bytes| serde_json::from_slice::<Draft>(&bytes).ok());
            if visit.draft.is_some() {
                break;
            }
        }
    }
    Ok(())
}

/// A browser as the holder of what was typed in it.
pub(super) fn browser(cookie: &Secret) -> Holder {
    Holder::Browser(Digest::of(cookie.reveal().as_bytes()))
}

/// A flash message is written as one value of a form.
fn decoded(text: &str) -> String {
    let pairs = form_urlencoded::parse(text.as_bytes());
    pairs
        .map(|(text, _)| text.into_owned())
        .next()
        .unwrap_or_default()
}
