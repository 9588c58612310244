//! Incidents: data that a certificate says is gone was seen again. The certificate is suspended until people have found out
//! whether that is so; what is confirmed can only end in a revocation (V7, C3).

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::{CertificateId, IncidentId, PersonId, RequestId};
use crate::inventory::DatasetRef;
use crate::register::{CertificateRecord, CertificateState};
use crate::time::Timestamp;

/// The shortest explanation that can explain anything, in characters.
const LEAST_EXPLANATION: usize = 20;
/// The longest text of a record, in characters.
const MOST_TEXT: usize = 4_000;

/// What was seen in one dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenAgain {
    /// Where.
    pub dataset: DatasetRef,
    /// So many records.
    pub remaining: u64,
    /// When the probe looked.
    pub looked_at: Timestamp,
}

/// Somebody says that the finding was wrong, and another confirms it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refutation {
    /// Who says so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// SHA-256 of what shows it, which is kept elsewhere.
    pub evidence: Digest,
    /// Why the finding was wrong; the tenant is told. No identifiers of people.
    pub explanation: String,
}

/// What is known of the finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum IncidentState {
    /// Nobody has said yet whether it is what the certificate says is gone.
    Suspected,
    /// It is: the certificate cannot stand again.
    Confirmed {
        /// Who confirmed it.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// It was shown wrong, by two people.
    Refuted {
        /// The second of them.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
}

impl IncidentState {
    /// The word stored and shown.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Confirmed { .. } => "confirmed",
            Self::Refuted { .. } => "refuted",
        }
    }
}

/// What people write down of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    /// Why the data was there.
    pub cause: String,
    /// What was done about it.
    pub remedy: String,
    /// What is done so that it does not happen again.
    pub lessons: String,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The request whose data was seen again.
    pub request: RequestId,
    /// The certificate that it suspended.
    pub certificate: CertificateId,
    /// Since when it is known.
    pub opened_at: Timestamp,
    /// Who approved the run that is called into question.
    pub approver: Option<PersonId>,
    /// What was seen, and where.
    pub seen: Vec<SeenAgain>,
    /// What is known of it.
    pub state: IncidentState,
    /// What was said against the finding, while it waits for a second person and after.
    pub refutation: Option<Refutation>,
    /// Cause, remedy and lessons, as far as they are known.
    pub account: Account,
    /// Who closed the record, and when.
    pub closed: Option<(PersonId, Timestamp)>,
    /// Grows with each change.
    pub version: i64,
}

/// The incident does not allow this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IncidentError {
    /// It was decided before.
    #[error("the finding is {0}: that is decided")]
    Decided(&'static str),
    /// Somebody said so already.
    #[error("somebody already says that the finding was wrong: another person confirms it")]
    AlreadyRefuted,
    /// Nobody said so.
    #[error("nobody says that the finding was wrong")]
    NotRefuted,
    /// The second person is the first.
    #[error("that the finding was wrong is confirmed by another person than the one who says so")]
    SamePerson,
    /// The explanation is too short or too long.
    #[error("the explanation has {LEAST_EXPLANATION} to {MOST_TEXT} characters")]
    Explanation,
    /// A text is too long.
    #[error("cause, remedy and lessons have at most {MOST_TEXT} characters each")]
    TooLong,
    /// The record is closed.
    #[error("the record of the incident is closed")]
    Closed,
    /// Something is missing before it can be closed.
    #[error(
        "the record can be closed once the finding is decided, and cause, remedy and lessons are written down"
    )]
    NotReady,
    /// The certificate is in another state.
    #[error("certificate {id} is {state}")]
    Certificate {
        /// Which.
        id: CertificateId,
        /// Its state.
        state: &'static str,
    },
}

impl Incident {
    /// The finding is what the certificate says is gone. Whatever was said against it is void.
    pub fn confirm(self, by: PersonId, at: Timestamp) -> Result<Self, IncidentError> {
        self.undecided()?;
        Ok(Self {
            state: IncidentState::Confirmed { by, at },
            refutation: None,
            ..self
        })
    }

    /// Somebody says that the finding was wrong.
    pub fn refute(self, refutation: Refutation) -> Result<Self, IncidentError> {
        self.undecided()?;
        if self.refutation.is_some() {
            return Err(IncidentError::AlreadyRefuted);
        }
        let length = refutation.explanation.chars().count();
        if !(LEAST_EXPLANATION..=MOST_TEXT).contains(&length) {
            return Err(IncidentError::Explanation);
        }
        Ok(Self {
            refutation: Some(refutation),
            ..self
        })
    }

    /// What was said against the finding is taken back.
    pub fn drop_refutation(self) -> Result<Self, IncidentError> {
        self.undecided()?;
        match self.refutation {
            Some(_) => Ok(Self {
                refutation: None,
                ..self
            }),
            None => Err(IncidentError::NotRefuted),
        }
    }

    /// A second person confirms that the finding was wrong.
    pub fn confirm_refutation(self, by: PersonId, at: Timestamp) -> Result<Self, IncidentError> {
        self.undecided()?;
        match &self.refutation {
            None => Err(IncidentError::NotRefuted),
            Some(said) if said.by == by => Err(IncidentError::SamePerson),
            Some(_) => Ok(Self {
                state: IncidentState::Refuted { by, at },
                ..self
            }),
        }
    }

    /// Cause, remedy and lessons are written down.
    pub fn describe(self, account: Account) -> Result<Self, IncidentError> {
        if self.closed.is_some() {
            return Err(IncidentError::Closed);
        }
        let texts = [&account.cause, &account.remedy, &account.lessons];
        match texts.iter().all(|text| text.chars().count() <= MOST_TEXT) {
            true => Ok(Self { account, ..self }),
            false => Err(IncidentError::TooLong),
        }
    }

    /// The record is complete.
    pub fn close(self, by: PersonId, at: Timestamp) -> Result<Self, IncidentError> {
        if self.closed.is_some() {
            return Err(IncidentError::Closed);
        }
        let Account {
            cause,
            remedy,
            lessons,
        } = &self.account;
        let told = [cause, remedy, lessons]
            .iter()
            .all(|text| !text.trim().is_empty());
        match told && self.state != IncidentState::Suspected {
            true => Ok(Self {
                closed: Some((by, at)),
                ..self
            }),
            false => Err(IncidentError::NotReady),
        }
    }

    const fn undecided(&self) -> Result<(), IncidentError> {
        match &self.state {
            IncidentState::Suspected => Ok(()),
            decided => Err(IncidentError::Decided(decided.word())),
        }
    }
}

impl CertificateRecord {
    /// Something was seen again: it is not relied on until that is cleared up. A revocation that was asked for still waits.
    pub fn suspend(self, at: Timestamp) -> Result<Self, IncidentError> {
        match self.state {
            CertificateState::Issued => Ok(Self {
                state: CertificateState::Suspended,
                state_since: Some(at),
                ..self
            }),
            _ => Err(self.wrong_state()),
        }
    }

    /// It stands again, because what suspended it was shown wrong.
    pub fn reinstate(self, incident: &Incident, at: Timestamp) -> Result<Self, IncidentError> {
        let refuted = matches!(incident.state, IncidentState::Refuted { .. });
        match self.state {
            CertificateState::Suspended if incident.certificate == self.id && refuted => Ok(Self {
                state: CertificateState::Issued,
                state_since: Some(at),
                ..self
            }),
            CertificateState::Suspended => Err(IncidentError::NotRefuted),
            _ => Err(self.wrong_state()),
        }
    }

    const fn wrong_state(&self) -> IncidentError {
        IncidentError::Certificate {
            id: self.id,
            state: self.state.word(),
        }
    }
}

#[cfg(test)]
impl Incident {
    /// One that somebody must look into, for tests.
    pub(crate) fn suspected(n: usize, certificate: CertificateId) -> Self {
        Self {
            id: IncidentId::from(uuid::Uuid::from_u128(n as u128)),
            request: RequestId::from(uuid::Uuid::nil()),
            certificate,
            opened_at: Timestamp::from_microsecond(0),
            approver: None,
            seen: Vec::new(),
            state: IncidentState::Suspected,
            refutation: None,
            account: Account::default(),
            closed: None,
            version: 1,
        }
    }
}

#[cfg(test)]
mod tests;
