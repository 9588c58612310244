//! Sample systems that really hold data, for demonstrations: made, filled, counted and looked into by plain queries.
//!
//! Nothing here knows connectors, probes or erasers. What a sample counts is therefore a second opinion about what the
//! product did, as a person with a terminal would get it.

mod folder;
mod postgres;
mod redis;
mod restic;
mod s3;
mod sqlite;
pub mod tables;
mod tenants;

use async_trait::async_trait;
use serde_json::{Value, json};

pub use folder::FolderSample;
pub use postgres::PostgresSample;
pub use redis::RedisSample;
pub use restic::ResticSample;
pub use s3::{S3Keys, S3Sample};
pub use sqlite::SqliteSample;
pub use tenants::{AURORA, BOREALIS, CERAMICA, COBALT, DOVETAIL, REHEARSAL, SYNTHETIC, TENANTS, Tenant};

/// A sample system cannot be made or read.
#[derive(Debug, thiserror::Error)]
#[error("the sample system {system}: {why}")]
pub struct SampleError {
    /// Which.
    pub system: &'static str,
    /// What went wrong.
    pub why: String,
}

impl SampleError {
    /// A failure of a system.
    pub fn new(system: &'static str, why: impl std::fmt::Display) -> Self {
        Self {
            system,
            why: why.to_string(),
        }
    }
}

/// What an inventory says about a system beside its connector.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Its stable name.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Who answers for it.
    pub owner: &'static str,
    /// Where the data is.
    pub location: &'static str,
    /// How long it settles, in seconds.
    pub settle_seconds: u32,
}

impl About {
    /// The entry of an inventory file, to which a kind adds its own fields.
    fn entry(&self, kind: &str, more: Value) -> Value {
        let mut entry = json!({
            "name": self.name,
            "title": self.title,
            "kind": kind,
            "owner": self.owner,
            "location": self.location,
            "handling": "erase",
            "settle_seconds": self.settle_seconds,
        });
        if let (Value::Object(entry), Value::Object(more)) = (&mut entry, more) {
            entry.extend(more);
        }
        entry
    }

    fn failed(&self, why: impl std::fmt::Display) -> SampleError {
        SampleError::new(self.name, why)
    }
}

/// A credential for one half of a connector: the variable of an inventory file and the secret behind it.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The name by which the inventory refers to it.
    pub variable: String,
    /// The secret.
    pub secret: String,
}

/// A system that holds data of every tenant.
#[async_trait]
pub trait Sample: Send + Sync {
    /// What the inventory says about it.
    fn about(&self) -> &About;

    /// What people would say it is: `PostgreSQL`, `SQLite file` ...
    fn technology(&self) -> &'static str;

    /// The names of its datasets.
    fn datasets(&self) -> Vec<&'static str>;

    /// Its entry in an inventory file.
    fn entry(&self) -> Value;

    /// The credentials that the entry refers to.
    fn credentials(&self) -> Vec<Credential> {
        Vec::new()
    }

    /// How many records a tenant has in a dataset, asked of the store itself.
    async fn count(&self, dataset: &str, tenant: &Tenant) -> Result<u64, SampleError>;

    /// Whether a record is there, asked of the store itself.
    async fn exists(&self, dataset: &str, id: &str) -> Result<bool, SampleError>;

    /// Takes away what was made on a server that goes on without us.
    async fn remove(&self) -> Result<(), SampleError> {
        Ok(())
    }
}

/// The two credentials of a system, as its entry refers to them.
fn two_credentials(about: &About, erase: &str, probe: &str) -> (Value, Vec<Credential>) {
    let variable = |half: &str| format!("LETHE_DEMO_{}_{half}", about.name.to_uppercase());
    let entry = json!({
        "erase_credential": { "env": variable("ERASE") },
        "probe_credential": { "env": variable("PROBE") },
        "shared_credential": erase == probe,
    });
    let credentials = [("ERASE", erase), ("PROBE", probe)];
    let credentials = credentials.map(|(half, secret)| Credential {
        variable: variable(half),
        secret: secret.to_owned(),
    });
    (entry, credentials.into())
}

/// A local file or folder needs no credential: whoever runs the process may read and write it, and the inventory says so.
fn no_credentials() -> Value {
    json!({
        "erase_credential": { "none": true },
        "probe_credential": { "none": true },
        "shared_credential": true,
    })
}

/// One object with the members of both.
fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}
