//! The nonce of a sampling seed: thirty-two secret bytes to which the approver's side commits before planning, and which are
//! opened after the root that the seed takes from the log is fixed. Then neither side can choose the seed: whoever keeps the
//! log does not know the nonce while the root can still be changed, and whoever knows the nonce can no longer change it.
//!
//! A nonce is used for one plan. Once it is opened, the next root could be chosen to fit it; so a plan drawn again asks for
//! another one, and the certificate tells how many there were.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Digest;
use crate::id::{NonceId, PersonId, PlanId, RequestId};
use crate::port::vault::Sealed;
use crate::time::Timestamp;

/// Where the nonce of a seed comes from: a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NonceRule {
    /// Planning draws it; certificates say "seed from the operator's own log".
    #[default]
    Own,
    /// The approver's side commits to one before planning.
    Committed,
}

/// Thirty-two secret bytes, written as 64 hexadecimal characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce([u8; 32]);

/// The text is not a nonce.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 32 random bytes as 64 hexadecimal characters")]
pub struct NonceText;

impl Nonce {
    /// What is logged before planning: SHA-256 of the bytes.
    pub fn commitment(&self) -> Digest {
        Digest::of(&self.0)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Nonce {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for Nonce {
    type Err = NonceText;

    fn from_str(text: &str) -> Result<Self, NonceText> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| NonceText)?;
        // What somebody typed to get on is no secret.
        match bytes.iter().all(|byte| *byte == bytes[0]) {
            true => Err(NonceText),
            false => Ok(Self(bytes)),
        }
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(..)")
    }
}

impl Serialize for Nonce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What somebody of the approver's side commits to.
#[derive(Debug, Clone)]
pub enum NonceGiven {
    /// The product draws the nonce, and keeps it sealed.
    Drawn,
    /// A nonce from outside, which the product keeps sealed.
    Brought(Nonce),
    /// Only SHA-256 of a nonce that stays outside until it is asked for.
    KeptOutside(Digest),
}

/// Where a nonce is until it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "where")]
pub enum Keeping {
    /// Here, sealed under the request's key with context `nonce:<id>`.
    Sealed {
        /// The nonce as JSON.
        sealed: Sealed,
    },
    /// Outside: a person or a witness has it, and brings it when the root is fixed.
    Outside,
}

/// Root and size of the checkpoint that the seed is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedRoot {
    /// The root.
    pub root: Digest,
    /// Size of that checkpoint.
    pub tree_size: u64,
    /// Index of the entry that tells of the commitment; the checkpoint contains it.
    pub committed_entry: u64,
    /// Index of the entry that tells of the plan; the checkpoint contains it.
    pub plan_entry: u64,
    /// When it was fixed.
    pub at: Timestamp,
}

/// A nonce that somebody of the approver's side committed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommittedNonce {
    /// Its id.
    pub id: NonceId,
    /// For which request.
    pub request: RequestId,
    /// Which one of this request, from 1.
    pub number: u32,
    /// SHA-256 of the nonce.
    pub commitment: Digest,
    /// Where it is until then.
    pub kept: Keeping,
    /// Who committed.
    pub by: PersonId,
    /// When.
    pub committed_at: Timestamp,
    /// The plan that it is used for: one, and no other.
    pub plan: Option<PlanId>,
    /// The root, once it can no longer be another.
    pub fixed: Option<FixedRoot>,
    /// The nonce, once it is opened, and when.
    pub opened: Option<(Nonce, Timestamp)>,
    /// Grows with each change.
    pub version: i64,
}

/// The nonce cannot do that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NonceError {
    /// It was used for a plan already.
    #[error("this nonce was used for another plan: each plan takes one of its own")]
    Used,
    /// The plan is not in a signed checkpoint yet, or the root is fixed already.
    #[error("the root of the seed cannot be fixed now")]
    NotNow,
    /// Opened before the root was fixed, the root could still be chosen to fit it.
    #[error("the nonce is opened after the root of the log is fixed, not before")]
    TooEarly,
    /// Another nonce than the one committed to.
    #[error("the nonce does not fit its commitment: its SHA-256 is another one")]
    DoesNotFit,
}

impl CommittedNonce {
    /// It is used for a plan.
    pub fn use_for(self, plan: PlanId) -> Result<Self, NonceError> {
        match self.plan {
            None => Ok(Self {
                plan: Some(plan),
                ..self
            }),
            Some(_) => Err(NonceError::Used),
        }
    }

    /// The root of its plan's seed is fixed, once.
    pub fn fix(self, root: FixedRoot) -> Result<Self, NonceError> {
        let contained = root.committed_entry < root.plan_entry && root.plan_entry < root.tree_size;
        match (self.plan, &self.fixed) {
            (Some(_), None) if contained => Ok(Self {
                fixed: Some(root),
                ..self
            }),
            _ => Err(NonceError::NotNow),
        }
    }

    /// The nonce is told, after the root is fixed.
    pub fn open(self, nonce: Nonce, at: Timestamp) -> Result<Self, NonceError> {
        if self.fixed.is_none() || self.opened.is_some() {
            return Err(NonceError::TooEarly);
        }
        match nonce.commitment() == self.commitment {
            true => Ok(Self {
                opened: Some((nonce, at)),
                ..self
            }),
            false => Err(NonceError::DoesNotFit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        format!("2026-03-01T09:00:{second:02}Z").parse().unwrap()
    }

    fn plan(n: u8) -> PlanId {
        PlanId::new(at(0), [n; 10])
    }

    fn nonce(n: u8) -> Nonce {
        let mut bytes = [n; 32];
        bytes[0] = 0;
        Nonce::from(bytes)
    }

    fn committed() -> CommittedNonce {
        CommittedNonce {
            id: NonceId::new(at(0), [1; 10]),
            request: RequestId::new(at(0), [2; 10]),
            number: 1,
            commitment: nonce(7).commitment(),
            kept: Keeping::Outside,
            by: PersonId::new(at(0), [3; 10]),
            committed_at: at(0),
            plan: None,
            fixed: None,
            opened: None,
            version: 1,
        }
    }

    fn root(tree_size: u64) -> FixedRoot {
        FixedRoot {
            root: Digest::of(b"root"),
            tree_size,
            committed_entry: 3,
            plan_entry: 5,
            at: at(1),
        }
    }

    #[test]
    fn a_nonce_is_used_for_one_plan() {
        let used = committed().use_for(plan(1)).unwrap();
        assert_eq!(used.use_for(plan(2)), Err(NonceError::Used));
    }

    #[test]
    fn a_root_is_fixed_once_and_contains_commitment_and_plan() {
        let used = committed().use_for(plan(1)).unwrap();
        assert_eq!(committed().fix(root(6)), Err(NonceError::NotNow));
        assert_eq!(used.clone().fix(root(5)), Err(NonceError::NotNow));
        let fixed = used.fix(root(6)).unwrap();
        assert_eq!(fixed.fix(root(9)), Err(NonceError::NotNow));
    }

    #[test]
    fn a_nonce_is_opened_once_after_the_root_is_fixed_and_only_if_it_fits() {
        let used = committed().use_for(plan(1)).unwrap();
        assert_eq!(used.clone().open(nonce(7), at(2)), Err(NonceError::TooEarly));
        let fixed = used.fix(root(6)).unwrap();
        assert_eq!(fixed.clone().open(nonce(8), at(2)), Err(NonceError::DoesNotFit));
        let opened = fixed.open(nonce(7), at(2)).unwrap();
        assert_eq!(opened.open(nonce(7), at(3)), Err(NonceError::TooEarly));
    }

    #[test]
    fn a_nonce_is_not_printed_and_one_byte_repeated_is_none() {
        assert_eq!(format!("{:?}", nonce(7)), "Nonce(..)");
        assert_eq!("00".repeat(32).parse::<Nonce>(), Err(NonceText));
        assert_eq!("00".repeat(31).parse::<Nonce>(), Err(NonceText));
    }
}
