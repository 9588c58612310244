//! What every server function begins and ends with.

use std::time::Duration;

use domain::actor::Actor;
use domain::secret::Secret;
use engine::Engine;
use engine::people::{Holder, Visitor};
use http::HeaderValue;
use http::header::SET_COOKIE;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::error::{AppError, Code};
use crate::visit::Visit;

/// The cookie of the session.
pub const SESSION: &str = "lethe";
/// The cookie of what the last act did.
pub const FLASH: &str = "lethe-done";

/// The visit of this request.
pub fn visit() -> Visit {
    use_context::<Visit>().unwrap_or_default()
}

/// The use cases.
pub fn engine() -> Engine {
    expect_context::<Engine>()
}

/// Who is signed in, if anybody.
pub fn visitor() -> Result<Visitor, AppError> {
    let signed_out = || AppError::new(Code::SignedOut, "Please sign in.");
    visit().visitor.ok_or_else(signed_out)
}

/// The use cases, and who calls.
pub fn caller() -> Result<(Engine, Actor), AppError> {
    Ok((engine(), visitor()?.actor))
}

/// The same for dangerous acts: the password was given within the last minutes.
pub fn stepped_up_caller() -> Result<(Engine, Actor), AppError> {
    let (engine, visitor) = (engine(), visitor()?);
    match visitor.is_stepped_up(engine.now()) {
        true => Ok((engine, visitor.actor)),
        false => Err(AppError::new(
            Code::StepUp,
            "This act needs your password once more.",
        )),
    }
}

/// The actor is a tenant's person, not one of the issuer's.
pub fn is_tenant(actor: &Actor) -> bool {
    matches!(actor, Actor::Person { tenant: Some(_), .. })
}

/// Whoever is signed in, as the holder of what is kept for a later page.
pub fn holder() -> Result<Holder, AppError> {
    Ok(Holder::Session(visitor()?.session))
}

/// Whoever is signed in has one of these roles.
pub fn has_any(roles: &[domain::actor::Role]) -> bool {
    let visitor = visit().visitor;
    visitor.is_some_and(|visitor| roles.iter().any(|role| visitor.person.roles.contains(role)))
}

/// An id out of a form or an address; a text that is none is not there.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, AppError> {
    text.trim().parse().map_err(|_| AppError::not_found())
}

/// Goes to a page (303).
pub fn see_other(path: &str) {
    leptos_axum::redirect(path);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(http::StatusCode::SEE_OTHER);
    }
}

/// Goes to a page that says once what was done. The text is never about a person.
pub fn done(path: &str, text: &str) {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    set_cookie(FLASH, &encoded, Duration::from_secs(60));
    see_other(path);
}

/// Begins a session in this browser.
pub fn keep_session(token: &Secret) {
    set_cookie(SESSION, token.reveal(), Duration::from_secs(30 * 24 * 3600));
}

/// Ends it.
pub fn drop_session() {
    set_cookie(SESSION, "", Duration::ZERO);
}

/// What a cookie is called. Over https its name begins with `__Host-`, which binds it to this host: no other one below
/// the same domain can set it.
pub fn cookie_name(name: &str, secure: bool) -> String {
    if secure {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}

/// Sets a cookie that scripts cannot read and other sites cannot send with a form.
pub fn set_cookie(name: &str, value: &str, keep_for: Duration) {
    let cookie = cookie_value(name, value, keep_for, visit().secure);
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        response.append_header(SET_COOKIE, value);
    }
}

/// The header that sets such a cookie.
pub fn cookie_value(name: &str, value: &str, keep_for: Duration, secure: bool) -> String {
    let name = cookie_name(name, secure);
    let secure = if secure { "; Secure" } else { "" };
    let seconds = keep_for.as_secs();
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// The value of a cookie of this request.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    cookie_of(&parts.headers, name, visit().secure)
}

/// The value of a cookie.
pub fn cookie_of(headers: &http::HeaderMap, name: &str, secure: bool) -> Option<String> {
    let name = cookie_name(name, secure);
    let lines = headers.get_all(http::header::COOKIE).iter();
    let texts = lines.filter_map(|line| line.to_str().ok());
    let pairs = texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .filter(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
        .next()
}

/// A path within this site, else the home page: nobody is sent elsewhere after signing in.
pub fn local_path(text: &str) -> &str {
    let local = text.starts_with('/') && !text.starts_with("//") && !text.contains(['\\', '\n', '\r']);
    if local { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        for there in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "evil",
        ] {
            assert_eq!(local_path(there), "/", "{there}");
        }
        assert_eq!(local_path("/holds?state=in_force"), "/holds?state=in_force");
    }
}
