//! What somebody is told of a genuine, an ended, a page-swapped, an altered and a foreign file.

use ed25519_dalek::{Signer as _, SigningKey};

use super::check::Attachments;
use super::claims::{Claims, Kind};
use super::standing::{LIST_SCHEMA, StandingState, StatusList, StatusRow};
use super::{Given, Mood, Outcome, Published, Registered, RegisteredDocument, Told, sample};
use crate::digest::Digest;
use crate::signature::jwk::{Jwk, KeySet};
use crate::signature::jws;
use crate::time::Timestamp;

const PAGES: &[u8] = b"%PDF-1.7 pages as they were issued";
const OTHER_PAGES: &[u8] = b"%PDF-1.7 pages with another name on";
const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn keys() -> KeySet {
    KeySet::new(vec![Jwk::new(key().verifying_key(), None, None)])
}

fn claims() -> Claims {
    Claims {
        key_id: keys().keys()[0].kid.clone(),
        ..sample::partial()
    }
}

fn signed(claims: &Claims) -> String {
    let input = jws::signing_input(&claims.key_id, jws::Typ::Statement, &claims.bytes());
    jws::compact(&input, &key().sign(input.as_bytes()))
}

fn attached(claims: &Claims) -> Attachments {
    Attachments {
        statement: Some(claims.bytes()),
        jws: Some(signed(claims).into_bytes()),
        ..Attachments::default()
    }
}

fn later() -> Timestamp {
    claims().issued_at.after(HOUR)
}

fn list(state: StandingState, document: Option<&[u8]>) -> StatusList {
    StatusList {
        schema: LIST_SCHEMA.into(),
        iss: "Northwind".into(),
        iat: later().as_microsecond() / 1_000_000,
        exp: later().after(HOUR).as_microsecond() / 1_000_000,
        certificates: vec![StatusRow {
            id: claims().id,
            statement: claims().digest(),
            state,
            since: claims().issued_at,
            document: document.map(Digest::of),
            attested_again: None,
        }],
        compromised_keys: Vec::new(),
        compromised_other_keys: Vec::new(),
    }
}

fn register(state: Option<StandingState>) -> Registered {
    Registered {
        asked_at: later(),
        document: state.map(|state| RegisteredDocument {
            certificate: claims().id,
            state,
            since: claims().issued_at,
        }),
    }
}

fn published<'a>(
    keys: &'a KeySet,
    status: Option<&'a StatusList>,
    registered: Option<&'a Registered>,
) -> Published<'a> {
    Published {
        keys,
        log_keys: &[],
        status,
        registered,
    }
}

fn told(file: &[u8], status: Option<&StatusList>, registered: Option<&Registered>) -> Told {
    let given = Given::of([file.to_vec()]).unwrap();
    Told::of(&given.check(&attached(&claims()), published(&keys(), status, registered)))
}

#[test]
fn the_registers_word_for_the_whole_bytes_makes_a_pdf_genuine_and_in_force() {
    let told = told(PAGES, None, Some(&register(Some(StandingState::Issued))));
    assert_eq!(
        (told.outcome, told.headline.as_str()),
        (Outcome::InForce, "Genuine and in force")
    );
    assert_eq!(told.outcome.mood(), Mood::Good);
    assert!(told.sentences[1].starts_with("By the register of"), "{told:?}");
}

#[test]
fn the_signed_list_says_the_same_without_asking_anybody() {
    let held = list(StandingState::Issued, Some(PAGES));
    let told = told(PAGES, Some(&held), None);
    assert_eq!(told.outcome, Outcome::InForce, "{told:?}");
    assert!(told.sentences[1].starts_with("By the status list of"), "{told:?}");
}

#[test]
fn a_revoked_certificate_says_since_when() {
    for told in [
        told(PAGES, None, Some(&register(Some(StandingState::Revoked)))),
        told(PAGES, Some(&list(StandingState::Revoked, Some(PAGES))), None),
    ] {
        assert_eq!(told.outcome, Outcome::Ended);
        assert!(
            told.headline.starts_with("Genuine, but revoked on "),
            "{}",
            told.headline
        );
        assert_eq!(told.outcome.mood(), Mood::Bad);
    }
}

#[test]
fn the_register_knows_more_than_an_older_list() {
    let held = list(StandingState::Issued, Some(PAGES));
    let told = told(PAGES, Some(&held), Some(&register(Some(StandingState::Revoked))));
    assert_eq!(told.outcome, Outcome::Ended, "{told:?}");
}

#[test]
fn swapped_pages_around_a_genuine_statement_are_not_confirmed() {
    let held = list(StandingState::Issued, Some(PAGES));
    for told in [
        told(OTHER_PAGES, None, Some(&register(None))),
        told(OTHER_PAGES, Some(&held), None),
        told(OTHER_PAGES, Some(&list(StandingState::Issued, None)), None),
        told(OTHER_PAGES, None, None),
    ] {
        assert_eq!(told.outcome, Outcome::PagesNotConfirmed, "{told:?}");
        assert_eq!(
            told.headline,
            "The statement inside is genuine; these pages are NOT confirmed"
        );
        let issuer = claims().issuer.name;
        assert!(told.facts.contains(&("issuer", issuer)), "{told:?}");
        assert!(
            !told.facts.iter().any(|(label, _)| *label == "confirmed by"),
            "{told:?}"
        );
    }
}

#[test]
fn pages_of_another_certificate_are_not_confirmed() {
    let other = Registered {
        document: register(Some(StandingState::Issued))
            .document
            .map(|document| RegisteredDocument {
                certificate: uuid::Uuid::nil().into(),
                ..document
            }),
        ..register(None)
    };
    let told = told(PAGES, None, Some(&other));
    assert_eq!(told.outcome, Outcome::PagesNotConfirmed);
    assert!(
        told.sentences[0].contains("pages of another certificate"),
        "{told:?}"
    );
}

#[test]
fn a_signature_that_holds_does_not_outweigh_the_register() {
    let given = Given::of([PAGES.to_vec(), key().sign(PAGES).to_bytes().to_vec()]).unwrap();
    let ask = |registered: &Registered| {
        Told::of(&given.check(&attached(&claims()), published(&keys(), None, Some(registered))))
    };
    assert_eq!(ask(&register(None)).outcome, Outcome::PagesNotConfirmed);
    assert_eq!(
        ask(&register(Some(StandingState::Issued))).outcome,
        Outcome::InForce
    );
}

#[test]
fn a_foreign_pdf_is_not_ours() {
    let given = Given::of([b"%PDF-1.4 an invoice".to_vec()]).unwrap();
    for registered in [None, Some(register(None))] {
        let answer = given.check(
            &Attachments::default(),
            published(&keys(), None, registered.as_ref()),
        );
        let told = Told::of(&answer);
        assert_eq!(told.outcome, Outcome::NotOurs);
        assert_eq!(told.headline, "Not a certificate of this issuer");
        assert!(told.facts.is_empty());
    }
}

#[test]
fn a_statement_alone_is_confirmed_by_the_list_or_by_nothing() {
    let bytes = claims().bytes();
    let held = list(StandingState::Issued, None);
    assert_eq!(told(&bytes, Some(&held), None).outcome, Outcome::InForce);
    let alone = told(&bytes, None, None);
    assert_eq!(alone.outcome, Outcome::Unconfirmed);
    assert!(alone.sentences[0].contains("statement.jws"), "{alone:?}");

    let mut changed = claims();
    changed.issuer.name = "Someone Else Ltd".into();
    assert_eq!(
        told(&changed.bytes(), Some(&held), None).outcome,
        Outcome::Altered
    );
    assert_eq!(told(b"{\"a\":1}", Some(&held), None).outcome, Outcome::NotOurs);
}

#[test]
fn a_signed_statement_is_genuine_and_its_standing_may_be_unknown() {
    let jws = signed(&claims()).into_bytes();
    assert_eq!(
        told(&jws, Some(&list(StandingState::Issued, None)), None).outcome,
        Outcome::InForce
    );
    let unknown = told(&jws, None, None);
    assert_eq!(unknown.outcome, Outcome::Genuine);
    assert_eq!(unknown.headline, "Genuine; whether it is in force is not known");
    assert!(unknown.sentences[1].contains(&claims().status_url), "{unknown:?}");
}

#[test]
fn a_drill_is_never_called_in_force() {
    let drill = Claims {
        kind: Kind::Drill,
        ..claims()
    };
    let given = Given::of([signed(&drill).into_bytes()]).unwrap();
    let told = Told::of(&given.check(&Attachments::default(), published(&keys(), None, None)));
    assert_eq!(
        (told.outcome, told.headline.as_str()),
        (Outcome::Genuine, "Genuine, but a drill")
    );
}

#[test]
fn another_statement_beside_a_pdf_is_altered() {
    let mut other = claims();
    other.issuer.name = "Someone Else Ltd".into();
    let given = Given::of([PAGES.to_vec(), signed(&other).into_bytes()]).unwrap();
    let answer = given.check(
        &attached(&claims()),
        published(&keys(), None, Some(&register(Some(StandingState::Issued)))),
    );
    assert_eq!(Told::of(&answer).outcome, Outcome::Altered);
}

#[test]
fn the_command_line_says_it_in_one_line() {
    let line = told(OTHER_PAGES, None, Some(&register(None))).line();
    assert!(
        line.starts_with("refused: the statement inside is genuine; these pages are NOT confirmed: "),
        "{line}"
    );
    let line = told(PAGES, None, Some(&register(Some(StandingState::Issued)))).line();
    assert!(line.starts_with("genuine and in force: Every byte"), "{line}");
}
