//! Erasure requests: the states they go through, and the moves between them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::drill::Rehearsed;
use crate::id::{CertificateId, PersonId, PlanId, RequestId, TenantId};
use crate::inventory::{InventoryVersion, System};
use crate::port::vault::Sealed;
use crate::replay::Again;
use crate::retention::KeeperId;
use crate::scope::{RequestScope, Wanted};
use crate::subject::{IdentifierDigest, TenantKey};
use crate::time::{Date, Timestamp};

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Opened; the identity is not confirmed.
    Received,
    /// The identity is confirmed; a plan is being drawn.
    IdentityConfirmed,
    /// Plan and manifest wait for an approver.
    Planned,
    /// Approved.
    Approved,
    /// In the grace period, in which the tenant can object.
    Scheduled,
    /// Chunks are being erased.
    Erasing,
    /// Erased as reported; stores settle.
    Settling,
    /// Probes look.
    Verifying,
    /// Probes found residue; it will be erased again.
    Residue,
    /// Every dataset has a verdict; an officer may certify.
    Verified,
    /// A certificate is issued; parts are still withheld, expiring, or awaiting a later check.
    Certified,
    /// Nothing remains to be done.
    Closed,
    /// Refused, with a reason.
    Refused,
    /// Taken back before anything was authorised.
    Withdrawn,
    /// The same as another request.
    Duplicate,
}

impl Stage {
    /// All stages, in the order of the work.
    pub const ALL: [Self; 15] = [
        Self::Received,
        Self::IdentityConfirmed,
        Self::Planned,
        Self::Approved,
        Self::Scheduled,
        Self::Erasing,
        Self::Settling,
        Self::Verifying,
        Self::Residue,
        Self::Verified,
        Self::Certified,
        Self::Closed,
        Self::Refused,
        Self::Withdrawn,
        Self::Duplicate,
    ];

    /// The word stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::IdentityConfirmed => "identity_confirmed",
            Self::Planned => "planned",
            Self::Approved => "approved",
            Self::Scheduled => "scheduled",
            Self::Erasing => "erasing",
            Self::Settling => "settling",
            Self::Verifying => "verifying",
            Self::Residue => "residue",
            Self::Verified => "verified",
            Self::Certified => "certified",
            Self::Closed => "closed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Duplicate => "duplicate",
        }
    }

    /// Nothing follows.
    pub const fn is_end(self) -> bool {
        matches!(
            self,
            Self::Closed | Self::Refused | Self::Withdrawn | Self::Duplicate
        )
    }

    /// The moves that exist. Everything else is refused.
    pub const fn may_become(self, next: Self) -> bool {
        use Stage as S;
        matches!(
            (self, next),
            (
                S::Received,
                S::IdentityConfirmed | S::Refused | S::Withdrawn | S::Duplicate
            ) | (
                S::IdentityConfirmed,
                S::Planned | S::Refused | S::Withdrawn | S::Duplicate
            ) | (
                S::Planned,
                S::Approved | S::IdentityConfirmed | S::Refused | S::Withdrawn | S::Duplicate
            ) | (
                S::Approved,
                S::Scheduled | S::IdentityConfirmed | S::Refused | S::Withdrawn
            ) | (
                S::Scheduled,
                S::Erasing | S::IdentityConfirmed | S::Refused | S::Withdrawn
            ) | (S::Erasing, S::Settling | S::IdentityConfirmed)
                | (S::Settling, S::Verifying | S::IdentityConfirmed)
                | (S::Verifying, S::Verified | S::Residue | S::IdentityConfirmed)
                | (S::Residue, S::Erasing | S::IdentityConfirmed)
                // What a restored system brought back is erased under the certificate that there is.
                | (
                    S::Verified,
                    S::Certified | S::IdentityConfirmed | S::Verifying | S::Closed
                )
                | (S::Certified, S::Closed | S::IdentityConfirmed | S::Residue)
                // A certificate that proves wrong is corrected, also after everything seemed done.
                | (S::Closed, S::IdentityConfirmed)
        )
    }
}

/// Why the work does not go on by itself, beside its stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "aside")]
pub enum Aside {
    /// Wholly covered by holds or duties; resumes by itself when the last one ends.
    OnHold {
        /// Which.
        keepers: BTreeSet<KeeperId>,
        /// Since when.
        since: Timestamp,
        /// After the release: when the cooling-off ends and a fresh plan is drawn.
        resumes_at: Option<Timestamp>,
    },
    /// A person must act.
    NeedsAttention {
        /// What is the matter and what to do.
        what: String,
        /// Whose turn it is: words for a role.
        who: String,
        /// Nothing more may be authorised meanwhile (records were lost that had to stay).
        stops: bool,
        /// Since when.
        since: Timestamp,
    },
    /// Somebody paused it.
    Paused {
        /// Who.
        by: PersonId,
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: String,
    },
}

impl Aside {
    /// All words.
    pub const WORDS: [&'static str; 3] = ["on_hold", "needs_attention", "paused"];

    /// The word stored and shown.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::OnHold { .. } => "on_hold",
            Self::NeedsAttention { .. } => "needs_attention",
            Self::Paused { .. } => "paused",
        }
    }
}

/// Why a request is refused: a closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The person could not show who they are (Art. 12(6)).
    IdentityNotEstablished,
    /// None of the grounds of Art. 17(1) applies.
    NotCovered,
    /// Art. 12(5).
    ManifestlyUnfoundedOrExcessive,
    /// Art. 17(3)(b).
    LegalObligation,
    /// Art. 17(3)(e).
    LegalClaims,
    /// In words.
    Other(String),
}

/// How the identity behind a request was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityConfirmation {
    /// In what way.
    pub method: IdentityMethod,
    /// SHA-256 of the evidence (a scan, a call record), which is kept elsewhere.
    pub evidence: Digest,
    /// Who confirmed.
    pub confirmed_by: PersonId,
    /// When.
    pub confirmed_at: Timestamp,
}

/// Ways to confirm an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMethod {
    /// A second authorised person of the tenant confirmed. Enough for a whole tenant.
    SecondTenantPerson,
    /// Staff called a contact on file back. Enough for a whole tenant.
    CallBack,
    /// The data subject signed in to their account.
    AccountSignIn,
    /// A document was shown.
    Document,
}

impl IdentityMethod {
    /// Strong enough to erase a whole tenant: one stolen login must not do it.
    pub const fn suffices_for_tenant(self) -> bool {
        matches!(self, Self::SecondTenantPerson | Self::CallBack)
    }
}

/// The extension of the deadline by two months (Art. 12(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Why: complexity or number of requests.
    pub reason: String,
    /// When it was told; inside the first month.
    pub told_at: Timestamp,
    /// Who decided.
    pub by: PersonId,
}

/// The approval of one plan with its manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Which plan.
    pub plan: PlanId,
    /// The digest of plan and manifest that was approved.
    pub digest: Digest,
    /// Exceptions accepted in writing with it (no control possible).
    pub exceptions: Vec<String>,
    /// Which systems have passed a drill, and what was accepted of those that have not; absent in drills, and in approvals by
    /// earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsed: Option<Rehearsed>,
}

/// What is awaited of the approver's side, so that nobody can choose the seed of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NonceWait {
    /// The commitment to a nonce, before the plan is frozen.
    Commitment,
    /// The nonce itself, kept outside until the root was fixed.
    Opening,
}

/// A request to erase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRequest {
    /// Its id.
    pub id: RequestId,
    /// The tenant it is about.
    pub tenant: TenantId,
    /// The tenant's key.
    pub tenant_key: TenantKey,
    /// Whole tenant or one person.
    pub scope: RequestScope,
    /// A synthetic run: its certificate is a drill.
    pub drill: bool,
    /// How it came: `portal`, `mail`, `letter`, `api`, `cli`.
    pub channel: String,
    /// The data key of the request, wrapped; gone once destroyed.
    pub key: Option<Sealed>,
    /// The identifiers as given (JSON array), sealed under the request's key with context `identifiers`.
    pub identifiers: Option<Sealed>,
    /// Their keyed digests; for a whole tenant empty.
    pub digests: BTreeSet<IdentifierDigest>,
    /// Who opened it; absent: the schedule of drills did.
    pub opened_by: Option<PersonId>,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it must be answered, extension included.
    pub due_on: Date,
    /// The extension, where there is one.
    pub extension: Option<Extension>,
    /// How the identity was confirmed.
    pub identity: Option<IdentityConfirmation>,
    /// How far the work is.
    pub stage: Stage,
    /// What stops it.
    pub aside: Option<Aside>,
    /// The plan in hand.
    pub plan: Option<PlanId>,
    /// What is awaited of the approver's side, and since when, before a plan is frozen or its manifest drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits_nonce: Option<(NonceWait, Timestamp)>,
    /// The approval in force. Nothing runs on an old one.
    pub approval: Option<Approval>,
    /// When the grace period ends.
    pub starts_at: Option<Timestamp>,
    /// Which round of erasing and verifying this is, from 1; 0 before the first.
    pub round: i32,
    /// Anything was ever authorised: from then on it can no longer be withdrawn.
    pub touched: bool,
    /// How it ended, for refusals and duplicates.
    pub ending: Option<Ending>,
    /// The base certificate, once there is one.
    pub certificate: Option<CertificateId>,
    /// Where a restored system brought back what was erased: this erases it again, in that system alone, and ends without a
    /// certificate of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
    /// When nothing remained to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// When its key was destroyed, and with it identifiers, samples and targets (A3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroyed_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// How a request ended without erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Refused.
    Refused {
        /// Why.
        reason: RefusalReason,
        /// Who.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Taken back.
    Withdrawn {
        /// By whom.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// The same as another.
    DuplicateOf(RequestId),
}

/// The request cannot do that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No such move.
    #[error("request {id} is {from} and cannot become {to}")]
    NoSuchMove {
        /// Which request.
        id: RequestId,
        /// Where it is.
        from: &'static str,
        /// Where it cannot go.
        to: &'static str,
    },
    /// Something was already authorised.
    #[error("request {0} can no longer be withdrawn: erasure was already authorised")]
    AlreadyTouched(RequestId),
    /// The way of confirming is too weak for a whole tenant.
    #[error(
        "erasing a whole tenant needs a second authorised person of the tenant or a call-back to a contact on file"
    )]
    WeakIdentity,
}

impl ErasureRequest {
    /// The systems that it is about: all of an inventory, or the one that was restored.
    pub fn systems_of<'a>(&'a self, inventory: &'a InventoryVersion) -> impl Iterator<Item = &'a System> {
        let only = self.again.as_ref().map(|again| &again.system);
        inventory
            .systems
            .iter()
            .filter(move |system| only.is_none_or(|only| *only == system.name))
    }

    /// The word for the state: of what stops it, else of its stage.
    pub fn state_word(&self) -> &'static str {
        self.aside.as_ref().map_or(self.stage.word(), Aside::word)
    }

    /// Moves to another stage.
    pub fn become_stage(self, stage: Stage) -> Result<Self, RequestError> {
        match self.stage.may_become(stage) {
            true => Ok(Self { stage, ..self }),
            false => Err(RequestError::NoSuchMove {
                id: self.id,
                from: self.stage.word(),
                to: stage.word(),
            }),
        }
    }

    /// The identity is confirmed.
    pub fn confirm_identity(self, identity: IdentityConfirmation) -> Result<Self, RequestError> {
        let whole = matches!(self.scope, RequestScope::Tenant { .. });
        if whole && !identity.method.suffices_for_tenant() {
            return Err(RequestError::WeakIdentity);
        }
        Ok(Self {
            identity: Some(identity),
            ..self.become_stage(Stage::IdentityConfirmed)?
        })
    }

    /// Back to planning, on the present inventory: after a hold, an inventory change, a remainder.
    pub fn replan(self) -> Result<Self, RequestError> {
        let moved = match self.stage {
            Stage::IdentityConfirmed => self,
            _ => self.become_stage(Stage::IdentityConfirmed)?,
        };
        Ok(Self {
            aside: None,
            starts_at: None,
            plan: None,
            awaits_nonce: None,
            closed_at: None,
            ..moved
        })
    }

    /// Nothing remains: no part is kept, no backup has yet to run out, no later check is to come.
    pub fn close(self, at: Timestamp) -> Result<Self, RequestError> {
        Ok(Self {
            closed_at: Some(at),
            ..self.become_stage(Stage::Closed)?
        })
    }

    /// When nothing more was to follow; absent while something is.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match (&self.ending, self.stage) {
            (Some(Ending::Refused { at, .. } | Ending::Withdrawn { at, .. }), _) => Some(*at),
            (Some(Ending::DuplicateOf(_)), _) => Some(self.received_at),
            (None, Stage::Closed) => self.closed_at,
            (None, _) => None,
        }
    }

    /// Destroys its key: what was sealed under it can be read by nobody any more, us included.
    pub fn destroy(self, at: Timestamp) -> Self {
        Self {
            key: None,
            identifiers: None,
            destroyed_at: Some(at),
            ..self
        }
    }

    /// A run that was begun because something was seen again is not needed: it was shown wrong, and nothing was approved.
    pub fn stand_again(self, plan: PlanId) -> Result<Self, RequestError> {
        match (self.stage, self.certificate) {
            (Stage::IdentityConfirmed | Stage::Planned, Some(_)) => Ok(Self {
                stage: Stage::Certified,
                aside: None,
                plan: Some(plan),
                awaits_nonce: None,
                ..self
            }),
            (stage, _) => Err(RequestError::NoSuchMove {
                id: self.id,
                from: stage.word(),
                to: Stage::Certified.word(),
            }),
        }
    }

    /// Taken back, before the first authorisation only.
    pub fn withdraw(self, by: PersonId, at: Timestamp) -> Result<Self, RequestError> {
        if self.touched {
            return Err(RequestError::AlreadyTouched(self.id));
        }
        let ending = Some(Ending::Withdrawn { by, at });
        Ok(Self {
            ending,
            aside: None,
            ..self.become_stage(Stage::Withdrawn)?
        })
    }

    /// Refused with a reason.
    pub fn refuse(self, reason: RefusalReason, by: PersonId, at: Timestamp) -> Result<Self, RequestError> {
        if self.touched {
            return Err(RequestError::AlreadyTouched(self.id));
        }
        let ending = Some(Ending::Refused { reason, by, at });
        Ok(Self {
            ending,
            aside: None,
            ..self.become_stage(Stage::Refused)?
        })
    }

    /// What the fence compares with holds. `resolved` are digests that lookups yielded at planning.
    pub fn wanted<'a>(&'a self, all_digests: &'a BTreeSet<IdentifierDigest>) -> Wanted<'a> {
        let subject = match self.scope {
            RequestScope::Tenant { .. } => None,
            RequestScope::Subject => Some(all_digests),
        };
        Wanted {
            tenant: &self.tenant_key,
            subject,
        }
    }
}
