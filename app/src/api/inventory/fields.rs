//! The fields of the steps, read and checked.

use std::collections::{BTreeMap, BTreeSet};

use domain::inventory::{Dataset, Limits, Locator, Slug};
use domain::subject::TENANT_KEY;
use serde::{Deserialize, Serialize};

use super::super::keep::words;
use super::connecting::Connecting;
use super::kinds::{Credential, Shape, parts};
use super::matching;
use crate::error::AppError;

/// The second step's fields besides credentials and settings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pace {
    pub(super) settle_seconds: String,
    concurrency: String,
    per_second: String,
    chunk: String,
}

/// The settings of the kind; those that the form does not know stay.
pub(super) fn settings(
    before: &Connecting,
    typed: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, serde_json::Value>, AppError> {
    let mut config = before.config.clone();
    for setting in before.kind()?.settings {
        let text = typed.get(setting.key).map_or("", String::as_str);
        let unticked = setting.shape == Shape::Truth && text.is_empty();
        match setting.read(text)? {
            Some(value) => drop(config.insert(setting.key.to_owned(), value)),
            None if unticked || text.trim().is_empty() => drop(config.remove(setting.key)),
            None => {}
        }
    }
    Ok(config)
}

pub(super) fn limits(pace: &Pace) -> Result<Limits, AppError> {
    let usual = Limits::default();
    let concurrency = number("concurrency", &pace.concurrency)?.unwrap_or(usual.concurrency.into());
    let concurrency = u16::try_from(concurrency)
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| AppError::field("concurrency", "Give a number from 1 to 65535."))?;
    let chunk = number("chunk", &pace.chunk)?.unwrap_or(usual.chunk);
    if chunk == 0 {
        return Err(AppError::field("chunk", "A chunk holds at least one record."));
    }
    Ok(Limits {
        concurrency,
        per_second: number("per_second", &pace.per_second)?.unwrap_or(usual.per_second),
        chunk,
    })
}

pub(super) fn number(field: &str, text: &str) -> Result<Option<u32>, AppError> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| AppError::field(field, "Give a whole number.")),
    }
}

/// A credential that was typed.
pub(super) fn given(typed: String) -> Option<String> {
    let typed = typed.trim().to_owned();
    (!typed.is_empty()).then_some(typed)
}

/// A new system needs its credentials now; one on file may keep them.
pub(super) fn credentials(typed: &Connecting) -> Result<(), AppError> {
    let missing = |field: &str, why: &str| Err(AppError::field(field, why));
    let (erases, probes) = match typed.kind()?.credential {
        Credential::None => (false, false),
        Credential::ProbeOnly(_) => (false, true),
        Credential::Two(_) => (true, true),
    };
    let needed = !typed.on_file;
    if needed && erases && typed.erase_credential.is_none() {
        return missing("erase_credential", "Give the credential that can delete.");
    }
    if needed && probes && typed.probe_credential.is_none() {
        return missing("probe_credential", "Give the credential that can only look.");
    }
    let same = typed.erase_credential.is_some() && typed.erase_credential == typed.probe_credential;
    match same && erases && !typed.shared {
        true => missing(
            "probe_credential",
            "Both credentials are the same. Use one that can only look, or tick below that this is on purpose.",
        ),
        false => Ok(()),
    }
}

/// The third step's fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetForm {
    name: String,
    categories: String,
    container: String,
    id: String,
    tenant: String,
    persons: String,
    created: String,
    canary: String,
}

impl DatasetForm {
    pub(super) fn read(&self) -> Result<Dataset, AppError> {
        let wrong = "A name has 1 to 63 of a-z, 0-9, _ and -, and begins with a letter.";
        let categories: BTreeSet<String> = parts(&self.categories)
            .iter()
            .map(|word| word.to_lowercase())
            .collect();
        if categories.is_empty() {
            return Err(AppError::field(
                "categories",
                "Name at least one category of data.",
            ));
        }
        let optional = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let tenant = match self.tenant.trim() {
            "" => format!("{TENANT_KEY}=tenant"),
            line => line.to_owned(),
        };
        Ok(Dataset {
            name: Slug::parse(self.name.trim()).map_err(|_| AppError::field("name", wrong))?,
            locator: Locator {
                container: words(
                    "container",
                    &self.container,
                    "Say where in the system the records are.",
                )?,
                id: optional(&self.id),
                tenant: matching::read(&tenant).map_err(|why| AppError::field("tenant", why))?,
                subject: matching::read_all(&self.persons).map_err(|why| AppError::field("persons", why))?,
                created: optional(&self.created),
            },
            categories,
            canary: optional(&self.canary),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_secret_for_both_halves_must_be_said() {
        let typed = Connecting {
            kind: "postgres".into(),
            erase_credential: Some("same".into()),
            probe_credential: Some("same".into()),
            ..Connecting::default()
        };
        assert!(
            credentials(&typed)
                .unwrap_err()
                .of_field("probe_credential")
                .is_some()
        );
        let shared = Connecting {
            shared: true,
            ..typed
        };
        assert!(credentials(&shared).is_ok());
    }

    #[test]
    fn a_dataset_of_a_party_needs_no_key() {
        let form = DatasetForm {
            name: "returns".into(),
            categories: "Contact, orders".into(),
            container: "all".into(),
            ..DatasetForm::default()
        };
        let dataset = form.read().unwrap();
        assert_eq!(dataset.locator.tenant.identifier, TENANT_KEY);
        assert!(dataset.categories.contains("contact"));
    }
}
