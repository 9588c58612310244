//! Opening what is sealed: identifiers, targets, samples, credentials.

use std::collections::{BTreeMap, BTreeSet};

use domain::inventory::{DatasetRef, System};
#[cfg(feature = "probe")]
use domain::job::Leased;
use domain::plan::ErasurePlan;
#[cfg(feature = "probe")]
use domain::port::probe::ProbeError;
use domain::port::vault::{Purpose, Sealed, VaultError};
use domain::request::ErasureRequest;
use domain::secret::Secret;
use domain::selection::Target;
use domain::subject::{Identifier, IdentifierDigest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Engine, Error};

/// What a plan keeps sealed: the nonce of its seed (hex) and the filled-in target of every dataset.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlanSecrets {
    /// 32 random bytes, hex; absent where the approver's side committed to a nonce.
    #[serde(default)]
    pub nonce: Option<String>,
    /// By dataset.
    pub targets: BTreeMap<DatasetRef, Target>,
}

/// The label of keyed digests of identifiers.
const IDENTIFIER: &str = "identifier";

impl Engine {
    /// The data key of a request.
    pub(crate) fn key_of(request: &ErasureRequest) -> Result<&Sealed, Error> {
        request.key.as_ref().ok_or(Error::Vault(VaultError::Destroyed))
    }

    /// Seals a value under a request's key.
    pub(crate) fn seal_under<T: Serialize>(
        &self,
        key: &Sealed,
        context: &str,
        value: &T,
    ) -> Result<Sealed, Error> {
        let text = serde_json::to_vec(value).map_err(|error| Error::Broken(error.to_string()))?;
        Ok(self.ports.vault.seal_under(key, context, &text)?)
    }

    /// Opens a value sealed under a request's key.
    pub(crate) fn open_under<T: DeserializeOwned>(
        &self,
        key: &Sealed,
        context: &str,
        sealed: &Sealed,
    ) -> Result<T, Error> {
        let text = self.ports.vault.open_under(key, context, sealed)?;
        serde_json::from_slice(&text)
            .map_err(|_| Error::Broken(format!("what is sealed as {context} is not readable")))
    }

    /// Keyed digests of identifiers.
    pub(crate) fn digests(&self, identifiers: &[Identifier]) -> Result<BTreeSet<IdentifierDigest>, Error> {
        let digest = |identifier: &Identifier| {
            let digest = self.ports.vault.digest(IDENTIFIER, &identifier.matching())?;
            Ok(IdentifierDigest {
                kind: identifier.kind.clone(),
                digest,
            })
        };
        identifiers.iter().map(digest).collect()
    }

    /// The identifiers of a request.
    pub(crate) fn identifiers_of(&self, request: &ErasureRequest) -> Result<Vec<Identifier>, Error> {
        match &request.identifiers {
            Some(sealed) => self.open_under(Self::key_of(request)?, "identifiers", sealed),
            None => Ok(Vec::new()),
        }
    }

    /// Targets and nonce of a plan.
    pub(crate) fn secrets_of(
        &self,
        request: &ErasureRequest,
        plan: &ErasurePlan,
    ) -> Result<PlanSecrets, Error> {
        self.open_under(
            Self::key_of(request)?,
            &format!("targets:{}", plan.id),
            &plan.sealed,
        )
    }

    /// The opened probe credential of a system.
    #[cfg(feature = "probe")]
    pub(crate) fn probe_secret(&self, system: &System) -> Result<Secret, Error> {
        let sealed = system.probe_credential.as_ref();
        self.credential(
            Purpose::ProbeCredential,
            &format!("system:{}:probe", system.name),
            sealed,
        )
    }

    /// The opened erase credential of a system.
    #[cfg(feature = "erase")]
    pub(crate) fn erase_secret(&self, system: &System) -> Result<Secret, Error> {
        let sealed = system.erase_credential.as_ref();
        self.credential(
            Purpose::EraseCredential,
            &format!("system:{}:erase", system.name),
            sealed,
        )
    }

    fn credential(&self, purpose: Purpose, context: &str, sealed: Option<&Sealed>) -> Result<Secret, Error> {
        let sealed = sealed.ok_or_else(|| Error::NotNow(format!("{context}: no credential is on file")))?;
        let bytes = self.ports.vault.open(purpose, context, sealed)?;
        String::from_utf8(bytes)
            .map(Secret::new)
            .map_err(|_| Error::Broken(format!("{context} is not text")))
    }

    /// The probes, where this process has them.
    #[cfg(feature = "probe")]
    pub(crate) fn probes(&self) -> Result<&std::sync::Arc<dyn domain::port::probe::Probes>, Error> {
        self.ports.probes.as_ref().ok_or(Error::NotEquipped("probes"))
    }

    /// Why a person must look into what a probe said: it cannot see, or has not answered for too long.
    #[cfg(feature = "probe")]
    pub(crate) fn gives_up(&self, error: &Error, leased: &Leased) -> Option<String> {
        match error {
            Error::Probe(ProbeError::Blind(why)) => Some(why.clone()),
            Error::Probe(ProbeError::Unreachable(why))
                if u32::try_from(leased.attempt).is_ok_and(|tried| tried >= self.policy.max_probe_tries) =>
            {
                Some(format!("the system does not answer ({why})"))
            }
            _ => None,
        }
    }
}
