//! Accounts of others, kept by administrators.

use std::collections::BTreeSet;

use domain::actor::Role;
use domain::id::PersonId;
use engine::people::NewInvitation;
use leptos::prelude::*;

use super::requests::confirm;
use super::ssr;
use crate::error::AppError;
use crate::routes;

/// The page of a person.
fn page(id: PersonId) -> String {
    routes::one(routes::PEOPLE, id)
}

fn chosen(roles: &[String]) -> Result<BTreeSet<Role>, AppError> {
    let roles: Result<BTreeSet<Role>, _> = roles.iter().map(|role| role.parse::<Role>()).collect();
    match roles {
        Ok(roles) if !roles.is_empty() => Ok(roles),
        _ => Err(AppError::field("roles", "Choose at least one role.")),
    }
}

/// Creates an account and mails a link to its person.
#[server(prefix = "/act", endpoint = "invite_person")]
pub async fn invite_person(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] tenant: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let tenant = match tenant.trim() {
        "" => None,
        id => Some(ssr::id(id)?),
    };
    let new = NewInvitation {
        name,
        email,
        roles: chosen(&roles)?,
        tenant,
    };
    let id = engine.invite_person(&actor, new).await?;
    ssr::done(
        &page(id),
        "The account is made, and a mail with a link to set a password is on its way.",
    );
    Ok(())
}

/// Mails a fresh link to somebody who has not set a password yet.
#[server(prefix = "/act", endpoint = "resend_invitation")]
pub async fn resend_invitation(person: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let id = ssr::id(&person)?;
    engine.resend_invitation(&actor, id).await?;
    ssr::done(
        &page(id),
        "A fresh mail is on its way. The link of the earlier one no longer works.",
    );
    Ok(())
}

/// Sets what somebody is trusted with.
#[server(prefix = "/act", endpoint = "grant_roles")]
pub async fn grant_roles(person: String, #[server(default)] roles: Vec<String>) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let id = ssr::id(&person)?;
    engine.grant_roles(&actor, id, chosen(&roles)?).await?;
    ssr::done(&page(id), "The roles are set.");
    Ok(())
}

/// Closes an account.
#[server(prefix = "/act", endpoint = "disable_person")]
pub async fn disable_person(
    person: String,
    email: String,
    #[server(default)] typed: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let id = ssr::id(&person)?;
    confirm(&typed, &email)?;
    engine.disable_person(&actor, id, true).await?;
    ssr::done(&page(id), "The account is disabled, and its sessions have ended.");
    Ok(())
}

/// Opens it again.
#[server(prefix = "/act", endpoint = "enable_person")]
pub async fn enable_person(person: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let id = ssr::id(&person)?;
    engine.disable_person(&actor, id, false).await?;
    ssr::done(&page(id), "The account is open again.");
    Ok(())
}

/// Takes password, second factor, sessions and tokens away, and mails a link to begin anew.
#[server(prefix = "/act", endpoint = "reset_person")]
pub async fn reset_person(
    person: String,
    email: String,
    #[server(default)] typed: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let id = ssr::id(&person)?;
    confirm(&typed, &email)?;
    engine.reset_person(&actor, id).await?;
    ssr::done(
        &page(id),
        "The account is reset, and a mail with a link is on its way.",
    );
    Ok(())
}

/// Ends all sessions of somebody.
#[server(prefix = "/act", endpoint = "end_sessions")]
pub async fn end_sessions(person: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let id = ssr::id(&person)?;
    let said = match engine.end_sessions(&actor, id).await? {
        0 => "Nobody was signed in with this account.",
        _ => "All sessions of this account have ended.",
    };
    ssr::done(&page(id), said);
    Ok(())
}

/// Revokes a token of somebody.
#[server(prefix = "/act", endpoint = "revoke_token_of")]
pub async fn revoke_token_of(person: String, token: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let id = ssr::id(&person)?;
    engine.revoke_token(&actor, ssr::id(&token)?).await?;
    ssr::done(&page(id), "The token is revoked. Nothing opens with it any more.");
    Ok(())
}
