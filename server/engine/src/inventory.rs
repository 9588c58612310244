//! The inventory: applying a whole new version, and trying what a probe sees.

mod change;
mod draft;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::inventory::{InventoryVersion, System, SystemName};
use domain::port::vault::{Purpose, Sealed};
use domain::secret::Secret;
use serde_json::json;

pub use draft::{CredentialSource, DatasetDraft, InventoryDraft, SystemDraft};

use crate::{Engine, Error};

/// Opens what a draft refers to: a file or a variable of the environment, read by the caller's side.
pub trait OpenCredential: Send + Sync {
    /// The secret behind a reference.
    fn open(&self, source: &CredentialSource) -> Result<Secret, String>;
}

impl Engine {
    /// Puts a whole inventory in force as the next version, or refuses it whole, naming system and field. Applying what is
    /// in force already changes nothing.
    pub async fn apply_inventory(
        &self,
        actor: &Actor,
        draft: InventoryDraft,
        credentials: &dyn OpenCredential,
    ) -> Result<InventoryVersion, Error> {
        actor.require(Permission::ManageInventory)?;
        let before = self.ports.store.read().await?.inventory().latest().await?;
        self.put_in_force(actor, draft, credentials, before, None).await
    }

    /// Puts a draft in force. `change` names the system that alone was changed since `before`: then `before` must still be
    /// the present version.
    async fn put_in_force(
        &self,
        actor: &Actor,
        draft: InventoryDraft,
        credentials: &dyn OpenCredential,
        before: Option<InventoryVersion>,
        change: Option<&SystemName>,
    ) -> Result<InventoryVersion, Error> {
        draft.check()?;
        let mut systems = Vec::new();
        for system in draft.systems {
            let known = before.as_ref().and_then(|version| version.system(&system.name));
            systems.push(self.sealed(system, known, credentials)?);
        }
        systems.sort_by(|a, b| a.name.cmp(&b.name));
        let digest = InventoryVersion::digest_of(&systems);

        let mut tx = self.ports.store.begin().await?;
        let latest = tx.inventory().latest().await?;
        let number = |version: &Option<InventoryVersion>| version.as_ref().map(|version| version.number);
        if change.is_some() && number(&latest) != number(&before) {
            return Err(Error::NotNow(
                "somebody else changed the inventory meanwhile: look again".into(),
            ));
        }
        if let Some(latest) = latest
            .as_ref()
            .filter(|latest| latest.digest == digest && latest.systems == systems)
        {
            return Ok(latest.clone());
        }
        let version = InventoryVersion {
            number: latest.as_ref().map_or(1, |latest| latest.number + 1),
            digest,
            systems,
            created_at: self.now(),
            audited_on: latest.and_then(|latest| latest.audited_on),
        };
        tx.inventory().insert(&version).await?;
        let details = json!({ "number": version.number, "digest": digest, "systems": version.systems.len(),
            "changed": change });
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "inventory.applied",
                format!("inventory:{}", version.number),
                details,
            ),
        )
        .await?;
        self.review_all(&mut *tx).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// The present inventory.
    pub async fn inventory(&self, actor: &Actor) -> Result<InventoryVersion, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        let latest = self.ports.store.read().await?.inventory().latest().await?;
        latest.ok_or(Error::NotFound("an inventory (lethe inventory apply FILE)"))
    }

    /// A draft's system with its credentials sealed: newly given ones, else those on file.
    fn sealed(
        &self,
        draft: SystemDraft,
        known: Option<&System>,
        credentials: &dyn OpenCredential,
    ) -> Result<System, Error> {
        let name = draft.name.clone();
        let open = |which: &str, source: &Option<CredentialSource>| match source {
            Some(source) => credentials
                .open(source)
                .map(Some)
                .map_err(|why| Error::invalid(format!("systems.{name}.{which}"), why)),
            None => Ok(None),
        };
        let erase = open("erase_credential", &draft.erase_credential)?;
        let probe = open("probe_credential", &draft.probe_credential)?;
        // An empty secret is none: the two halves open a local file in different modes.
        let same = erase.as_ref().is_some_and(|secret| !secret.reveal().is_empty()) && erase == probe;
        if same && !draft.shared_credential {
            let why = "both credentials are the same secret: use one that can only read for the probe, or write \
                       shared_credential = true, which every certificate will then say";
            return Err(Error::invalid(format!("systems.{name}.probe_credential"), why));
        }
        let erase = self.seal_credential(
            Purpose::EraseCredential,
            &format!("system:{name}:erase"),
            erase,
            known.and_then(|known| known.erase_credential.clone()),
        )?;
        let probe = self.seal_credential(
            Purpose::ProbeCredential,
            &format!("system:{name}:probe"),
            probe,
            known.and_then(|known| known.probe_credential.clone()),
        )?;
        let system = draft.into_system(erase, probe);
        #[cfg(feature = "probe")]
        if let Some(probes) = &self.ports.probes {
            probes
                .check(&system)
                .map_err(|error| Error::invalid(format!("systems.{}", system.name), error))?;
        }
        Ok(system)
    }

    /// Seals a credential, or keeps the sealed one on file when it is unchanged or not given.
    fn seal_credential(
        &self,
        purpose: Purpose,
        context: &str,
        given: Option<Secret>,
        kept: Option<Sealed>,
    ) -> Result<Option<Sealed>, Error> {
        let Some(given) = given else { return Ok(kept) };
        if let Some(kept) = kept {
            let same = self
                .ports
                .vault
                .open(purpose, context, &kept)
                .is_ok_and(|old| old == given.reveal().as_bytes());
            if same {
                return Ok(Some(kept));
            }
        }
        Ok(Some(self.ports.vault.seal(
            purpose,
            context,
            given.reveal().as_bytes(),
        )?))
    }
}

/// What the probe sees of one dataset of a system.
#[cfg(feature = "probe")]
#[derive(Debug, Clone, serde::Serialize)]
pub struct Tried {
    /// Which dataset.
    pub dataset: String,
    /// What it sees, or why it cannot.
    pub survey: Result<domain::port::probe::Survey, String>,
    /// Records of the tenant, where the store can count.
    pub count: Option<u64>,
    /// The native query of the first record found, for looking oneself.
    pub native_query: Option<String>,
}

#[cfg(feature = "probe")]
impl Engine {
    /// Looks at a system through its probe, for one tenant: what a person checks before trusting a locator.
    pub async fn try_system(
        &self,
        actor: &Actor,
        system: &domain::inventory::SystemName,
        tenant: &domain::subject::TenantKey,
    ) -> Result<Vec<Tried>, Error> {
        actor.require_any(&[Permission::TrySystem, Permission::ManageInventory])?;
        let inventory = self.inventory_for_work().await?;
        let system = inventory.system(system).ok_or(Error::NotFound("that system"))?;
        if system.handling != domain::inventory::Handling::Erase {
            return Err(Error::NotNow(format!(
                "{} is not erased by a connector: there is nothing to try",
                system.name
            )));
        }
        let probe = self.probes()?.probe(system, &self.probe_secret(system)?)?;
        let mut seen = Vec::new();
        for dataset in &system.datasets {
            let target = crate::planning::tenant_target(system, dataset, tenant);
            seen.push(look_around(&*probe, target).await);
        }
        Ok(seen)
    }

    pub(crate) async fn inventory_for_work(&self) -> Result<InventoryVersion, Error> {
        let latest = self.ports.store.read().await?.inventory().latest().await?;
        latest.ok_or_else(|| {
            Error::NotNow("there is no inventory yet: apply one (lethe inventory apply FILE)".into())
        })
    }
}

#[cfg(feature = "probe")]
async fn look_around(probe: &dyn domain::port::probe::Probe, target: domain::selection::Target) -> Tried {
    use domain::port::probe::Question;
    use domain::selection::Side;
    let dataset = target.dataset.dataset.to_string();
    let survey = probe.survey(&target).await.map_err(|error| error.to_string());
    let question = Question {
        ids: Vec::new(),
        controls: Vec::new(),
        count: vec![Side::Selected],
    };
    let count = probe
        .look(&target, &question)
        .await
        .ok()
        .and_then(|seen| seen.counts.first().copied().flatten());
    let first = probe.scan(&target, Side::Selected, None, 1).await.ok();
    let native_query = first.and_then(|page| page.ids.first().map(|id| probe.native_query(&target, id)));
    Tried {
        dataset,
        survey,
        count,
        native_query,
    }
}
