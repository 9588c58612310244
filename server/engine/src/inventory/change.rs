//! Changing one system of the inventory: every change is a new version, made from the present one.

use domain::actor::{Actor, Permission};
use domain::inventory::{InventoryVersion, SystemName};

use super::OpenCredential;
use super::draft::{InventoryDraft, SystemDraft};
use crate::{Engine, Error};

impl Engine {
    /// Adds a system, or changes the one of that name. Credentials that are not given stay as they are on file.
    pub async fn put_system(
        &self,
        actor: &Actor,
        system: SystemDraft,
        credentials: &dyn OpenCredential,
    ) -> Result<InventoryVersion, Error> {
        actor.require(Permission::ManageInventory)?;
        let before = self.ports.store.read().await?.inventory().latest().await?;
        let others = before.iter().flat_map(|version| &version.systems);
        let others = others.filter(|other| other.name != system.name);
        let name = system.name.clone();
        let systems = others.map(SystemDraft::from).chain([system.clone()]).collect();
        let draft = InventoryDraft { systems };
        self.put_in_force(actor, draft, credentials, before, Some(&name))
            .await
    }

    /// Takes a system out of the inventory: it is shut down, and keeps nothing any more.
    pub async fn retire_system(&self, actor: &Actor, name: &SystemName) -> Result<InventoryVersion, Error> {
        actor.require(Permission::ManageInventory)?;
        let before = self.ports.store.read().await?.inventory().latest().await?;
        let systems = before.iter().flat_map(|version| &version.systems);
        if !systems.clone().any(|system| system.name == *name) {
            return Err(Error::NotFound("that system"));
        }
        let others = systems.filter(|system| system.name != *name);
        let draft = InventoryDraft {
            systems: others.map(SystemDraft::from).collect(),
        };
        self.put_in_force(actor, draft, &OnFile, before, Some(name)).await
    }
}

/// No credential is given: those on file stay.
struct OnFile;

impl OpenCredential for OnFile {
    fn open(&self, _: &super::CredentialSource) -> Result<domain::secret::Secret, String> {
        Err("no credential can be given here".into())
    }
}

#[cfg(feature = "probe")]
impl Engine {
    /// Looks at a system that is not saved yet, through its probe, for one tenant. Its probe credential is the given one;
    /// the one on file only where kind and settings are those on file too: else it could be sent anywhere.
    pub async fn try_draft(
        &self,
        actor: &Actor,
        draft: SystemDraft,
        credentials: &dyn OpenCredential,
        tenant: &domain::subject::TenantKey,
    ) -> Result<Vec<super::Tried>, Error> {
        actor.require_any(&[Permission::TrySystem, Permission::ManageInventory])?;
        draft.check(&format!("systems.{}", draft.name))?;
        if draft.handling != domain::inventory::Handling::Erase {
            return Err(Error::NotNow(format!(
                "{} is not erased by a connector: there is nothing to try",
                draft.name
            )));
        }
        let at = format!("systems.{}.probe_credential", draft.name);
        let latest = self.ports.store.read().await?.inventory().latest().await?;
        let known = latest.as_ref().and_then(|version| version.system(&draft.name));
        let known = known.filter(|known| known.kind == draft.kind && known.config == draft.config);
        let secret = match (&draft.probe_credential, known) {
            (Some(source), _) => credentials.open(source).map_err(|why| Error::invalid(&at, why))?,
            (None, Some(known)) => self.probe_secret(known)?,
            (None, None) => {
                let why = "give the credential: the one on file is not tried with other settings";
                return Err(Error::invalid(&at, why));
            }
        };
        let system = draft.into_system(None, None);
        let probe = self.probes()?.probe(&system, &secret)?;
        let mut seen = Vec::new();
        for dataset in &system.datasets {
            let target = crate::planning::tenant_target(&system, dataset, tenant);
            seen.push(super::look_around(&*probe, target).await);
        }
        Ok(seen)
    }

    /// What the connector says of a system that is being connected, step by step: settings, locators and the form of the
    /// probe credential. Nothing is saved, and the system is not asked.
    pub async fn check_draft(
        &self,
        actor: &Actor,
        draft: SystemDraft,
        credentials: &dyn OpenCredential,
    ) -> Result<(), Error> {
        actor.require(Permission::ManageInventory)?;
        // Where this process has no probes, this is found when the system is saved.
        let Ok(probes) = self.probes() else {
            return Ok(());
        };
        let handling = draft.handling;
        let source = draft.probe_credential.clone();
        let system = draft.into_system(None, None);
        probes.check(&system)?;
        if let (domain::inventory::Handling::Erase, Some(source)) = (handling, source) {
            let secret = credentials.open(&source);
            let secret = secret.map_err(|why| Error::invalid("probe_credential", why))?;
            probes.probe(&system, &secret)?;
        }
        Ok(())
    }
}
