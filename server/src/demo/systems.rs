//! The sample systems: files always; PostgreSQL, Redis, S3 and restic where they are present.

mod servers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::inventory::DatasetRef;
use domain::secret::Secret;
use domain::time::Entropy as _;
use engine::inventory::{CredentialSource, InventoryDraft, OpenCredential};
use samples::{About, FolderSample, ResticSample, Sample, SqliteSample, TENANTS, Tenant, tables};
use serde_json::{Value, json};
use vault::SystemEntropy;

use super::DemoError;
use super::clock::DemoClock;

/// The system that lies: it says that everything is deleted, and deletes half.
pub(super) const LIAR: &str = "search";
/// The system into which a backup is restored.
pub(super) const CRM_NAME: &str = "crm";
/// The system that a partner runs.
pub(super) const PARTNER: &str = "partner";
/// Who attests for it.
pub(super) const PARTNER_NAME: &str = "Nordpak Returns A/S";

const fn about(
    name: &'static str,
    title: &'static str,
    owner: &'static str,
    location: &'static str,
) -> About {
    About {
        name,
        title,
        owner,
        location,
        settle_seconds: 300,
    }
}

const CRM: About = about(CRM_NAME, "Customer relations", "Customer care", "Dublin, IE");
const BILLING: About = about("billing", "Billing", "Finance", "Dublin, IE");
const FILES: About = about("files", "Letters", "Customer care", "Dublin, IE");
const SEARCH: About = about(LIAR, "Full-text search", "Search team", "Frankfurt, DE");
const WAREHOUSE: About = about("warehouse", "Analytics warehouse", "Data team", "Frankfurt, DE");
const CACHE: About = about("cache", "Session cache", "Platform team", "Dublin, IE");
const OBJECTS: About = about("objects", "Photo store", "Platform team", "Stockholm, SE");
const BACKUPS: About = about("backups", "Nightly backups", "Platform team", "Stockholm, SE");

/// Records by dataset and tenant key, counted by plain queries.
pub(super) type Counts = BTreeMap<(String, &'static str), u64>;

/// Every sample system.
pub(super) struct Systems {
    samples: Vec<Arc<dyn Sample>>,
    backups: Option<ResticSample>,
    crm_file: PathBuf,
    lie_records: u64,
}

impl Systems {
    /// Makes and fills them below a folder, and on the servers that the environment names.
    pub(super) async fn make(folder: &Path, clock: &DemoClock) -> Result<Self, DemoError> {
        let (tag, secret) = (random(6), random(12));
        let crm_file = folder.join("crm.db");
        let crm = SqliteSample::make(CRM, crm_file.clone(), tables::CRM).await?;
        let billing = SqliteSample::make(BILLING, folder.join("billing.db"), tables::BILLING).await?;
        let files = FolderSample::make(FILES, folder.join("files"), "letters", &["contact"], 5)?;
        let search = SqliteSample::make(SEARCH, folder.join("search.db"), tables::SEARCH).await?;
        let lie_records = search.count("documents", &samples::AURORA).await? / 2;
        let mut systems = Self {
            samples: vec![
                Arc::new(crm),
                Arc::new(billing),
                Arc::new(files),
                Arc::new(search),
            ],
            backups: None,
            crm_file,
            lie_records,
        };
        match systems.make_on_servers(folder, &tag, &secret, clock).await {
            Ok(()) => Ok(systems),
            Err(error) => {
                systems.remove().await?;
                Err(error)
            }
        }
    }

    async fn make_on_servers(
        &mut self,
        folder: &Path,
        tag: &str,
        secret: &str,
        clock: &DemoClock,
    ) -> Result<(), DemoError> {
        self.samples
            .push(servers::warehouse(WAREHOUSE, folder, tag, secret).await?);
        self.samples
            .push(servers::cache(CACHE, folder, tag, secret).await?);
        self.samples.push(servers::objects(OBJECTS, folder, tag).await?);
        self.backups = servers::backups(BACKUPS, folder, secret, &self.crm_file, clock).await?;
        Ok(())
    }

    /// The inventory that names all of them.
    pub(super) fn inventory(&self) -> Result<InventoryDraft, DemoError> {
        let mut entries: Vec<Value> = self.samples.iter().map(|sample| sample.entry()).collect();
        for entry in entries.iter_mut().filter(|entry| entry["name"] == LIAR) {
            entry["config"]["lie"] = "deletes_half".into();
            entry["config"]["lie_attempts"] = 1.into();
            entry["config"]["lie_records"] = self.lie_records.into();
        }
        entries.push(partner());
        entries.extend(self.backups.as_ref().map(ResticSample::entry));
        let draft = serde_json::from_value(json!({ "systems": entries }));
        draft.map_err(|error| DemoError::setup("the inventory")(&error))
    }

    /// The same inventory, in which every system settles so fast that a visitor can wait for it.
    pub(super) fn inventory_settling(&self, seconds: u32) -> Result<InventoryDraft, DemoError> {
        let mut inventory = self.inventory()?;
        for system in &mut inventory.systems {
            system.settle_seconds = Some(seconds.min(system.settle_seconds.unwrap_or(seconds)));
        }
        Ok(inventory)
    }

    /// Opens the credentials that the inventory refers to.
    pub(super) fn credentials(&self) -> impl OpenCredential {
        let samples = self.samples.iter().flat_map(|sample| sample.credentials());
        let all = samples.chain(self.backups.as_ref().map(ResticSample::credential));
        Credentials(all.map(|one| (one.variable, Secret::new(one.secret))).collect())
    }

    /// Puts one user of a tenant back into the CRM, as an import or the restore of a backup does.
    pub(super) async fn put_user_back(&self, tenant: &Tenant, n: u32) -> Result<(), DemoError> {
        let crm = SqliteSample::existing(CRM, self.crm_file.clone(), tables::CRM);
        Ok(crm.put_back("users", tenant, n).await?)
    }

    /// Counts everything of every tenant.
    pub(super) async fn counts(&self) -> Result<Counts, DemoError> {
        let mut counts = Counts::new();
        for sample in &self.samples {
            for dataset in sample.datasets() {
                for tenant in &TENANTS {
                    let name = format!("{}.{dataset}", sample.about().name);
                    counts.insert((name, tenant.key), sample.count(dataset, tenant).await?);
                }
            }
        }
        Ok(counts)
    }

    /// Counts a tenant's records in one dataset.
    pub(super) async fn count(&self, dataset: &DatasetRef, tenant: &Tenant) -> Result<u64, DemoError> {
        Ok(self
            .sample(dataset)?
            .count(dataset.dataset.as_str(), tenant)
            .await?)
    }

    /// Looks one record up.
    pub(super) async fn exists(&self, dataset: &DatasetRef, id: &str) -> Result<bool, DemoError> {
        Ok(self.sample(dataset)?.exists(dataset.dataset.as_str(), id).await?)
    }

    /// Names, technologies and datasets, for showing.
    pub(super) fn shown(&self) -> Vec<Vec<String>> {
        let row = |sample: &Arc<dyn Sample>| {
            vec![
                sample.about().name.to_owned(),
                sample.technology().to_owned(),
                sample.datasets().join(", "),
            ]
        };
        let mut rows: Vec<Vec<String>> = self.samples.iter().map(row).collect();
        let more =
            |name: &str, what: &str, data: &str| vec![name.to_owned(), what.to_owned(), data.to_owned()];
        rows.push(more(PARTNER, "run by a partner", "returns"));
        if self.backups.is_some() {
            rows.push(more(BACKUPS.name, "restic repository", "sets"));
        }
        rows
    }

    /// What is missing here, and what stands in for it.
    pub(super) fn substitutes(&self) -> Vec<String> {
        let wanted = [
            ("warehouse", "PostgreSQL"),
            ("cache", "Redis"),
            ("objects", "S3 bucket with versions"),
        ];
        let missing = wanted.iter().filter_map(|(name, technology)| {
            let sample = self.samples.iter().find(|sample| sample.about().name == *name)?;
            let (server, instead) = (technology.split(' ').next()?, sample.technology());
            (sample.technology() != *technology)
                .then(|| format!("no {server} server is named: {name} is a {instead}"))
        });
        let backups = self
            .backups
            .is_none()
            .then(|| "restic is not installed: there are no backups".to_owned());
        missing.chain(backups).collect()
    }

    /// How many users of a tenant a backup set holds, restored to a file; absent where there are no backups.
    pub(super) async fn users_in_backup(
        &self,
        folder: &Path,
        tenant: &Tenant,
    ) -> Result<Option<u64>, DemoError> {
        let Some(backups) = &self.backups else {
            return Ok(None);
        };
        let restored = folder.join("restored.db");
        backups.restore(&self.crm_file, &restored).await?;
        let users = SqliteSample::existing(CRM, restored, tables::CRM)
            .count("users", tenant)
            .await?;
        Ok(Some(users))
    }

    /// Removes what was made on servers.
    pub(super) async fn remove(&self) -> Result<(), DemoError> {
        for sample in &self.samples {
            sample.remove().await?;
        }
        Ok(())
    }

    fn sample(&self, dataset: &DatasetRef) -> Result<&Arc<dyn Sample>, DemoError> {
        let found = self
            .samples
            .iter()
            .find(|sample| sample.about().name == dataset.system.as_str());
        found.ok_or_else(|| DemoError::NotAsTold(format!("{dataset} is a sample system")))
    }
}

fn partner() -> Value {
    json!({
        "name": PARTNER,
        "title": "Parcel returns",
        "kind": "attestation",
        "owner": "Logistics",
        "location": "Aarhus, DK",
        "processor": PARTNER_NAME,
        "handling": "attest",
        "settle_seconds": 0,
        "datasets": [{
            "name": "returns",
            "categories": ["contact"],
            "locator": { "container": "all", "tenant": { "identifier": "tenant_key", "field": "customer" } },
        }],
    })
}

struct Credentials(BTreeMap<String, Secret>);

impl OpenCredential for Credentials {
    fn open(&self, source: &CredentialSource) -> Result<Secret, String> {
        match source {
            CredentialSource::Env(name) => self
                .0
                .get(name)
                .cloned()
                .ok_or_else(|| format!("{name} is not set")),
            CredentialSource::File(_) => Err("the demo keeps no credentials in files".into()),
            CredentialSource::None(_) => Ok(Secret::new("")),
        }
    }
}

/// So many random bytes, in hexadecimal.
fn random(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    SystemEntropy.fill(&mut random);
    hex::encode(random)
}
