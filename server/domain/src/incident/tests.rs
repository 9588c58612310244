//! One confirms, two show wrong, and the record is closed once it is told.

use uuid::Uuid;

use super::*;

fn person(n: u128) -> PersonId {
    PersonId::from(Uuid::from_u128(n))
}

fn now() -> Timestamp {
    Timestamp::from_microsecond(0)
}

fn incident() -> Incident {
    Incident::suspected(1, CertificateId::from(Uuid::from_u128(3)))
}

fn said(by: u128) -> Refutation {
    Refutation {
        by: person(by),
        at: now(),
        evidence: Digest::of(b"evidence"),
        explanation: "The tenant signed a new contract, and these are new records.".into(),
    }
}

#[test]
fn a_finding_is_shown_wrong_by_two_people() {
    let open = incident().refute(said(1)).unwrap();
    assert_eq!(open.clone().refute(said(2)), Err(IncidentError::AlreadyRefuted));
    assert_eq!(
        open.clone().confirm_refutation(person(1), now()),
        Err(IncidentError::SamePerson)
    );
    let ended = open.confirm_refutation(person(2), now()).unwrap();
    assert_eq!(
        ended.confirm(person(3), now()),
        Err(IncidentError::Decided("refuted"))
    );
}

#[test]
fn what_is_confirmed_is_not_shown_wrong_any_more() {
    let confirmed = incident()
        .refute(said(1))
        .unwrap()
        .confirm(person(2), now())
        .unwrap();
    assert_eq!(confirmed.refutation, None);
    assert_eq!(
        confirmed.clone().confirm_refutation(person(3), now()),
        Err(IncidentError::Decided("confirmed"))
    );
    assert_eq!(
        confirmed.refute(said(1)),
        Err(IncidentError::Decided("confirmed"))
    );
}

#[test]
fn the_record_is_closed_once_it_is_told() {
    let account = Account {
        cause: "an import from a backup".into(),
        remedy: "erased again".into(),
        lessons: "imports run through replay first".into(),
    };
    let told = incident().describe(account.clone()).unwrap();
    assert_eq!(told.clone().close(person(1), now()), Err(IncidentError::NotReady));
    let confirmed = incident().confirm(person(1), now()).unwrap();
    assert_eq!(confirmed.close(person(1), now()), Err(IncidentError::NotReady));
    let closed = told
        .confirm(person(1), now())
        .unwrap()
        .close(person(1), now())
        .unwrap();
    assert_eq!(closed.describe(account), Err(IncidentError::Closed));
}
