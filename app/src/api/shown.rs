//! What is shown after an act and never again: tokens, recovery codes. It is kept sealed for a quarter of an hour, and
//! only the session that made it opens it; the address of the page names it, and says nothing of it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{kept, ssr};
use crate::error::AppError;

/// Keeps something for the page that shows it; gives the query of that page.
pub async fn keep(what: &impl Serialize) -> Result<String, AppError> {
    Ok(format!("shown={}", kept::keep(what).await?))
}

/// What the address names, while it is kept: for a page that may have to be shown again.
pub async fn open<T: DeserializeOwned>() -> Result<Option<T>, AppError> {
    kept::open(&named()).await
}

/// What the address names, once: it is gone when the page is asked for again.
pub async fn take<T: DeserializeOwned>() -> Result<Option<T>, AppError> {
    let taken = ssr::engine().take_draft(&named(), ssr::holder()?).await?;
    Ok(taken.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn named() -> String {
    ssr::visit().query("shown").unwrap_or_default().to_owned()
}
