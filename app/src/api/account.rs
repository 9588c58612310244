//! One's own account: password, second factor, tokens.

use domain::people::TokenScope;
use domain::secret::Secret;
use domain::time::{days_later, parse_date};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{shown, ssr};
use crate::error::AppError;
use crate::routes::{ACCOUNT, SECOND_FACTOR, SIGN_IN};
use crate::text;

/// What an authenticator is given.
#[derive(Serialize, Deserialize)]
pub struct ShownFactor {
    /// The secret, to be typed.
    pub secret: String,
    /// The same as an address, for a picture code.
    pub uri: String,
}

/// Recovery codes.
#[derive(Serialize, Deserialize)]
pub struct ShownCodes {
    /// Each works once.
    pub codes: Vec<String>,
}

/// A new token.
#[derive(Serialize, Deserialize)]
pub struct ShownToken {
    /// The token.
    pub token: String,
}

/// Changes one's password. All sessions end.
#[server(prefix = "/act", endpoint = "change_password")]
pub async fn change_password(
    #[server(default)] old_password: String,
    #[server(default)] password: String,
    #[server(default)] password_again: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let new = super::links::same(password, &password_again)?;
    engine
        .change_password(&actor, &Secret::new(old_password), &new)
        .await?;
    ssr::drop_session();
    ssr::done(
        SIGN_IN,
        "Your password is changed. Please sign in with the new one.",
    );
    Ok(())
}

/// Begins a second factor: its secret is shown.
#[server(prefix = "/act", endpoint = "begin_totp")]
pub async fn begin_totp() -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let enrolment = engine.begin_totp(&actor).await?;
    let shown = ShownFactor {
        secret: enrolment.secret_base32.reveal().to_owned(),
        uri: enrolment.uri.reveal().to_owned(),
    };
    ssr::see_other(&format!("{SECOND_FACTOR}?{}", shown::keep(&shown).await?));
    Ok(())
}

/// Confirms it by a code; recovery codes are shown.
#[server(prefix = "/act", endpoint = "confirm_totp")]
pub async fn confirm_totp(#[server(default)] code: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let codes = engine.confirm_totp(&actor, code.trim()).await?;
    let codes = codes.iter().map(|code| code.reveal().to_owned()).collect();
    let query = shown::keep(&ShownCodes { codes }).await?;
    ssr::done(
        &format!("{ACCOUNT}/recovery-codes?{query}"),
        "Your second factor is set. From now on a code is asked for when you sign in.",
    );
    Ok(())
}

/// Removes it.
#[server(prefix = "/act", endpoint = "remove_totp")]
pub async fn remove_totp() -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    engine.remove_totp(&actor).await?;
    ssr::done(ACCOUNT, "Your second factor and its recovery codes are removed.");
    Ok(())
}

/// Makes a token for a program.
#[server(prefix = "/act", endpoint = "create_token")]
pub async fn create_token(
    #[server(default)] label: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] expires_at: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let unknown = |_| AppError::field("scopes", "Choose what the token opens.");
    let scopes: Result<_, _> = scopes.iter().map(|scope| scope.parse::<TokenScope>()).collect();
    let last = parse_date(expires_at.trim()).and_then(|last| days_later(last, 1));
    let end = last.map_err(|_| AppError::field("expires_at", "Give the last day, such as 2026-12-31."))?;
    let end = text::start_of_day(end, &engine.policy().zone);
    let token = engine
        .create_token(&actor, &label, scopes.map_err(unknown)?, end)
        .await?;
    let token = ShownToken {
        token: token.reveal().to_owned(),
    };
    ssr::see_other(&format!("{ACCOUNT}/token?{}", shown::keep(&token).await?));
    Ok(())
}

/// Revokes one's own token.
#[server(prefix = "/act", endpoint = "revoke_token")]
pub async fn revoke_token(token: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.revoke_token(&actor, ssr::id(&token)?).await?;
    ssr::done(ACCOUNT, "The token is revoked. Nothing opens with it any more.");
    Ok(())
}
