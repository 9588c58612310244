//! Signing in and out.

use std::time::Duration;

use domain::secret::Secret;
use engine::people::SignedIn;
use leptos::prelude::*;

use super::ssr;
use crate::error::{AppError, Code};
use crate::routes;

/// The cookie between the password and the second factor.
const PENDING: &str = "lethe-pending";
/// How long the second factor may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Signs in with e-mail address and password.
#[server(prefix = "/act", endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let engine = ssr::engine();
    match engine
        .sign_in(&email, &Secret::new(password), &ssr::visit().client)
        .await
        .map_err(|error| told(error, "The e-mail address or the password is not right."))?
    {
        SignedIn::Session(token) => {
            ssr::keep_session(&token);
            ssr::see_other(ssr::local_path(&next));
        }
        SignedIn::SecondFactor(pending) => {
            ssr::set_cookie(PENDING, pending.reveal(), PATIENCE);
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            ssr::see_other(&format!("/sign-in/code?next={next}"));
        }
    }
    Ok(())
}

/// A refusal that names what this form asks for, and no more.
fn told(error: engine::Error, wrong: &str) -> AppError {
    match error {
        engine::Error::WrongCredentials => AppError::new(Code::Invalid, wrong),
        error => error.into(),
    }
}

/// Finishes signing in with a code of the authenticator, or a recovery code.
#[server(prefix = "/act", endpoint = "finish_sign_in")]
pub async fn finish_sign_in(
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let pending = ssr::cookie(PENDING).ok_or_else(|| {
        AppError::new(
            Code::NotNow,
            "This took too long; please begin again with your password.",
        )
    })?;
    let token = ssr::engine()
        .finish_sign_in(&Secret::new(pending), code.trim())
        .await
        .map_err(|error| told(error, "The code is not right, or it was used before."))?;
    ssr::set_cookie(PENDING, "", Duration::ZERO);
    ssr::keep_session(&token);
    ssr::see_other(ssr::local_path(&next));
    Ok(())
}

/// Ends the session of this browser.
#[server(prefix = "/act", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    if let Some(token) = ssr::visit().token {
        ssr::engine().sign_out(&token).await?;
    }
    ssr::drop_session();
    ssr::done(routes::SIGN_IN, "You are signed out.");
    Ok(())
}

/// Ends all one's sessions, also this one.
#[server(prefix = "/act", endpoint = "sign_out_everywhere")]
pub async fn sign_out_everywhere() -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.sign_out_everywhere(&actor).await?;
    ssr::drop_session();
    ssr::done(routes::SIGN_IN, "You are signed out everywhere.");
    Ok(())
}

/// Gives the password once more, before a dangerous act.
#[server(prefix = "/act", endpoint = "step_up")]
pub async fn step_up(
    #[server(default)] password: String,
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let visitor = ssr::visitor()?;
    let token = ssr::visit()
        .token
        .ok_or_else(|| AppError::new(Code::SignedOut, "Please sign in."))?;
    let code = code.trim();
    let code = (!code.is_empty() && visitor.person.second_factor.is_some()).then_some(code);
    ssr::engine()
        .step_up(&token, &Secret::new(password), code)
        .await?;
    ssr::see_other(ssr::local_path(&next));
    Ok(())
}
