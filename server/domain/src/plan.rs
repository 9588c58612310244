//! The plan of a request: one entry for every system of a frozen inventory version. No skip.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::digest::Digest;
use crate::hold::Ground;
use crate::id::{PlanId, RequestId};
use crate::inventory::{Category, DatasetName, DatasetRef, Handling, InventoryVersion, System, SystemName};
use crate::port::vault::Sealed;
use crate::request::ErasureRequest;
use crate::retention::KeeperId;
use crate::scope::Cover;
use crate::subject::IdentifierDigest;
use crate::time::{Date, Timestamp};

/// What is done about one dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A connector erases it, less what is withheld.
    Erase,
    /// It runs out by itself.
    Expire,
    /// A party attests.
    Attest,
    /// All of it is withheld.
    Withheld,
    /// The dataset holds nothing of single persons, by its locator: nothing to erase for a data subject. It is still
    /// accounted for and named.
    NoPersonalRecords,
}

/// A part that is kept, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPart {
    /// The hold or duty.
    pub keeper: KeeperId,
    /// How much of the dataset.
    pub cover: Cover,
    /// Why.
    pub ground: Ground,
    /// Until when, where that is known.
    pub until: Option<Date>,
    /// What others may learn of it.
    pub disclosed: String,
}

/// One dataset in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPart {
    /// Which dataset.
    pub dataset: DatasetName,
    /// Its categories, as frozen.
    pub categories: BTreeSet<Category>,
    /// What is done.
    pub action: Action,
    /// What is kept of it.
    pub kept: Vec<KeptPart>,
    /// Keyed digest of the sealed target under the request's key: what the approval binds to.
    pub target: Digest,
}

/// One system in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEntry {
    /// Which system.
    pub system: SystemName,
    /// [`crate::inventory::System::fingerprint`] as frozen.
    pub fingerprint: Digest,
    /// What is done about it.
    pub handling: Handling,
    /// Its datasets, each of them.
    pub parts: Vec<PlanPart>,
}

/// A plan. Never changed; a new one takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasurePlan {
    /// Its id.
    pub id: PlanId,
    /// Of which request.
    pub request: RequestId,
    /// The frozen inventory version.
    pub inventory: i64,
    /// Its digest.
    pub inventory_digest: Digest,
    /// One for every system.
    pub entries: Vec<PlanEntry>,
    /// Digests of all identifiers, those found by lookups included: what the fence compares.
    pub digests: BTreeSet<IdentifierDigest>,
    /// SHA-256 of the nonce of the sampling seed, committed before the manifest is drawn.
    pub nonce_commitment: Digest,
    /// Nonce (hex) and targets, sealed under the request's key with context `targets:<plan id>`.
    pub sealed: Sealed,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A plan does not account for everything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A system has no entry.
    #[error("system {0} has no entry in the plan")]
    SystemMissing(SystemName),
    /// A dataset has no part.
    #[error("dataset {0} has no part in the plan")]
    DatasetMissing(DatasetRef),
    /// The system was changed since.
    #[error("system {0} was changed after the plan was frozen")]
    SystemChanged(SystemName),
}

impl ErasurePlan {
    /// SHA-256 over what is planned: what an approver approves, with the manifest. Moments, ids and sealed boxes
    /// are left out, so that the same plan drawn again has the same digest.
    pub fn digest(&self) -> Digest {
        let said = (self.request, self.inventory_digest, &self.entries);
        Digest::of(canonical::to_string(&said).as_bytes())
    }

    /// Every part with its system.
    pub fn parts(&self) -> impl Iterator<Item = (&PlanEntry, &PlanPart)> {
        self.entries
            .iter()
            .flat_map(|entry| entry.parts.iter().map(move |part| (entry, part)))
    }

    /// The part of a dataset.
    pub fn part(&self, dataset: &DatasetRef) -> Option<&PlanPart> {
        let entry = self.entries.iter().find(|entry| entry.system == dataset.system)?;
        entry.parts.iter().find(|part| part.dataset == dataset.dataset)
    }

    /// Every system of an inventory has its entry, unchanged, with every dataset (invariant 2).
    pub fn accounts_for(&self, inventory: &InventoryVersion) -> Result<(), PlanError> {
        self.accounts_for_those(inventory.systems.iter())
    }

    /// What the plan of a request must account for: the inventory, or the one restored system of a replay.
    pub fn accounts_for_wanted(
        &self,
        request: &ErasureRequest,
        inventory: &InventoryVersion,
    ) -> Result<(), PlanError> {
        self.accounts_for_those(request.systems_of(inventory))
    }

    fn accounts_for_those<'a>(&self, systems: impl Iterator<Item = &'a System>) -> Result<(), PlanError> {
        for system in systems {
            let entry = self.entries.iter().find(|entry| entry.system == system.name);
            let entry = entry.ok_or_else(|| PlanError::SystemMissing(system.name.clone()))?;
            if entry.fingerprint != system.fingerprint() {
                return Err(PlanError::SystemChanged(system.name.clone()));
            }
            for dataset in &system.datasets {
                let name = DatasetRef {
                    system: system.name.clone(),
                    dataset: dataset.name.clone(),
                };
                self.part(&name).ok_or(PlanError::DatasetMissing(name))?;
            }
        }
        Ok(())
    }

    /// Whether everything is withheld: nothing at all may be erased, expire or be attested now.
    pub fn is_wholly_withheld(&self) -> bool {
        self.parts()
            .all(|(_, part)| matches!(part.action, Action::Withheld | Action::NoPersonalRecords))
    }
}

impl PlanPart {
    /// A keeper was taken into account when this part was planned.
    pub fn honours(&self, keeper: KeeperId) -> bool {
        self.kept.iter().any(|kept| kept.keeper == keeper)
    }
}
