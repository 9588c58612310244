//! A system that is being connected: what was typed so far, sealed between the steps. Credentials are in it, so it is
//! never printed and never written into a page.

use std::collections::BTreeMap;

use domain::inventory::{Dataset, Handling, Limits, Slug, System};
use domain::secret::Secret;
use engine::inventory::{CredentialSource, DatasetDraft, OpenCredential, SystemDraft, Tried};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::kinds::{Credential, Kind, kind};
use crate::error::AppError;

/// What stands for the credential that was typed in.
const TYPED: &str = "typed";

/// What was typed so far.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Connecting {
    /// The stable name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The connector kind.
    pub kind: String,
    /// Who answers for it.
    pub owner: String,
    /// Where the data is.
    pub location: String,
    /// Who runs it, where it is not the issuer.
    pub processor: String,
    /// Settling time in seconds; absent: the usual five minutes.
    pub settle_seconds: Option<u32>,
    /// How hard it may be worked.
    pub limits: Limits,
    /// Settings.
    pub config: BTreeMap<String, Value>,
    /// The credential that can delete, where one was typed.
    pub erase_credential: Option<String>,
    /// The credential that can only look, where one was typed.
    pub probe_credential: Option<String>,
    /// Both are the same secret, on purpose.
    pub shared: bool,
    /// Its datasets.
    pub datasets: Vec<Dataset>,
    /// The system is in the inventory already, and is being changed.
    pub on_file: bool,
    /// What a look showed.
    pub looked: Option<Looked>,
}

/// What a look through a probe showed, for one tenant.
#[derive(Clone, Serialize, Deserialize)]
pub struct Looked {
    /// The tenant's key.
    pub tenant: String,
    /// By dataset.
    pub datasets: Vec<LookedAt>,
}

/// What it showed of one dataset.
#[derive(Clone, Serialize, Deserialize)]
pub struct LookedAt {
    /// Which.
    pub dataset: String,
    /// Why it could not look.
    pub blind: Option<String>,
    /// The container is there.
    pub found: bool,
    /// What lies beside it.
    pub siblings: Vec<String>,
    /// Its fields.
    pub fields: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// Records of the tenant, where they can be counted.
    pub count: Option<u64>,
    /// How a person looks for themselves.
    pub native_query: Option<String>,
}

impl From<Tried> for LookedAt {
    fn from(tried: Tried) -> Self {
        let (blind, survey) = match tried.survey {
            Ok(survey) => (None, Some(survey)),
            Err(why) => (Some(why), None),
        };
        Self {
            dataset: tried.dataset,
            blind,
            found: survey.as_ref().is_some_and(|survey| survey.container_found),
            siblings: survey.iter().flat_map(|survey| survey.siblings.clone()).collect(),
            fields: survey.iter().flat_map(|survey| survey.fields.clone()).collect(),
            notes: survey.map(|survey| survey.notes).unwrap_or_default(),
            count: tried.count,
            native_query: tried.native_query,
        }
    }
}

impl Connecting {
    /// A system that is to be changed. Its credentials stay on file.
    pub fn again(system: System) -> Self {
        Self {
            name: system.name.to_string(),
            title: system.title,
            kind: system.kind,
            owner: system.owner,
            location: system.location,
            processor: system.processor.unwrap_or_default(),
            settle_seconds: Some(system.settle_seconds),
            limits: system.limits,
            config: system.config,
            shared: system.shared_credential,
            datasets: system.datasets,
            on_file: true,
            ..Self::default()
        }
    }

    /// A system as a file describes it. Credentials are typed beside the file, never read from where it points.
    pub fn of_file(draft: SystemDraft) -> Result<Self, AppError> {
        let elsewhere = [&draft.erase_credential, &draft.probe_credential]
            .into_iter()
            .any(|source| matches!(source, Some(CredentialSource::Env(_) | CredentialSource::File(_))));
        if elsewhere {
            let why = "Leave out the credentials, and type them below: here they are not read from variables or files.";
            return Err(AppError::field("file", why));
        }
        let known =
            kind(&draft.kind).ok_or_else(|| AppError::field("file", "No connector handles this kind."))?;
        if known.handling != draft.handling {
            let why = format!("Systems of this kind are handled by {:?}.", known.handling.word());
            return Err(AppError::field("file", why));
        }
        let datasets = draft.datasets.into_iter().map(|dataset| Dataset {
            name: dataset.name,
            locator: dataset.locator,
            categories: dataset.categories,
            canary: dataset.canary,
        });
        Ok(Self {
            title: draft.title.unwrap_or_else(|| draft.name.to_string()),
            name: draft.name.to_string(),
            kind: draft.kind,
            owner: draft.owner,
            location: draft.location,
            processor: draft.processor.unwrap_or_default(),
            settle_seconds: draft.settle_seconds,
            limits: draft.limits,
            config: draft.config,
            shared: draft.shared_credential,
            datasets: datasets.collect(),
            ..Self::default()
        })
    }

    /// Its kind.
    pub fn kind(&self) -> Result<&'static Kind, AppError> {
        kind(&self.kind).ok_or_else(|| AppError::field("kind", "Choose what kind of system it is."))
    }

    /// What is done about its data.
    pub fn handling(&self) -> Handling {
        kind(&self.kind).map_or(Handling::Erase, |kind| kind.handling)
    }

    /// The draft that the engine reads.
    pub fn draft(&self) -> Result<SystemDraft, AppError> {
        let kind = self.kind()?;
        let given = |typed: &Option<String>| match (kind.credential, typed) {
            (Credential::None, _) if kind.handling == Handling::Erase => Some(CredentialSource::None(true)),
            (Credential::None, _) | (_, None) => None,
            (_, Some(_)) => Some(CredentialSource::Env(TYPED.into())),
        };
        let datasets = self.datasets.iter().cloned().map(|dataset| DatasetDraft {
            name: dataset.name,
            locator: dataset.locator,
            categories: dataset.categories,
            canary: dataset.canary,
        });
        let erases = !matches!(kind.credential, Credential::ProbeOnly(_));
        // Which of the two is opened is told by its name.
        let named = |source: Option<CredentialSource>, which: &str| match source {
            Some(CredentialSource::Env(_)) => Some(CredentialSource::Env(format!("{TYPED}:{which}"))),
            other => other,
        };
        Ok(SystemDraft {
            name: Slug::parse(&self.name).map_err(|error| AppError::field("name", format!("{error}.")))?,
            title: (!self.title.is_empty()).then(|| self.title.clone()),
            kind: self.kind.clone(),
            owner: self.owner.clone(),
            location: self.location.clone(),
            processor: (!self.processor.is_empty()).then(|| self.processor.clone()),
            handling: kind.handling,
            settle_seconds: self.settle_seconds,
            limits: self.limits,
            config: self.config.clone(),
            erase_credential: named(given(&self.erase_credential).filter(|_| erases), "erase"),
            probe_credential: named(given(&self.probe_credential), "probe"),
            shared_credential: self.shared,
            datasets: datasets.collect(),
        })
    }
}

impl OpenCredential for Connecting {
    /// What was typed in; nothing is read from the server's own variables or files.
    fn open(&self, source: &CredentialSource) -> Result<Secret, String> {
        let typed = match source {
            CredentialSource::None(true) => return Ok(Secret::new("")),
            CredentialSource::Env(name) if name == "typed:erase" => &self.erase_credential,
            CredentialSource::Env(name) if name == "typed:probe" => &self.probe_credential,
            _ => return Err("type the credential in".into()),
        };
        typed
            .clone()
            .map(Secret::new)
            .ok_or_else(|| "type the credential in".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> Connecting {
        Connecting {
            name: "crm".into(),
            kind: "postgres".into(),
            probe_credential: Some("postgres://look".into()),
            erase_credential: Some("postgres://erase".into()),
            ..Connecting::default()
        }
    }

    #[test]
    fn each_half_opens_its_own_credential_and_nothing_of_the_server() {
        let typed = database();
        let draft = typed.draft().unwrap();
        let open = |source: Option<CredentialSource>| typed.open(&source.unwrap()).unwrap();
        assert_eq!(open(draft.probe_credential).reveal(), "postgres://look");
        assert_eq!(open(draft.erase_credential).reveal(), "postgres://erase");
        assert!(typed.open(&CredentialSource::Env("PATH".into())).is_err());
        assert!(typed.open(&CredentialSource::File("/etc/passwd".into())).is_err());
    }

    #[test]
    fn a_credential_that_is_not_typed_stays_on_file() {
        let kept = Connecting {
            probe_credential: None,
            on_file: true,
            ..database()
        };
        assert_eq!(kept.draft().unwrap().probe_credential, None);
    }

    #[test]
    fn kinds_that_need_none_say_so_and_parties_have_none() {
        let of = |kind: &str| {
            Connecting {
                kind: kind.into(),
                ..database()
            }
            .draft()
            .unwrap()
        };
        assert_eq!(of("sqlite").probe_credential, Some(CredentialSource::None(true)));
        assert_eq!(of("attestation").probe_credential, None);
        assert_eq!(of("backup").erase_credential, None);
    }
}
