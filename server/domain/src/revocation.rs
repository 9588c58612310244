//! The end of a certificate that was wrong: two people revoke it, with a reason from a closed list and an explanation for
//! the tenant (C3). Nothing is edited: what was issued stays as it was, and says what became of it.

use serde::{Deserialize, Serialize};

use crate::id::{CertificateId, PersonId};
use crate::register::{CertificateRecord, CertificateState};
use crate::time::Timestamp;

/// The shortest explanation that can explain anything, in characters.
const LEAST_EXPLANATION: usize = 20;
/// The longest explanation, in characters.
const MOST_EXPLANATION: usize = 2_000;

/// Why a certificate is revoked. Public: it stands in the signed standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// Records were found that the certificate says are gone.
    ResidueFound,
    /// A system or dataset held records and was not in the inventory.
    SystemMissed,
    /// Something that the certificate states was not so.
    WrongStatement,
    /// It should not have been issued.
    IssuedInError,
    /// The key that signed it can no longer be trusted.
    KeyCompromised,
}

impl RevocationReason {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::ResidueFound,
        Self::SystemMissed,
        Self::WrongStatement,
        Self::IssuedInError,
        Self::KeyCompromised,
    ];

    /// The word stored, signed and accepted.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ResidueFound => "residue_found",
            Self::SystemMissed => "system_missed",
            Self::WrongStatement => "wrong_statement",
            Self::IssuedInError => "issued_in_error",
            Self::KeyCompromised => "key_compromised",
        }
    }

    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ResidueFound => "records were found that the certificate says are gone",
            Self::SystemMissed => "a system that held records was missing from the inventory",
            Self::WrongStatement => "something that the certificate states was not so",
            Self::IssuedInError => "the certificate should not have been issued",
            Self::KeyCompromised => "the key that signed it can no longer be trusted",
        }
    }

    /// By its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// What the first of two people asks for, and the second confirms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
    /// What the tenant is told. No identifiers of people.
    pub explanation: String,
    /// Who confirmed, and when; absent while it is only asked for.
    pub confirmed: Option<(PersonId, Timestamp)>,
}

/// The certificate does not allow this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationError {
    /// Only what is in force can be revoked.
    #[error("certificate {id} is {state}: only one that is in force or suspended can be revoked")]
    NotInForce {
        /// Which.
        id: CertificateId,
        /// Its state.
        state: &'static str,
    },
    /// Somebody asked already.
    #[error("the revocation of certificate {0} was already asked for: another person confirms it")]
    AlreadyProposed(CertificateId),
    /// Nobody asked.
    #[error("nobody asked for the revocation of certificate {0}")]
    NotProposed(CertificateId),
    /// The second person is the first.
    #[error("the revocation is confirmed by another person than the one who asked for it")]
    SamePerson,
    /// The explanation is too short or too long.
    #[error("the explanation for the tenant has {LEAST_EXPLANATION} to {MOST_EXPLANATION} characters")]
    Explanation,
}

impl CertificateRecord {
    /// The record as those outside see it: what is only asked for is not told.
    pub fn for_outsiders(self) -> Self {
        let revocation = self.revocation.filter(|asked| asked.confirmed.is_some());
        Self { revocation, ..self }
    }

    /// Somebody asks for the revocation.
    pub fn propose_revocation(self, asked: Revocation) -> Result<Self, RevocationError> {
        self.revocable()?;
        if self.revocation.is_some() {
            return Err(RevocationError::AlreadyProposed(self.id));
        }
        let length = asked.explanation.chars().count();
        if !(LEAST_EXPLANATION..=MOST_EXPLANATION).contains(&length) {
            return Err(RevocationError::Explanation);
        }
        Ok(Self {
            revocation: Some(Revocation {
                confirmed: None,
                ..asked
            }),
            ..self
        })
    }

    /// What was asked for is taken back: the certificate stays as it is.
    pub fn drop_revocation(self) -> Result<Self, RevocationError> {
        self.revocable()?;
        match self.revocation {
            Some(_) => Ok(Self {
                revocation: None,
                ..self
            }),
            None => Err(RevocationError::NotProposed(self.id)),
        }
    }

    /// A second person confirms: the certificate is revoked, for good.
    pub fn confirm_revocation(self, by: PersonId, at: Timestamp) -> Result<Self, RevocationError> {
        self.revocable()?;
        let asked = self.revocation.clone();
        let asked = asked.ok_or(RevocationError::NotProposed(self.id))?;
        if asked.by == by {
            return Err(RevocationError::SamePerson);
        }
        let asked = Revocation {
            confirmed: Some((by, at)),
            ..asked
        };
        Ok(self.fallen(asked, at))
    }

    /// Another certificate takes its place; a revocation that was only asked for is moot.
    pub fn superseded(self, by: CertificateId, at: Timestamp) -> Self {
        Self {
            state: CertificateState::Superseded { by },
            state_since: Some(at),
            revocation: None,
            ..self
        }
    }

    /// An addendum falls with the base certificate that it adds to, also one that is still in the making.
    pub fn fall_with(self, base: &Revocation, at: Timestamp) -> Result<Self, RevocationError> {
        if !self.state.in_the_making() {
            self.revocable()?;
        }
        Ok(self.fallen(base.clone(), at))
    }

    fn fallen(self, revocation: Revocation, at: Timestamp) -> Self {
        Self {
            state: CertificateState::Revoked {
                reason: revocation.reason,
            },
            state_since: Some(at),
            revocation: Some(revocation),
            ..self
        }
    }

    const fn revocable(&self) -> Result<(), RevocationError> {
        match self.state.stands() {
            true => Ok(()),
            false => Err(RevocationError::NotInForce {
                id: self.id,
                state: self.state.word(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
