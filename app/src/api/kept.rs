//! What a person has typed in one step and needs in the next: sealed on the server for a quarter of an hour, opened by
//! the session that typed it and by no other. Nothing of it stands in a URL.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ssr;
use crate::error::{AppError, Code};

/// Seals something for the next step; the answer names it.
pub async fn keep<T: Serialize>(what: &T) -> Result<String, AppError> {
    let bytes = serde_json::to_vec(what).map_err(|error| AppError::new(Code::Fault, error.to_string()))?;
    Ok(ssr::engine().keep_draft(ssr::holder()?, &bytes).await?)
}

/// Opens what was sealed under a name; absent once the time is over, and for everybody else.
pub async fn open<T: DeserializeOwned>(name: &str) -> Result<Option<T>, AppError> {
    if name.trim().is_empty() {
        return Ok(None);
    }
    let kept = ssr::engine().open_draft(name.trim(), ssr::holder()?).await?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// The refusal of a step whose beginning is no longer there.
pub fn gone() -> AppError {
    AppError::new(
        Code::NotNow,
        "What you had typed is kept for a quarter of an hour, and that is over. Please begin again; nothing was changed.",
    )
}
