//! Restored systems: having one searched, and approving what is erased again.

use domain::digest::Digest;
use leptos::prelude::*;

use super::inventory::system_name;
use super::requests::{confirm, id};
use super::ssr;
use crate::error::AppError;
use crate::routes;

/// Has a restored system searched for what was erased.
#[server(prefix = "/act", endpoint = "ask_replay")]
pub async fn ask_replay(system: String, #[server(default)] why: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let replay = engine.ask_replay(&actor, &system_name(&system)?, &why).await?;
    ssr::done(
        &routes::one(routes::RESTORES, replay.id),
        "The probe searches the system. What it finds stands below, in a moment.",
    );
    Ok(())
}

/// Approves everything that a replay found.
#[server(prefix = "/act", endpoint = "approve_replay")]
pub async fn approve_replay(
    replay: String,
    #[server(default)] digest: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let page = routes::one(routes::RESTORES, &replay);
    confirm(&typed, &expected)?;
    let digest: Digest = digest.parse().map_err(|_| AppError::not_found())?;
    engine.approve_replay(&actor, id(&replay)?, digest).await?;
    ssr::done(&page, "Approved. What came back is being erased again.");
    Ok(())
}
