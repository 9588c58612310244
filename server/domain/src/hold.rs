//! Legal holds: while one is in force, nothing it covers is erased.

use serde::{Deserialize, Serialize};

use crate::id::{HoldId, PersonId};
use crate::scope::KeepScope;
use crate::time::{Date, Timestamp};

/// Why something must be kept (Art. 17(3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Establishment, exercise or defence of legal claims: Art. 17(3)(e).
    LegalClaims,
    /// A legal obligation of Union or Member State law: Art. 17(3)(b).
    LegalObligation,
    /// Public interest in public health: Art. 17(3)(c).
    PublicHealth,
    /// Archiving, research, statistics: Art. 17(3)(d).
    Archiving,
    /// Freedom of expression and information: Art. 17(3)(a).
    Expression,
}

impl Ground {
    /// The article.
    pub const fn article(self) -> &'static str {
        match self {
            Self::Expression => "Art. 17(3)(a) GDPR",
            Self::LegalObligation => "Art. 17(3)(b) GDPR",
            Self::PublicHealth => "Art. 17(3)(c) GDPR",
            Self::Archiving => "Art. 17(3)(d) GDPR",
            Self::LegalClaims => "Art. 17(3)(e) GDPR",
        }
    }
}

/// What gives the hold its force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// An order of a court.
    CourtOrder,
    /// A regulator's demand.
    Regulator,
    /// An internal or criminal investigation.
    Investigation,
    /// A contract.
    Contract,
    /// A statute.
    Statute,
}

/// What others may learn of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// The matter's name.
    Matter,
    /// The ground only.
    Ground,
    /// This wording, approved by counsel, and nothing else.
    Neutral(String),
}

/// One person's part in a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Where a hold is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum HoldState {
    /// It stops everything it covers, but chunks authorised before it are still in flight.
    Draining {
        /// When it was placed.
        since: Timestamp,
    },
    /// Nothing it covers is in flight.
    InForce {
        /// Since when.
        since: Timestamp,
    },
    /// Ended by two people.
    Released {
        /// The first.
        first: Release,
        /// The second, another person.
        second: Release,
    },
}

impl HoldState {
    /// The word stored and shown.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Draining { .. } => "draining",
            Self::InForce { .. } => "in_force",
            Self::Released { .. } => "released",
        }
    }
}

/// An entry of the hold register (H1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// Its id; also the opaque reference on certificates.
    pub id: HoldId,
    /// The matter's name. Confidential unless disclosure says otherwise.
    pub matter: String,
    /// The court, regulator or body.
    pub authority: String,
    /// What gives it force.
    pub basis: Basis,
    /// Why the data may be kept.
    pub ground: Ground,
    /// What it keeps.
    pub scope: KeepScope,
    /// Who answers for it.
    pub custodian: String,
    /// From when the matter runs.
    pub starts_on: Date,
    /// When it must be looked at again.
    pub review_on: Date,
    /// What others may learn.
    pub disclosure: Disclosure,
    /// Who placed it.
    pub placed_by: PersonId,
    /// When.
    pub placed_at: Timestamp,
    /// Where it is.
    pub state: HoldState,
    /// A first person's release, which waits for a second. The hold still stands.
    pub proposed_release: Option<Release>,
    /// Grows with each change.
    pub version: i64,
}

/// The hold cannot do that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// It ended before.
    #[error("hold {0} is already released")]
    AlreadyReleased(HoldId),
    /// Somebody already asked for the release; another person must confirm it.
    #[error("the release of hold {0} is already proposed: another person must confirm it")]
    AlreadyProposed(HoldId),
    /// Nobody asked for the release yet.
    #[error("nobody has proposed the release of hold {0} yet")]
    NotProposed(HoldId),
    /// A reason is missing.
    #[error("a release needs a reason")]
    NoReason,
    /// No release is proposed or done.
    #[error("there is no release of hold {0} to be taken back")]
    NothingToTakeBack(HoldId),
    /// The cooling-off is over.
    #[error("the release of hold {0} can no longer be taken back: place a new hold")]
    TooLate(HoldId),
}

impl LegalHold {
    /// It stops erasure: every state but released.
    pub const fn stands(&self) -> bool {
        !matches!(self.state, HoldState::Released { .. })
    }

    /// Nothing it covers is in flight any more.
    pub fn drained(self, at: Timestamp) -> Self {
        match self.state {
            HoldState::Draining { .. } => Self {
                state: HoldState::InForce { since: at },
                ..self
            },
            _ => self,
        }
    }

    /// The first person asks for the release.
    pub fn propose_release(self, release: Release) -> Result<Self, HoldError> {
        self.releasable(&release)?;
        match self.proposed_release {
            Some(_) => Err(HoldError::AlreadyProposed(self.id)),
            None => Ok(Self {
                proposed_release: Some(release),
                ..self
            }),
        }
    }

    /// The second person ends the hold. That the two differ is checked by the use case, with the other rules of
    /// separated duties.
    pub fn release(self, second: Release) -> Result<Self, HoldError> {
        self.releasable(&second)?;
        match self.proposed_release {
            None => Err(HoldError::NotProposed(self.id)),
            Some(first) => Ok(Self {
                state: HoldState::Released { first, second },
                proposed_release: None,
                ..self
            }),
        }
    }

    /// A release is taken back: a proposed one at any time, one by two people until the cooling-off ends. The hold then
    /// stands again as if it were placed now.
    pub fn take_back(self, at: Timestamp, cooling_off: std::time::Duration) -> Result<Self, HoldError> {
        match (&self.state, &self.proposed_release) {
            (HoldState::Released { second, .. }, _) if at < second.at.after(cooling_off) => Ok(Self {
                state: HoldState::Draining { since: at },
                ..self
            }),
            (HoldState::Released { .. }, _) => Err(HoldError::TooLate(self.id)),
            (_, Some(_)) => Ok(Self {
                proposed_release: None,
                ..self
            }),
            (_, None) => Err(HoldError::NothingToTakeBack(self.id)),
        }
    }

    fn releasable(&self, release: &Release) -> Result<(), HoldError> {
        match (&self.state, release.reason.trim()) {
            (HoldState::Released { .. }, _) => Err(HoldError::AlreadyReleased(self.id)),
            (_, "") => Err(HoldError::NoReason),
            _ => Ok(()),
        }
    }

    /// What others may learn of it.
    pub fn disclosed(&self) -> String {
        match &self.disclosure {
            Disclosure::Matter => format!("{} ({})", self.matter, self.ground.article()),
            Disclosure::Ground => self.ground.article().to_owned(),
            Disclosure::Neutral(wording) => wording.clone(),
        }
    }
}
