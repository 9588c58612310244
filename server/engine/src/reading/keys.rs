//! The signing keys as their keepers look at them: names and dates. Private halves never come here.

use domain::actor::{Actor, Permission};
use domain::signature::jwk::KeySet;
use domain::time::Timestamp;
use serde::Serialize;

use crate::{Engine, Error};

/// A document key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeySeen {
    /// Its RFC 7638 thumbprint.
    pub id: String,
    /// It signed nothing before.
    pub not_before: Option<Timestamp>,
    /// It signs nothing at this moment or later.
    pub not_after: Option<Timestamp>,
    /// It is the one that signs now.
    pub present: bool,
}

/// The keys of the issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeysSeen {
    /// Document keys: the present one and all retired ones.
    pub document: Vec<KeySeen>,
    /// The log's name.
    pub log_origin: String,
    /// The log's verifier key (C2SP signed-note).
    pub log_key: String,
}

impl Engine {
    /// The keys that sign; absent in a process that does not sign.
    pub async fn signing_keys(&self, actor: &Actor) -> Result<Option<KeysSeen>, Error> {
        actor.require_any(&[
            Permission::RotateKeys,
            Permission::ManageIssuer,
            Permission::ReadAll,
        ])?;
        let Some(signer) = &self.ports.signer else {
            return Ok(None);
        };
        let now = self.now();
        let public = signer.public_keys(now)?;
        let present = signer.document_key(now).ok();
        let set = KeySet::parse(&public.jwks_json).map_err(|error| Error::Broken(error.to_string()))?;
        let document = set.keys().iter().map(|key| KeySeen {
            id: key.kid.clone(),
            not_before: key.not_before,
            not_after: key.not_after,
            present: present.as_ref() == Some(&key.kid),
        });
        Ok(Some(KeysSeen {
            document: document.collect(),
            log_origin: signer.log_origin().to_owned(),
            log_key: public.log_vkey,
        }))
    }
}
