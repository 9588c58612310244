//! Mounts the table of pages; decides between a page, the sign-in and 404 before anything is drawn.

use std::convert::Infallible;

use app::routes::{Access, NOT_FOUND, PAGES, Page, TOO_OFTEN, sign_in};
use app::visit::{Checked, Visit};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use engine::Engine;
use leptos::prelude::provide_context;

use super::finish::to_the_end;
use super::limit::TooMany;
use super::site::Site;
use super::{Web, client};

pub(super) fn routes(web: &Web) -> Router<Web> {
    // Whoever draws first would find none; that there is one already is as good.
    let _already = any_spawner::Executor::init_tokio();
    let pages = PAGES.iter().fold(Router::new(), |routes, page| {
        let web = web.clone();
        routes.route(page.path, get(move |request| serve(web.clone(), page, request)))
    });
    pages.fallback(file_or_not_found)
}

/// Draws a page for whoever may see it.
async fn serve(web: Web, page: &'static Page, request: Request) -> Result<Response, Infallible> {
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    Ok(match admits(page, &visit, web.site.is_folder()) {
        Admission::Granted => draw(&web, page, request).await,
        Admission::SignIn => Redirect::to(&sign_in(&visit.with_query("form", None))).into_response(),
        Admission::NotFound => draw(&web, &NOT_FOUND, request).await,
    })
}

/// What becomes of a visit to a page.
enum Admission {
    Granted,
    SignIn,
    NotFound,
}

/// `building`: whoever builds Lethe runs this server.
fn admits(page: &Page, visit: &Visit, building: bool) -> Admission {
    match (page.access, &visit.visitor) {
        (Access::Development, _) if building => Admission::Granted,
        (Access::Development, _) => Admission::NotFound,
        (Access::Public, _) | (Access::SignedIn, Some(_)) => Admission::Granted,
        (Access::SignedIn | Access::Only(_), None) => Admission::SignIn,
        (Access::Only(roles), Some(visitor)) => {
            match roles.iter().any(|role| visitor.person.roles.contains(role)) {
                true => Admission::Granted,
                false => Admission::NotFound,
            }
        }
    }
}

pub(super) async fn draw(web: &Web, page: &'static Page, request: Request) -> Response {
    let private = request
        .extensions()
        .get::<Visit>()
        .is_none_or(|visit| visit.visitor.is_some() || !page.is_public() || visit.query("token").is_some());
    let (engine, options, reference) = (web.engine.clone(), web.options.clone(), web.reference.clone());
    let enter = move || {
        enter(&engine);
        provide_context(reference.clone());
    };
    let drawing =
        leptos_axum::render_app_async_with_context(enter, move || app::shell(options.clone(), page));
    let mut response = to_the_end(drawing(request)).await;
    if private {
        let no_store = HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    }
    response
}

/// Certificates are looked up without signing in, but not by the thousand: printed codes are not to be guessed.
pub(super) async fn slow_down_look_ups(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let looks_up = path.starts_with("/verify/") || (path == "/verify" && request.uri().query().is_some());
    let visit = request.extensions().get::<Visit>();
    let known = visit.is_some_and(|visit| visit.visitor.is_some());
    if looks_up && !known {
        let client = client::address(request.extensions(), request.headers());
        if let Err(too_many) = web.limits.look_ups.count(client) {
            return too_often(&web, request, &too_many).await;
        }
    }
    next.run(request).await
}

/// The page that asks for patience, with the status and the time that programs read.
pub(super) async fn too_often(web: &Web, request: Request, too_many: &TooMany) -> Response {
    let mut response = draw(web, &TOO_OFTEN, request).await;
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, too_many.retry_after());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What pages and server functions find around them.
pub(super) fn enter(engine: &Engine) {
    let parts = leptos::prelude::use_context::<axum::http::request::Parts>();
    let mut extensions = parts.map(|parts| parts.extensions).unwrap_or_default();
    provide_context(extensions.remove::<Visit>().unwrap_or_default());
    if let Some(checked) = extensions.remove::<Checked>() {
        provide_context(checked);
    }
    provide_context(engine.clone());
}

/// A file that the browser loads, where there is one of that path, else the page that says so.
async fn file_or_not_found(State(web): State<Web>, State(site): State<Site>, request: Request) -> Response {
    if ![axum::http::Method::GET, axum::http::Method::HEAD].contains(request.method()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    match site.answer(&path, &headers).await {
        Some(file) => file,
        None => draw(&web, &NOT_FOUND, request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_signed_out_is_led_to_the_sign_in() {
        let private = PAGES
            .iter()
            .filter(|page| !matches!(page.access, Access::Public | Access::Development));
        for page in private {
            assert!(
                matches!(admits(page, &Visit::default(), false), Admission::SignIn),
                "{}",
                page.path
            );
        }
    }

    #[test]
    fn the_style_guide_is_not_there_in_production() {
        let guide = PAGES.iter().filter(|page| page.access == Access::Development);
        for page in guide {
            assert!(matches!(
                admits(page, &Visit::default(), false),
                Admission::NotFound
            ));
            assert!(matches!(
                admits(page, &Visit::default(), true),
                Admission::Granted
            ));
        }
    }
}
