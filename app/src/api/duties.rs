//! Retention duties.

use leptos::prelude::*;

use super::keep::{ScopeForm, day, ground, words};
use super::ssr;
use crate::error::AppError;
use crate::routes;

/// All retention duties.
pub const DUTIES: &str = "/holds/duties";

/// Records a duty of contract or statute to keep data until a date.
#[server(prefix = "/act", endpoint = "record_duty")]
pub async fn record_duty(
    #[server(default)] title: String,
    #[server(default)] ground: String,
    #[server(default)] until: String,
    #[server(flatten)] scope: ScopeForm,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let title = words(
        "title",
        &title,
        "Say what the duty is, in words that may be shown.",
    )?;
    let ground = self::ground(&ground)?;
    let until = day(
        "until",
        &until,
        "Give the last day on which the data must be kept.",
    )?;
    let duty = engine
        .record_duty(&actor, &title, ground, scope.read()?, until)
        .await?;
    ssr::done(
        &routes::one(DUTIES, duty.id),
        "The duty is recorded. What it covers is kept until its last day has passed.",
    );
    Ok(())
}
