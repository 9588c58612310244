//! Inventories of one system.

use std::collections::BTreeMap;

use anyhow::Result;
use domain::secret::Secret;
use engine::inventory::{CredentialSource, InventoryDraft, OpenCredential};
use serde_json::{Value, json};

use crate::world::World;

/// The two credentials of a system; empty where it needs none.
#[derive(Default)]
pub struct Credentials {
    /// May delete.
    pub erase: String,
    /// May only look.
    pub probe: String,
}

impl OpenCredential for Credentials {
    fn open(&self, source: &CredentialSource) -> Result<Secret, String> {
        let known = BTreeMap::from([("ERASE", &self.erase), ("PROBE", &self.probe)]);
        match source {
            CredentialSource::Env(name) => known
                .get(name.as_str())
                .map(|secret| Secret::new(secret.as_str()))
                .ok_or_else(|| format!("{name} is not set")),
            CredentialSource::None(_) => Ok(Secret::new("")),
            CredentialSource::File(_) => Err("the bench has its credentials at hand".into()),
        }
    }
}

/// Puts an inventory of one system in force: nothing settles, `chunk` records go at a time.
pub async fn apply(
    world: &World,
    kind: &str,
    chunk: u32,
    config: Value,
    datasets: Vec<Value>,
    credentials: &Credentials,
) -> Result<()> {
    let system = json!({
        "name": "sample",
        "kind": kind,
        "owner": "Data team",
        "location": "Frankfurt, DE",
        "handling": "erase",
        "settle_seconds": 0,
        "limits": { "concurrency": 4, "chunk": chunk },
        "config": config,
        "erase_credential": { "env": "ERASE" },
        "probe_credential": { "env": "PROBE" },
        "shared_credential": credentials.erase == credentials.probe,
        "datasets": datasets,
    });
    let draft: InventoryDraft = serde_json::from_value(json!({ "systems": [system] }))?;
    let engine = &world.wired.engine;
    engine
        .apply_inventory(&world.operator, draft, credentials)
        .await?;
    Ok(())
}

/// A dataset whose records are found by the tenant's key.
pub fn dataset(name: &str, container: &str, id: Option<&str>, canary: &str) -> Value {
    let mut locator = json!({
        "container": container,
        "tenant": { "identifier": "tenant_key", "field": "tenant" },
    });
    if let Some(id) = id {
        locator["id"] = id.into();
    }
    json!({ "name": name, "categories": ["contact"], "canary": canary, "locator": locator })
}
