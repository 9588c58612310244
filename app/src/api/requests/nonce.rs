//! The nonce of a sampling seed: committed to, and brought.

use domain::nonce::NonceGiven;
use leptos::prelude::*;

use super::{id, page};
use crate::api::ssr;
use crate::error::AppError;

/// Commits to a nonce for the plan that a request waits for.
#[server(prefix = "/act", endpoint = "commit_nonce")]
pub async fn commit_nonce(
    request: String,
    #[server(default)] kept: String,
    #[server(default)] hex: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let wrong = |what: &str| AppError::field("hex", format!("Give {what} as 64 hexadecimal characters."));
    let given = match kept.as_str() {
        "drawn" => NonceGiven::Drawn,
        "brought" => NonceGiven::Brought(hex.parse().map_err(|_| wrong("32 random bytes"))?),
        "outside" => NonceGiven::KeptOutside(hex.trim().parse().map_err(|_| wrong("the SHA-256"))?),
        _ => return Err(AppError::field("kept", "Choose who keeps the nonce.")),
    };
    engine.commit_nonce(&actor, id(&request)?, given).await?;
    let said = "The commitment is made and logged. The plan is being drawn.";
    ssr::done(&page(&request), said);
    Ok(())
}

/// Brings the nonce that was kept outside.
#[server(prefix = "/act", endpoint = "open_nonce")]
pub async fn open_nonce(request: String, #[server(default)] nonce: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let wrong = || AppError::field("nonce", "Give the nonce as 64 hexadecimal characters.");
    let secret = nonce.parse().map_err(|_| wrong())?;
    engine.open_nonce(&actor, id(&request)?, secret).await?;
    ssr::done(
        &page(&request),
        "The nonce fits. Probes now count and draw the sample.",
    );
    Ok(())
}
