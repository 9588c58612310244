//! Parked work.

use leptos::prelude::*;

use super::ssr;
use crate::error::AppError;
use crate::routes;

/// Puts a parked job back to work.
#[server(prefix = "/act", endpoint = "retry_job")]
pub async fn retry_job(job: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.retry_job(&actor, ssr::id(&job)?).await?;
    ssr::done(routes::JOBS, "The job is put back to work.");
    Ok(())
}
