//! What is shown after an act and never again: tokens, recovery codes. It is kept sealed for a quarter of an hour, and
//! only the session that made it opens it; the address of the page names it, and says nothing of it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ssr;
use crate::error::{AppError, Code};

/// Keeps something for the page that shows it; gives the query of that page.
pub async fn keep(what: &impl Serialize) -> Result<String, AppError> {
    let bytes = serde_json::to_vec(what).map_err(|error| AppError::new(Code::Fault, error.to_string()))?;
    let name = ssr::engine().keep_draft(ssr::holder()?, &bytes).await?;
    Ok(format!("shown={name}"))
}

/// What the address names, while it is kept: for a page that may have to be shown again.
pub async fn open<T: DeserializeOwned>() -> Result<Option<T>, AppError> {
    let visit = ssr::visit();
    let Some(name) = visit.query("shown") else {
        return Ok(None);
    };
    let kept = ssr::engine().open_draft(name, ssr::holder()?).await?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// What the address names, once: it is gone when the page is asked for again.
pub async fn take<T: DeserializeOwned>() -> Result<Option<T>, AppError> {
    let visit = ssr::visit();
    let Some(name) = visit.query("shown") else {
        return Ok(None);
    };
    let kept = ssr::engine().take_draft(name, ssr::holder()?).await?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}
