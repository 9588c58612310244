//! Who issues certificates, and whether mail works.

use engine::Issuer;
use engine::issuer::Logo;
use leptos::prelude::*;

use super::ssr;
use crate::error::AppError;
use crate::routes;

/// Sets who issues certificates, from now on.
#[server(prefix = "/act", endpoint = "set_issuer")]
pub async fn set_issuer(
    #[server(default)] name: String,
    #[server(default)] role: String,
    #[server(default)] address: String,
    #[server(default)] dpo_contact: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let issuer = Issuer {
        name,
        role,
        address: address.lines().map(str::to_owned).collect(),
        dpo_contact,
    };
    engine.set_issuer(&actor, issuer, Logo::Keep).await?;
    ssr::done(
        routes::SETTINGS,
        "The issuer is set. Certificates that are signed from now on say so.",
    );
    Ok(())
}

/// Takes the logo away.
#[server(prefix = "/act", endpoint = "remove_logo")]
pub async fn remove_logo() -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let issuer = engine.issuer(&actor).await?;
    engine.set_issuer(&actor, issuer, Logo::Remove).await?;
    ssr::done(routes::SETTINGS, "The logo is removed.");
    Ok(())
}

/// Sends a mail to oneself, to see whether mail works.
#[server(prefix = "/act", endpoint = "send_test_mail")]
pub async fn send_test_mail() -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let mail = engine.send_test_mail(&actor).await?;
    ssr::done(
        &format!("{}?mail={mail}", routes::SETTINGS),
        "A mail to you is on its way. What became of it stands under Mail.",
    );
    Ok(())
}
