//! Retention duties.

use leptos::prelude::*;

use super::keep::{ScopeForm, day, ground, words};
use super::requests::{confirm, id};
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

/// Ends a duty before its last day.
#[server(prefix = "/act", endpoint = "end_duty")]
pub async fn end_duty(
    duty: String,
    #[server(default)] reason: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    confirm(&typed, &expected)?;
    let reason = words("reason", &reason, "Say why the data need not be kept any longer.")?;
    engine.end_duty(&actor, id(&duty)?, &reason).await?;
    ssr::done(
        &routes::one(DUTIES, &duty),
        "The duty is ended. What it alone kept is planned afresh, and erased only after somebody approves.",
    );
    Ok(())
}
