//! Holds: looking what one would stop, placing it, releasing it by two people, and the register after a restore.

mod form;

use engine::reading::holds::ReleaseSeen;
use leptos::prelude::*;

use super::keep::words;
use super::kept;
use super::requests::{confirm, id};
use super::ssr;
use crate::error::{AppError, Code};
use crate::routes;

pub use form::HoldForm;

/// The page that shows what a hold would stop.
pub const PREVIEW: &str = "/holds/new/preview";

/// The page of a hold.
fn page(id: &str) -> String {
    routes::one(routes::HOLDS, id)
}

/// Shows what a hold would stop; places nothing.
#[server(prefix = "/act", endpoint = "preview_hold")]
pub async fn preview_hold(#[server(flatten)] hold: HoldForm) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.hold_preview(&actor, &hold.read()?).await?;
    ssr::see_other(&format!("{PREVIEW}?draft={}", kept::keep(&hold).await?));
    Ok(())
}

/// Places the hold that was looked at.
#[server(prefix = "/act", endpoint = "place_hold")]
pub async fn place_hold(#[server(flatten)] hold: HoldForm) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let placed = engine.place_hold(&actor, hold.read()?).await?;
    ssr::done(
        &page(&placed.id.to_string()),
        "The hold stands. From this moment nothing that it covers is erased.",
    );
    Ok(())
}

/// Asks for the release of a hold, as the first person.
#[server(prefix = "/act", endpoint = "propose_release")]
pub async fn propose_release(hold: String, #[server(default)] reason: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let reason = words("reason", &reason, "Say why the hold is no longer needed.")?;
    let release = engine.hold(&actor, id(&hold)?).await?.hold.release;
    if !matches!(release, ReleaseSeen::None) {
        return Err(acted_first());
    }
    engine.release_hold(&actor, id(&hold)?, &reason).await?;
    ssr::done(
        &page(&hold),
        "The release is proposed. The hold stands until a second person has confirmed it.",
    );
    Ok(())
}

/// Releases a hold, as the second person.
#[server(prefix = "/act", endpoint = "release_hold")]
pub async fn release_hold(
    hold: String,
    #[server(default)] reason: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    confirm(&typed, &expected)?;
    let reason = words("reason", &reason, "Say why you agree to the release.")?;
    let release = engine.hold(&actor, id(&hold)?).await?.hold.release;
    if !matches!(release, ReleaseSeen::Proposed { .. }) {
        return Err(acted_first());
    }
    engine.release_hold(&actor, id(&hold)?, &reason).await?;
    ssr::done(
        &page(&hold),
        "The hold is released. What it stopped resumes by itself after the cooling-off.",
    );
    Ok(())
}

/// Takes a release back; one person is enough, because this keeps data.
#[server(prefix = "/act", endpoint = "take_back_release")]
pub async fn take_back_release(hold: String, #[server(default)] reason: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let reason = words("reason", &reason, "Say why the hold is still needed.")?;
    engine.take_back_release(&actor, id(&hold)?, &reason).await?;
    ssr::done(&page(&hold), "The release is taken back. The hold stands.");
    Ok(())
}

/// Says after a restore that the register is complete.
#[server(prefix = "/act", endpoint = "confirm_register")]
pub async fn confirm_register(
    #[server(default)] statement: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let statement = words(
        "statement",
        &statement,
        "Say what you compared the register with.",
    )?;
    confirm(&typed, &expected)?;
    engine.confirm_register(&actor, &statement).await?;
    ssr::done(
        routes::HOLDS,
        "The register is confirmed. Where everything was paused, the pause is lifted in the inventory.",
    );
    Ok(())
}

fn acted_first() -> AppError {
    AppError::new(
        Code::Changed,
        "Somebody else acted on this hold while you were looking at it. The page now shows how it stands; please decide again.",
    )
}
