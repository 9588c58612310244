//! The inventory and its history: versions, what changed between two of them, and how well it is covered.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Actor, Permission};
use domain::digest::Digest;
use domain::inventory::{Dataset, DatasetName, Handling, InventoryVersion, System, SystemName};
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{Engine, Error};

/// A version of the inventory, by its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionSeen {
    /// 1, 2, 3 ...
    pub number: i64,
    /// Its digest.
    pub digest: Digest,
    /// When it came into force.
    pub created_at: Timestamp,
}

/// What changed from one version to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InventoryDiff {
    /// The earlier one's number.
    pub from: i64,
    /// The later one's number.
    pub to: i64,
    /// Systems that are only in the later one.
    pub added: Vec<SystemName>,
    /// Systems that are only in the earlier one.
    pub removed: Vec<SystemName>,
    /// Systems that are in both, and differ.
    pub changed: Vec<SystemChange>,
}

/// What changed of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SystemChange {
    /// Which.
    pub system: SystemName,
    /// Its own fields.
    pub fields: Vec<FieldChange>,
    /// Datasets that are only in the later one.
    pub added: Vec<DatasetName>,
    /// Datasets that are only in the earlier one.
    pub removed: Vec<DatasetName>,
    /// Datasets that differ, with their fields.
    pub datasets: Vec<(DatasetName, Vec<FieldChange>)>,
}

/// A field that differs. Credentials are named, never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its path: `owner`, `limits.chunk`, `locator.tenant.field`.
    pub field: String,
    /// What it was; absent: it was not there, or it is a credential.
    pub before: Option<Value>,
    /// What it is; absent: it is not there, or it is a credential.
    pub after: Option<Value>,
}

/// How well the systems are described: what a chart shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The version.
    pub version: i64,
    /// All systems.
    pub systems: u64,
    /// By what is done about them: `erase`, `expire`, `attest`.
    pub by_handling: BTreeMap<&'static str, u64>,
    /// By connector kind.
    pub by_kind: BTreeMap<String, u64>,
    /// By category of data, how many datasets hold it.
    pub by_category: BTreeMap<String, u64>,
    /// Systems run by somebody else.
    pub with_processor: u64,
    /// Systems to be erased that have no erase credential.
    pub without_erase_credential: Vec<SystemName>,
    /// Systems to be looked into that have no probe credential.
    pub without_probe_credential: Vec<SystemName>,
    /// Systems whose two credentials are one secret.
    pub shared_credential: Vec<SystemName>,
    /// All datasets.
    pub datasets: u64,
    /// Datasets with a canary: a control that does not depend on other tenants.
    pub with_canary: u64,
    /// Datasets in which single persons can be found.
    pub with_subject: u64,
    /// Datasets whose records have a date: holds and duties by date can tell them apart.
    pub with_date: u64,
}

impl Engine {
    /// All versions, the newest first.
    pub async fn inventory_versions(&self, actor: &Actor) -> Result<Vec<VersionSeen>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let versions = self.ports.store.read().await?.inventory().list().await?;
        let versions = versions
            .into_iter()
            .map(|(number, digest, created_at)| VersionSeen {
                number,
                digest,
                created_at,
            });
        Ok(versions.collect())
    }

    /// One version. Credentials are sealed in it; whether there are any can be seen.
    pub async fn inventory_version(&self, actor: &Actor, number: i64) -> Result<InventoryVersion, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let found = self.ports.store.read().await?.inventory().find(number).await?;
        found.ok_or(Error::NotFound("that inventory version"))
    }

    /// What changed from one version to another.
    pub async fn inventory_diff(&self, actor: &Actor, from: i64, to: i64) -> Result<InventoryDiff, Error> {
        let from = self.inventory_version(actor, from).await?;
        let to = self.inventory_version(actor, to).await?;
        Ok(diff(&from, &to))
    }

    /// How well the present inventory is described.
    pub async fn inventory_coverage(&self, actor: &Actor) -> Result<Coverage, Error> {
        Ok(coverage(&self.inventory(actor).await?))
    }
}

/// Compares two versions.
pub(crate) fn diff(from: &InventoryVersion, to: &InventoryVersion) -> InventoryDiff {
    let names = |version: &InventoryVersion| -> BTreeSet<SystemName> {
        version.systems.iter().map(|system| system.name.clone()).collect()
    };
    let (before, after) = (names(from), names(to));
    let changed = from.systems.iter().filter_map(|old| {
        let new = to.system(&old.name)?;
        (old != new).then(|| change(old, new))
    });
    InventoryDiff {
        from: from.number,
        to: to.number,
        added: after.difference(&before).cloned().collect(),
        removed: before.difference(&after).cloned().collect(),
        changed: changed.collect(),
    }
}

fn change(old: &System, new: &System) -> SystemChange {
    let bare = |system: &System| System {
        datasets: Vec::new(),
        erase_credential: None,
        probe_credential: None,
        ..system.clone()
    };
    let mut fields = fields(&bare(old), &bare(new));
    let credentials = [
        ("erase_credential", old.erase_credential != new.erase_credential),
        ("probe_credential", old.probe_credential != new.probe_credential),
    ];
    fields.extend(
        credentials
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(field, _)| FieldChange {
                field: field.to_owned(),
                before: None,
                after: None,
            }),
    );
    let names = |system: &System| -> BTreeSet<DatasetName> {
        system
            .datasets
            .iter()
            .map(|dataset| dataset.name.clone())
            .collect()
    };
    let (before, after) = (names(old), names(new));
    let datasets = old.datasets.iter().filter_map(|one: &Dataset| {
        let changes = self::fields(one, new.dataset(&one.name)?);
        (!changes.is_empty()).then(|| (one.name.clone(), changes))
    });
    SystemChange {
        system: old.name.clone(),
        fields,
        added: after.difference(&before).cloned().collect(),
        removed: before.difference(&after).cloned().collect(),
        datasets: datasets.collect(),
    }
}

/// The leaves in which two nouns differ.
fn fields<T: Serialize>(old: &T, new: &T) -> Vec<FieldChange> {
    let leaves = |noun: &T| {
        let mut leaves = BTreeMap::new();
        flatten(
            String::new(),
            serde_json::to_value(noun).unwrap_or_default(),
            &mut leaves,
        );
        leaves
    };
    let (mut old, mut new) = (leaves(old), leaves(new));
    let paths: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
    let changes = paths.into_iter().filter_map(|field| {
        let (before, after) = (old.remove(&field), new.remove(&field));
        (before != after).then_some(FieldChange { field, before, after })
    });
    changes.collect()
}

/// Objects become paths; everything else is a leaf, lists too. What is null is not there.
fn flatten(path: String, value: Value, leaves: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = match path.as_str() {
                    "" => name,
                    path => format!("{path}.{name}"),
                };
                flatten(path, value, leaves);
            }
        }
        Value::Null => {}
        leaf => drop(leaves.insert(path, leaf)),
    }
}

fn coverage(version: &InventoryVersion) -> Coverage {
    let systems = &version.systems;
    let named = |wanted: &dyn Fn(&System) -> bool| -> Vec<SystemName> {
        let found = systems.iter().filter(|system| wanted(system));
        found.map(|system| system.name.clone()).collect()
    };
    let datasets = || systems.iter().flat_map(|system| &system.datasets);
    let count =
        |wanted: &dyn Fn(&Dataset) -> bool| datasets().filter(|dataset| wanted(dataset)).count() as u64;
    let mut by_handling: BTreeMap<&'static str, u64> = [Handling::Erase, Handling::Expire, Handling::Attest]
        .map(|handling| (handling.word(), 0))
        .into();
    let (mut by_kind, mut by_category) = (BTreeMap::new(), BTreeMap::new());
    for system in systems {
        *by_handling.entry(system.handling.word()).or_default() += 1;
        *by_kind.entry(system.kind.clone()).or_default() += 1;
    }
    for category in datasets().flat_map(|dataset| &dataset.categories) {
        *by_category.entry(category.clone()).or_default() += 1;
    }
    Coverage {
        version: version.number,
        systems: systems.len() as u64,
        by_handling,
        by_kind,
        by_category,
        with_processor: systems.iter().filter(|system| system.processor.is_some()).count() as u64,
        without_erase_credential: named(&|system| {
            system.handling == Handling::Erase && system.erase_credential.is_none()
        }),
        without_probe_credential: named(&|system| {
            system.handling != Handling::Attest && system.probe_credential.is_none()
        }),
        shared_credential: named(&|system| system.shared_credential),
        datasets: datasets().count() as u64,
        with_canary: count(&|dataset| dataset.canary.is_some()),
        with_subject: count(&|dataset| !dataset.locator.subject.is_empty()),
        with_date: count(&|dataset| dataset.locator.created.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_leaves_that_differ_are_told() {
        let old = serde_json::json!({ "owner": "Sales", "limits": { "chunk": 10, "rate": 1 }, "gone": true, "none": null });
        let new = serde_json::json!({ "owner": "Sales", "limits": { "chunk": 20, "rate": 1 }, "come": [1] });
        let told: Vec<String> = fields(&old, &new)
            .into_iter()
            .map(|change| format!("{} {:?} {:?}", change.field, change.before, change.after))
            .collect();
        assert_eq!(
            told,
            [
                "come None Some(Array [Number(1)])",
                "gone Some(Bool(true)) None",
                "limits.chunk Some(Number(10)) Some(Number(20))"
            ]
        );
    }
}
