//! Where the seeds of the samples come from, when a nonce was committed to before planning: enough to make them again.

use serde::{Deserialize, Serialize};

use super::wording::moment;
use crate::digest::Digest;
use crate::id::RequestId;
use crate::inventory::DatasetRef;
use crate::manifest::seed;
use crate::nonce::Nonce;
use crate::time::Timestamp;

/// The log and the nonce that the seeds were made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampling {
    /// SHA-256 of the nonce, as it was logged before planning.
    pub commitment: Digest,
    /// Which commitment of the request it was, from 1: each plan takes another one.
    pub number: u64,
    /// When it was committed to.
    pub committed_at: Timestamp,
    /// Index of the entry of the log that tells of it.
    pub committed_entry: u64,
    /// Index of the entry that tells of the plan.
    pub plan_entry: u64,
    /// Root of a checkpoint that contains both.
    pub root: Digest,
    /// Size of that checkpoint.
    pub tree_size: u64,
    /// When it was fixed that the seeds take this root.
    pub fixed_at: Timestamp,
    /// Who kept the nonce until then.
    pub kept: NonceKept,
    /// The nonce.
    pub nonce: Nonce,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// Who kept a nonce until the root was fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NonceKept {
    /// The issuer's installation, sealed.
    Sealed,
    /// Somebody outside of it.
    Outside,
}

impl Sampling {
    /// The seed of one dataset, made again.
    pub fn seed(&self, request: RequestId, dataset: &DatasetRef) -> Digest {
        seed(self.root, request, dataset, self.nonce.as_bytes())
    }

    /// What it says, in words.
    pub fn words(&self) -> String {
        let kept = match self.kept {
            NonceKept::Sealed => "the issuer's installation kept it sealed",
            NonceKept::Outside => "it was kept outside the issuer's installation",
        };
        format!(
            "The seeds of the samples were made from the log and a secret nonce of the approver's side. Its SHA-256 was \
             entered in the log before the plan (entries {} and {}, {}); then the root of the log at {} entries was fixed \
             ({}), and only then was the nonce opened ({}). Until then {kept}. It was commitment number {} of this request.",
            self.committed_entry,
            self.plan_entry,
            moment(self.committed_at),
            self.tree_size,
            moment(self.fixed_at),
            moment(self.opened_at),
            self.number,
        )
    }
}
