//! Reads the settings of a system, and refuses those that nobody reads.

use std::time::Duration;

use domain::inventory::System;
use domain::port::connector::ConnectorError;
use serde_json::Value;

/// The setting that every kind has: how long one look may take.
pub(crate) const TIMEOUT: &str = "timeout_seconds";

/// How long one look may take where nothing is set.
const DEFAULT_TIMEOUT: u64 = 300;

/// The refusal of a setting.
pub(crate) fn wrong(field: &str, why: &str) -> ConnectorError {
    ConnectorError::Config {
        field: field.to_owned(),
        why: why.to_owned(),
    }
}

/// Refuses settings other than the known ones and [`TIMEOUT`]: a misspelt setting must not pass for an absent one.
pub(crate) fn only(system: &System, known: &[&str]) -> Result<(), ConnectorError> {
    let stranger = system
        .config
        .keys()
        .find(|key| key.as_str() != TIMEOUT && !known.contains(&key.as_str()));
    match stranger {
        Some(key) => {
            let known: Vec<&str> = known.iter().copied().chain([TIMEOUT]).collect();
            Err(wrong(
                &format!("config.{key}"),
                &format!("unknown; known are {}", known.join(", ")),
            ))
        }
        None => timeout(system).map(|_| ()),
    }
}

/// How long one look may take.
pub(crate) fn timeout(system: &System) -> Result<Duration, ConnectorError> {
    let seconds = match system.config.get(TIMEOUT) {
        None => Some(DEFAULT_TIMEOUT),
        Some(value) => value.as_u64().filter(|seconds| (1..=86_400).contains(seconds)),
    };
    let seconds = seconds.ok_or_else(|| wrong("config.timeout_seconds", "expected 1 to 86400 seconds"))?;
    Ok(Duration::from_secs(seconds))
}

/// A text that must be there.
pub(crate) fn text<'a>(system: &'a System, key: &str, what: &str) -> Result<&'a str, ConnectorError> {
    match system.config.get(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
        Some(_) => Err(wrong(
            &format!("config.{key}"),
            &format!("expected {what}, as text"),
        )),
        None => Err(wrong(
            &format!("config.{key}"),
            &format!("missing; expected {what}"),
        )),
    }
}

/// A list of texts, empty where nothing is set.
pub(crate) fn texts(system: &System, key: &str, what: &str) -> Result<Vec<String>, ConnectorError> {
    let refused = || {
        wrong(
            &format!("config.{key}"),
            &format!("expected {what}, as a list of texts"),
        )
    };
    match system.config.get(key) {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| value.as_str().map(str::to_owned).ok_or_else(refused))
            .collect(),
        Some(_) => Err(refused()),
    }
}

/// The name of a locator's setting, as a person finds it in the inventory file.
pub(crate) fn at(system: &System, dataset: usize, field: &str) -> String {
    format!("datasets[{}].locator.{field}", system.datasets[dataset].name)
}
