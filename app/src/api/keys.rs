//! The issuer's keys: replaced now or on a later day, or marked as compromised.

use domain::key::KeyKind;
use domain::time::{Timestamp, parse_date};
use leptos::prelude::*;

use super::keep::words;
use super::requests::confirm;
use super::ssr;
use crate::error::AppError;
use crate::routes;

fn kind_of(word: &str) -> Result<KeyKind, AppError> {
    KeyKind::parse(word).ok_or_else(AppError::not_found)
}

/// Puts another key in place of the one that signs.
#[server(prefix = "/act", endpoint = "rotate_key")]
pub async fn rotate_key(
    kind: String,
    #[server(default)] reason: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let reason = words("reason", &reason, "Say why the key is replaced.")?;
    confirm(&typed, &expected)?;
    engine.rotate_key(&actor, kind_of(&kind)?, &reason).await?;
    ssr::done(
        routes::KEYS,
        "The key is replaced. What waited for it goes on by itself within a minute.",
    );
    Ok(())
}

/// Publishes the key that signs from a later day on.
#[server(prefix = "/act", endpoint = "prepare_key")]
pub async fn prepare_key(
    kind: String,
    #[server(default)] signs_from: String,
    #[server(default)] prepare_reason: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let reason = words("prepare_reason", &prepare_reason, "Say why a next key is made.")?;
    let day = parse_date(signs_from.trim())
        .map_err(|_| AppError::field("signs_from", "Give a date such as 2026-03-31."))?;
    let from = Timestamp::start_of(day);
    engine.prepare_key(&actor, kind_of(&kind)?, from, &reason).await?;
    ssr::done(
        routes::KEYS,
        "The next key is published. It takes over by itself on its day.",
    );
    Ok(())
}

/// Marks a key that somebody else may have had.
#[server(prefix = "/act", endpoint = "mark_key_compromised")]
pub async fn mark_key_compromised(
    #[server(default)] key: String,
    #[server(default)] since: String,
    #[server(default)] reason: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let reason = words("reason", &reason, "Say why the key is thought to be compromised.")?;
    let since =
        match since.trim() {
            "" => None,
            day => Some(parse_date(day).map(Timestamp::start_of).map_err(|_| {
                AppError::field("since", "Give a date such as 2026-03-31, or leave it empty.")
            })?),
        };
    confirm(&typed, &expected)?;
    engine
        .mark_key_compromised(&actor, key.trim(), since, &reason)
        .await?;
    ssr::done(
        routes::KEYS,
        "The key is marked, and another has taken its place. Certificates that it signed are attested again.",
    );
    Ok(())
}
