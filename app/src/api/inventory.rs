//! The inventory: connecting and changing systems in steps, looking through a probe, pausing, retiring.

mod connecting;
mod fields;
pub mod kinds;
pub mod matching;
mod paste;
mod steps;

use domain::inventory::{Slug, SystemName};
use domain::subject::TenantKey;
use leptos::prelude::*;

use super::keep::words;
use super::kept;
use super::requests::confirm;
use super::ssr;
use crate::error::AppError;
use crate::routes;

pub use connecting::{Connecting, Looked, LookedAt};
pub use paste::PasteSystem;
pub use steps::{ConnectDataset, ConnectReach, ConnectWhat, DropDataset, PutSystem, TryDraft, WHAT, step};

/// The page of a system.
fn page(name: &SystemName) -> String {
    routes::one(routes::INVENTORY, name)
}

/// The name of a system out of a form or an address; one that is none is not there.
pub fn system_name(text: &str) -> Result<SystemName, AppError> {
    Slug::parse(text.trim()).map_err(|_| AppError::not_found())
}

fn why(reason: &str) -> Result<String, AppError> {
    words(
        "reason",
        reason,
        "Say why it is paused: whoever lets it go on will read it.",
    )
}

/// Stops erasure on one system.
#[server(prefix = "/act", endpoint = "pause_system")]
pub async fn pause_system(system: String, #[server(default)] reason: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let name = system_name(&system)?;
    engine
        .inventory(&actor)
        .await?
        .system(&name)
        .ok_or_else(AppError::not_found)?;
    engine.pause(&actor, Some(name.clone()), &why(&reason)?).await?;
    ssr::done(
        &page(&name),
        "The system is paused. Chunks under way end; none follows.",
    );
    Ok(())
}

/// Lets erasure on one system go on.
#[server(prefix = "/act", endpoint = "unpause_system")]
pub async fn unpause_system(system: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let name = system_name(&system)?;
    engine.unpause(&actor, Some(name.clone())).await?;
    ssr::done(&page(&name), "The system goes on.");
    Ok(())
}

/// Stops erasure everywhere.
#[server(prefix = "/act", endpoint = "pause_all")]
pub async fn pause_all(#[server(default)] reason: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.pause(&actor, None, &why(&reason)?).await?;
    ssr::done(
        routes::INVENTORY,
        "Everything is paused. Chunks under way end; none follows.",
    );
    Ok(())
}

/// Lets erasure go on everywhere, except where a single system is paused.
#[server(prefix = "/act", endpoint = "unpause_all")]
pub async fn unpause_all() -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    engine.unpause(&actor, None).await?;
    ssr::done(
        routes::INVENTORY,
        "Erasure goes on, except where a single system is paused.",
    );
    Ok(())
}

/// Takes a system out of the inventory.
#[server(prefix = "/act", endpoint = "retire_system")]
pub async fn retire_system(
    system: String,
    #[server(default)] typed: String,
    #[server(default)] shut_down: bool,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let name = system_name(&system)?;
    if !shut_down {
        return Err(AppError::field(
            "shut_down",
            "Only a system that keeps nothing any more may leave the inventory.",
        ));
    }
    confirm(&typed, name.as_str())?;
    let version = engine.retire_system(&actor, &name).await?;
    ssr::done(
        &format!("{}/versions/{}", routes::INVENTORY, version.number),
        "The system is retired: a new version of the inventory is in force without it.",
    );
    Ok(())
}

/// Looks at a system through its probe, for one tenant.
#[server(prefix = "/act", endpoint = "try_system")]
pub async fn try_system(
    system: String,
    #[server(default)] tenant: String,
    #[server(default)] tenant_key: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let name = system_name(&system)?;
    let key = tried_tenant(&tenant, &tenant_key)?;
    let seen = engine.try_system(&actor, &name, &key).await?;
    let looked = Looked {
        tenant: key.to_string(),
        datasets: seen.into_iter().map(LookedAt::from).collect(),
    };
    let draft = kept::keep(&looked).await?;
    ssr::see_other(&format!("{}?looked={draft}#looked", page(&name)));
    Ok(())
}

/// Begins to change a system.
#[server(prefix = "/act", endpoint = "change_system")]
pub async fn change_system(system: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let name = system_name(&system)?;
    let version = engine.inventory(&actor).await?;
    let known = version.system(&name).cloned().ok_or_else(AppError::not_found)?;
    let draft = kept::keep(&Connecting::again(known)).await?;
    ssr::see_other(&step(WHAT, &draft));
    Ok(())
}

/// The tenant that a look is for: a registered one, or a key.
fn tried_tenant(tenant: &str, key: &str) -> Result<TenantKey, AppError> {
    let text = if key.trim().is_empty() { tenant } else { key };
    TenantKey::parse(text).map_err(|_| AppError::field("tenant", "Choose a tenant, or give a key."))
}
