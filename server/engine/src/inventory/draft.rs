//! An inventory as a person writes it, in TOML or YAML.

use std::collections::{BTreeMap, BTreeSet};

use domain::inventory::{
    Category, DEFAULT_SETTLE_SECONDS, Dataset, DatasetName, Handling, Limits, Locator, System, SystemName,
};
use domain::port::vault::Sealed;
use domain::subject::TENANT_KEY;
use serde::Deserialize;

use crate::Error;

/// Where a credential is: never in the file itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CredentialSource {
    /// A variable of the environment.
    Env(String),
    /// A file; its text without the ending newline.
    File(String),
    /// The system needs none (a local file opened in another mode).
    None(bool),
}

/// The whole inventory.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryDraft {
    /// Every system.
    pub systems: Vec<SystemDraft>,
}

/// One system.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemDraft {
    /// Its stable name.
    pub name: SystemName,
    /// What people call it; the name, when absent.
    pub title: Option<String>,
    /// The connector kind.
    pub kind: String,
    /// Who answers for it.
    pub owner: String,
    /// Where the data is.
    pub location: String,
    /// Who runs it, where it is not the issuer.
    pub processor: Option<String>,
    /// What is done about its data.
    pub handling: Handling,
    /// Settling time in seconds; five minutes when absent (V3).
    pub settle_seconds: Option<u32>,
    /// How hard it may be worked.
    #[serde(default)]
    pub limits: Limits,
    /// What the connector needs besides credentials.
    #[serde(default)]
    pub config: BTreeMap<String, serde_json::Value>,
    /// The credential that can delete; the one on file, when absent.
    pub erase_credential: Option<CredentialSource>,
    /// The credential that can only look; the one on file, when absent.
    pub probe_credential: Option<CredentialSource>,
    /// Both are the same secret, on purpose.
    #[serde(default)]
    pub shared_credential: bool,
    /// Its datasets.
    pub datasets: Vec<DatasetDraft>,
}

impl From<&System> for SystemDraft {
    /// The draft that says the same; its credentials are those on file.
    fn from(system: &System) -> Self {
        let system = system.clone();
        let datasets = system.datasets.into_iter().map(|dataset| DatasetDraft {
            name: dataset.name,
            locator: dataset.locator,
            categories: dataset.categories,
            canary: dataset.canary,
        });
        Self {
            name: system.name,
            title: Some(system.title),
            kind: system.kind,
            owner: system.owner,
            location: system.location,
            processor: system.processor,
            handling: system.handling,
            settle_seconds: Some(system.settle_seconds),
            limits: system.limits,
            config: system.config,
            erase_credential: None,
            probe_credential: None,
            shared_credential: system.shared_credential,
            datasets: datasets.collect(),
        }
    }
}

/// One dataset.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetDraft {
    /// Its name in the system.
    pub name: DatasetName,
    /// How records are found.
    pub locator: Locator,
    /// What it holds.
    pub categories: BTreeSet<Category>,
    /// A record of the synthetic tenant that is always there.
    pub canary: Option<String>,
}

impl InventoryDraft {
    /// Refuses what cannot be: names twice, no systems, no datasets, a lookup into nowhere.
    pub fn check(&self) -> Result<(), Error> {
        if self.systems.is_empty() {
            return Err(Error::invalid(
                "systems",
                "an inventory names at least one system",
            ));
        }
        let mut names = BTreeSet::new();
        for system in &self.systems {
            let at = format!("systems.{}", system.name);
            if !names.insert(&system.name) {
                return Err(Error::invalid(at, "the name is there twice"));
            }
            for (field, text) in [
                ("kind", &system.kind),
                ("owner", &system.owner),
                ("location", &system.location),
            ] {
                if text.trim().is_empty() {
                    return Err(Error::invalid(format!("{at}.{field}"), "must not be empty"));
                }
            }
            system.check(&at)?;
        }
        self.lookups_lead_somewhere()
    }

    fn lookups_lead_somewhere(&self) -> Result<(), Error> {
        for system in &self.systems {
            for dataset in &system.datasets {
                let matches = std::iter::once(&dataset.locator.tenant).chain(&dataset.locator.subject);
                for lookup in matches.filter_map(|one| one.lookup.as_ref()) {
                    let known = self.systems.iter().any(|other| {
                        other.name == lookup.dataset.system
                            && other
                                .datasets
                                .iter()
                                .any(|one| one.name == lookup.dataset.dataset)
                    });
                    if !known {
                        let at = format!("systems.{}.datasets.{}.locator", system.name, dataset.name);
                        return Err(Error::invalid(
                            at,
                            format!(
                                "the lookup names {}, which is not in the inventory",
                                lookup.dataset
                            ),
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

impl SystemDraft {
    pub(super) fn check(&self, at: &str) -> Result<(), Error> {
        if self.datasets.is_empty() {
            return Err(Error::invalid(
                format!("{at}.datasets"),
                "a system has at least one dataset",
            ));
        }
        if self.limits.concurrency == 0 || self.limits.chunk == 0 {
            return Err(Error::invalid(
                format!("{at}.limits"),
                "concurrency and chunk are at least 1",
            ));
        }
        let mut names = BTreeSet::new();
        for dataset in &self.datasets {
            let at = format!("{at}.datasets.{}", dataset.name);
            if !names.insert(&dataset.name) {
                return Err(Error::invalid(at, "the name is there twice"));
            }
            if dataset.categories.is_empty() {
                return Err(Error::invalid(
                    format!("{at}.categories"),
                    "name at least one category of data",
                ));
            }
            let tenant = &dataset.locator.tenant;
            if tenant.identifier != TENANT_KEY && tenant.lookup.is_none() {
                let why = format!("the tenant is found by {TENANT_KEY}, or by a lookup in a dataset that is");
                return Err(Error::invalid(format!("{at}.locator.tenant"), why));
            }
        }
        Ok(())
    }

    pub(super) fn into_system(self, erase: Option<Sealed>, probe: Option<Sealed>) -> System {
        let datasets = self.datasets.into_iter().map(|draft| Dataset {
            name: draft.name,
            locator: draft.locator,
            categories: draft.categories,
            canary: draft.canary,
        });
        System {
            title: self.title.unwrap_or_else(|| self.name.to_string()),
            name: self.name,
            kind: self.kind,
            owner: self.owner,
            location: self.location,
            processor: self.processor,
            handling: self.handling,
            settle_seconds: self.settle_seconds.unwrap_or(DEFAULT_SETTLE_SECONDS),
            limits: self.limits,
            config: self.config,
            datasets: datasets.collect(),
            erase_credential: erase,
            probe_credential: probe,
            shared_credential: self.shared_credential,
        }
    }
}
