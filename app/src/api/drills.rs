//! Drills: opening one now.

use leptos::prelude::*;

use super::ssr;
use crate::error::AppError;
use crate::routes;

/// Opens a drill besides those of the schedule.
#[server(prefix = "/act", endpoint = "run_drill")]
pub async fn run_drill() -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.run_drill(&actor).await?;
    ssr::done(
        routes::DRILLS,
        "The drill is opened. Its identity is confirmed, and it is approved and certified, as for any request.",
    );
    Ok(())
}
