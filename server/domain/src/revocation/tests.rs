//! Two people, an explanation, and sequences of acts in any order.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::digest::Digest;
use crate::id::{PlanId, RequestId};
use crate::incident::{Incident, IncidentState, Refutation};
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
        adds: None,
        revocation: None,
        waits_for_key: None,
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
    Suspend,
    ConfirmFinding(u8),
    Refute(u8),
    Lift(u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        Just(Act::Certify),
        Just(Act::Add),
        (0..3_u8).prop_map(Act::Propose),
        Just(Act::Drop),
        (0..3_u8).prop_map(Act::Confirm),
        Just(Act::Suspend),
        (0..3_u8).prop_map(Act::ConfirmFinding),
        (0..3_u8).prop_map(Act::Refute),
        (0..3_u8).prop_map(Act::Lift),
    ];
    prop::collection::vec(act, 0..40)
}

/// What is done about the newest incident of a request, and about the certificate that it suspended.
fn decide(register: &mut [CertificateRecord], incidents: &mut Vec<Incident>, act: &Act) {
    let now = Timestamp::from_microsecond(register.len() as i64);
    if let Act::Suspend = act {
        let base = register.iter_mut().rev().find(|record| record.kind.is_base());
        if let Some(base) = base
            && let Ok(suspended) = base.clone().suspend(now)
        {
            incidents.push(Incident::suspected(incidents.len(), suspended.id));
            *base = suspended;
        }
        return;
    }
    let Some(incident) = incidents.last_mut() else {
        return;
    };
    let refutation = |by: u8| Refutation {
        by: person(by),
        at: now,
        evidence: Digest::of(b"evidence"),
        explanation: WHY.into(),
    };
    let next = match act {
        Act::ConfirmFinding(by) => incident.clone().confirm(person(*by), now),
        Act::Refute(by) => incident.clone().refute(refutation(*by)),
        Act::Lift(by) => incident.clone().confirm_refutation(person(*by), now),
        _ => return,
    };
    let Ok(next) = next else { return };
    *incident = next;
    let suspended = register
        .iter_mut()
        .find(|record| record.id == incident.certificate);
    if let Some(suspended) = suspended
        && let Ok(stands) = suspended.clone().reinstate(incident, now)
    {
        *suspended = stands;
    }
}

/// The newest base certificate and what may be done with it, as the use cases do it.
fn play(register: &mut Vec<CertificateRecord>, act: &Act) {
    let newest = register.iter().rposition(|record| record.kind.is_base());
    let now = Timestamp::from_microsecond(register.len() as i64);
    match (act, newest) {
        // Nothing is certified in the place of what is suspended: that is revoked first.
        (Act::Certify, Some(base)) if register[base].state == CertificateState::Suspended => {}
        (Act::Certify, _) => {
            let by = issued(register.len(), CertificateKind::Partial);
            for earlier in register
                .iter_mut()
                .filter(|one| one.kind.is_base() && one.state.stands())
            {
                *earlier = earlier.clone().superseded(by.id, now);
            }
            register.push(by);
        }
        (Act::Add, Some(base)) if register[base].state.stands() => {
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
                    .filter(|one| !one.kind.is_base() && one.state.stands())
                {
                    *other = other.clone().fall_with(&fallen, now).unwrap();
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
        let mut incidents: Vec<Incident> = Vec::new();
        for act in &acts {
            let before = register.clone();
            play(&mut register, act);
            decide(&mut register, &mut incidents, act);
            let bases = register.iter().filter(|record| record.kind.is_base() && record.state.stands());
            prop_assert!(bases.count() <= 1);
            for (was, is) in before.iter().zip(&register) {
                let revoked = matches!(was.state, CertificateState::Revoked { .. });
                prop_assert!(!revoked || was == is, "{was:?} became {is:?}");
                if (&was.state, &is.state) == (&CertificateState::Suspended, &CertificateState::Issued) {
                    let newest = incidents.iter().rev().find(|incident| incident.certificate == is.id).unwrap();
                    let second = match newest.state {
                        IncidentState::Refuted { by, .. } => by,
                        _ => return Err(TestCaseError::fail("lifted without two people")),
                    };
                    prop_assert!(newest.refutation.as_ref().is_some_and(|said| said.by != second));
                }
                if let CertificateState::Revoked { .. } = is.state {
                    let asked = is.revocation.as_ref().unwrap();
                    prop_assert!(asked.confirmed.is_some_and(|(second, _)| second != asked.by));
                }
            }
            let confirmed = incidents.iter().filter(|incident| matches!(incident.state, IncidentState::Confirmed { .. }));
            for incident in confirmed {
                let record = register.iter().find(|record| record.id == incident.certificate).unwrap();
                prop_assert!(record.state != CertificateState::Issued, "confirmed residue was lifted");
            }
            let base_stands = register.iter().any(|record| record.kind.is_base() && record.state.stands());
            let fell = register.iter().rev().find(|record| record.kind.is_base()).is_some_and(|base| matches!(base.state, CertificateState::Revoked { .. }));
            let addenda = register.iter().any(|record| !record.kind.is_base() && record.state.stands());
            prop_assert!(!(fell && addenda) || base_stands, "an addendum outlived its base");
        }
    }
}

#[test]
fn a_suspension_is_lifted_from_what_is_suspended_and_never_from_what_is_revoked() {
    let at = Timestamp::from_microsecond(2);
    let record = issued(1, CertificateKind::Complete);
    let refuted = Incident {
        state: IncidentState::Refuted { by: person(2), at },
        ..Incident::suspected(1, record.id)
    };
    let in_state = |state: CertificateState| CertificateRecord {
        state,
        ..record.clone()
    };
    let lifted = in_state(CertificateState::Suspended).reinstate(&refuted, at);
    assert_eq!(lifted.unwrap().state, CertificateState::Issued);
    let reason = RevocationReason::WrongStatement;
    let by = CertificateId::from(Uuid::from_u128(9));
    for ended in [
        CertificateState::Revoked { reason },
        CertificateState::Superseded { by },
        CertificateState::Issued,
    ] {
        let word = ended.word();
        assert!(in_state(ended).reinstate(&refuted, at).is_err(), "{word}");
    }
}
