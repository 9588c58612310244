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
        Ok(self.fallen(Revocation {
            confirmed: Some((by, at)),
            ..asked
        }))
    }

    /// An addendum falls with the base certificate that it adds to.
    pub fn fall_with(self, base: &Revocation) -> Result<Self, RevocationError> {
        self.revocable()?;
        Ok(self.fallen(base.clone()))
    }

    fn fallen(self, revocation: Revocation) -> Self {
        Self {
            state: CertificateState::Revoked {
                reason: revocation.reason,
            },
            revocation: Some(revocation),
            ..self
        }
    }

    const fn revocable(&self) -> Result<(), RevocationError> {
        match self.state {
            CertificateState::Issued | CertificateState::Suspended => Ok(()),
            _ => Err(RevocationError::NotInForce {
                id: self.id,
                state: self.state.word(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::digest::Digest;
    use crate::id::{PlanId, RequestId};
    use crate::register::CertificateKind;

    fn person(n: u8) -> PersonId {
        PersonId::from(Uuid::from_u128(u128::from(n) + 1))
    }

    fn issued(n: usize, kind: CertificateKind) -> CertificateRecord {
        CertificateRecord {
            id: CertificateId::from(Uuid::from_u128(n as u128 + 1)),
            code: n.to_string(),
            request: RequestId::from(Uuid::nil()),
            plan: PlanId::from(Uuid::nil()),
            kind,
            certified_by: person(0),
            certified_at: Timestamp::from_microsecond(0),
            evidence: Digest::of(b"evidence"),
            state: CertificateState::Issued,
            issued_at: Some(Timestamp::from_microsecond(0)),
            state_since: None,
            statement: None,
            replaces: None,
            revocation: None,
            failures: 0,
            version: 1,
        }
    }

    fn asked(by: u8, explanation: &str) -> Revocation {
        Revocation {
            by: person(by),
            at: Timestamp::from_microsecond(1),
            reason: RevocationReason::WrongStatement,
            explanation: explanation.into(),
            confirmed: None,
        }
    }

    const WHY: &str = "The address of the archive was wrong.";

    #[test]
    fn it_takes_two_people() {
        let record = issued(1, CertificateKind::Complete);
        assert_eq!(
            record
                .clone()
                .confirm_revocation(person(2), Timestamp::from_microsecond(2)),
            Err(RevocationError::NotProposed(record.id))
        );
        let proposed = record.propose_revocation(asked(1, WHY)).unwrap();
        assert_eq!(proposed.state, CertificateState::Issued);
        assert_eq!(
            proposed
                .clone()
                .confirm_revocation(person(1), Timestamp::from_microsecond(2)),
            Err(RevocationError::SamePerson)
        );
        let revoked = proposed
            .confirm_revocation(person(2), Timestamp::from_microsecond(2))
            .unwrap();
        assert_eq!(revoked.state.word(), "revoked");
    }

    #[test]
    fn the_tenant_is_told_something() {
        let record = issued(1, CertificateKind::Complete);
        assert_eq!(
            record.propose_revocation(asked(1, "because")),
            Err(RevocationError::Explanation)
        );
    }

    /// What people may do with the certificates of a request, right or wrong.
    #[derive(Debug, Clone)]
    enum Act {
        Certify,
        Add,
        Propose(u8),
        Drop,
        Confirm(u8),
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            Just(Act::Certify),
            Just(Act::Add),
            (0..3_u8).prop_map(Act::Propose),
            Just(Act::Drop),
            (0..3_u8).prop_map(Act::Confirm),
        ];
        prop::collection::vec(act, 0..40)
    }

    fn in_force(record: &CertificateRecord) -> bool {
        matches!(
            record.state,
            CertificateState::Issued | CertificateState::Suspended
        )
    }

    /// The newest base certificate and what may be done with it, as the use cases do it.
    fn play(register: &mut Vec<CertificateRecord>, act: &Act) {
        let newest = register.iter().rposition(|record| record.kind.is_base());
        let now = Timestamp::from_microsecond(register.len() as i64);
        match (act, newest) {
            (Act::Certify, _) => {
                let by = issued(register.len(), CertificateKind::Partial);
                for earlier in register
                    .iter_mut()
                    .filter(|one| one.kind.is_base() && in_force(one))
                {
                    earlier.state = CertificateState::Superseded { by: by.id };
                }
                register.push(by);
            }
            (Act::Add, Some(base)) if in_force(&register[base]) => {
                register.push(issued(register.len(), CertificateKind::Addendum));
            }
            (Act::Propose(by), Some(base)) => {
                if let Ok(next) = register[base].clone().propose_revocation(asked(*by, WHY)) {
                    register[base] = next;
                }
            }
            (Act::Drop, Some(base)) => {
                if let Ok(next) = register[base].clone().drop_revocation() {
                    register[base] = next;
                }
            }
            (Act::Confirm(by), Some(base)) => {
                if let Ok(next) = register[base].clone().confirm_revocation(person(*by), now) {
                    let fallen = next.revocation.clone().unwrap();
                    register[base] = next;
                    for other in register
                        .iter_mut()
                        .filter(|one| !one.kind.is_base() && in_force(one))
                    {
                        *other = other.clone().fall_with(&fallen).unwrap();
                    }
                }
            }
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn no_two_bases_are_in_force_and_nothing_revoked_comes_back(acts in acts()) {
            let mut register: Vec<CertificateRecord> = Vec::new();
            for act in &acts {
                let before = register.clone();
                play(&mut register, act);
                let bases = register.iter().filter(|record| record.kind.is_base() && in_force(record));
                prop_assert!(bases.count() <= 1);
                for (was, is) in before.iter().zip(&register) {
                    let revoked = matches!(was.state, CertificateState::Revoked { .. });
                    prop_assert!(!revoked || was == is, "{was:?} became {is:?}");
                    if let CertificateState::Revoked { .. } = is.state {
                        let asked = is.revocation.as_ref().unwrap();
                        prop_assert!(asked.confirmed.is_some_and(|(second, _)| second != asked.by));
                    }
                }
                let base_stands = register.iter().any(|record| record.kind.is_base() && in_force(record));
                let fell = register.iter().rev().find(|record| record.kind.is_base()).is_some_and(|base| matches!(base.state, CertificateState::Revoked { .. }));
                let addenda = register.iter().any(|record| !record.kind.is_base() && in_force(record));
                prop_assert!(!(fell && addenda) || base_stands, "an addendum outlived its base");
            }
        }
    }
}
