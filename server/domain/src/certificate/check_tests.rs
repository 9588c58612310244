//! What the check says of genuine, altered and foreign files.

use ed25519_dalek::{Signer as _, SigningKey};

use super::check::{Attachments, Beside, File, check};
use super::claims::Claims;
use super::standing::{self, AttestedAgain, MarkedKey, MarkedOtherKey, StandingState, StatusList, StatusRow};
use super::{Answer, Pages, sample};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::{EntryClaims, Proof, merkle};
use crate::digest::Digest;
use crate::key::KeyKind;
use crate::signature::jwk::{Jwk, KeySet, thumbprint};
use crate::signature::note::{Note, VerifierKey};
use crate::signature::{jws, sshsig};

const PAGES: &[u8] = b"%PDF-1.7 pages as they were signed";
const OTHER_PAGES: &[u8] = b"%PDF-1.7 pages with another name on";

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

fn signed(claims: &Claims, key: &SigningKey) -> String {
    let kid = Jwk::new(key.verifying_key(), None, None).kid;
    let input = jws::signing_input(&kid, jws::Typ::Statement, &claims.bytes());
    jws::compact(&input, &key.sign(input.as_bytes()))
}

fn attached() -> Attachments {
    Attachments {
        statement: Some(claims().bytes()),
        jws: Some(signed(&claims(), &key()).into_bytes()),
        ..Attachments::default()
    }
}

fn raw(bytes: &[u8]) -> Vec<u8> {
    key().sign(bytes).to_bytes().to_vec()
}

fn ask(bytes: &[u8], attached: &Attachments, beside: Beside<'_>) -> Answer {
    check(File::Pdf { bytes, attached }, &keys(), beside)
}

#[test]
fn a_pdf_is_genuine_when_its_whole_bytes_are_signed() {
    let raw = raw(PAGES);
    let armoured = sshsig::armour(&key().verifying_key(), &key().sign(&sshsig::to_sign(PAGES)));
    for beside in [
        Beside {
            raw: Some(&raw),
            ..Beside::default()
        },
        Beside {
            sshsig: Some(&armoured),
            ..Beside::default()
        },
        Beside {
            raw: Some(&raw),
            sshsig: Some(&armoured),
            ..Beside::default()
        },
    ] {
        let answer = ask(PAGES, &attached(), beside);
        assert!(answer.is_genuine(), "{answer}");
        assert_eq!(*answer.facts().unwrap().claims, claims());
    }
}

#[test]
fn changed_pages_with_genuine_attachments_are_refused() {
    let raw = raw(PAGES);
    let answer = ask(
        OTHER_PAGES,
        &attached(),
        Beside {
            raw: Some(&raw),
            ..Beside::default()
        },
    );
    assert!(matches!(
        &answer,
        Answer::StatementOnly {
            pages: Pages::SignatureDoesNotFit(_),
            ..
        }
    ));
    assert!(!answer.is_genuine());
    assert!(
        answer
            .to_string()
            .contains("the statement inside is genuine; these pages are NOT confirmed")
    );
}

#[test]
fn one_signature_that_holds_does_not_excuse_one_that_does_not() {
    let raw = raw(PAGES);
    let armoured = sshsig::armour(&key().verifying_key(), &key().sign(&sshsig::to_sign(OTHER_PAGES)));
    let beside = Beside {
        raw: Some(&raw),
        sshsig: Some(&armoured),
        ..Beside::default()
    };
    assert!(matches!(
        ask(PAGES, &attached(), beside),
        Answer::StatementOnly { .. }
    ));
}

#[test]
fn without_a_signature_file_the_pages_are_not_confirmed() {
    let answer = ask(PAGES, &attached(), Beside::default());
    assert!(matches!(
        answer,
        Answer::StatementOnly {
            pages: Pages::NoSignatureGiven,
            ..
        }
    ));
}

#[test]
fn a_statement_changed_beside_its_jws_is_altered() {
    let mut other = claims();
    other.issuer.name = "Someone Else Ltd".into();
    let attached = Attachments {
        statement: Some(other.bytes()),
        ..attached()
    };
    assert!(matches!(
        ask(PAGES, &attached, Beside::default()),
        Answer::Altered { .. }
    ));
}

#[test]
fn a_flipped_byte_in_the_jws_is_altered() {
    let jws = signed(&claims(), &key());
    let flipped = jws.replacen(&jws[200..204], "AAAA", 1);
    assert!(matches!(
        check(File::Jws(&flipped), &keys(), Beside::default()),
        Answer::Altered { .. }
    ));
}

#[test]
fn a_strangers_signature_is_not_ours() {
    let stranger = SigningKey::from_bytes(&[8; 32]);
    let jws = signed(&claims(), &stranger);
    assert!(matches!(
        check(File::Jws(&jws), &keys(), Beside::default()),
        Answer::NotOurs { .. }
    ));
}

#[test]
fn a_key_that_was_not_valid_yet_or_any_more_is_refused() {
    let issued = claims().issued_at;
    let dated = |from, until| KeySet::new(vec![Jwk::new(key().verifying_key(), from, until)]);
    let jws = signed(&claims(), &key());
    let late = dated(Some(issued.after(std::time::Duration::from_secs(60))), None);
    let over = dated(None, Some(issued));
    for keys in [late, over] {
        assert!(matches!(
            check(File::Jws(&jws), &keys, Beside::default()),
            Answer::NotOurs { .. }
        ));
    }
}

#[test]
fn a_bare_statement_or_a_bare_pdf_has_no_signature() {
    let bytes = claims().bytes();
    let statement = File::Statement {
        bytes: &bytes,
        jws: None,
    };
    assert_eq!(
        check(statement, &keys(), Beside::default()),
        Answer::StatementAlone
    );
    assert_eq!(
        ask(PAGES, &Attachments::default(), Beside::default()),
        Answer::NoSignature
    );
}

#[test]
fn a_statement_with_its_jws_is_genuine() {
    let (bytes, jws) = (claims().bytes(), signed(&claims(), &key()));
    assert!(
        check(
            File::Statement {
                bytes: &bytes,
                jws: Some(&jws)
            },
            &keys(),
            Beside::default()
        )
        .is_genuine()
    );
}

fn log_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn log_vkey() -> VerifierKey {
    VerifierKey::new("lethe.northwind.example/log", log_key().verifying_key()).unwrap()
}

/// The entry of a statement.
fn entry(digest: Digest) -> Vec<u8> {
    let claims = EntryClaims {
        kind: "certificate.signed".into(),
        time: claims().issued_at,
        actor: "system:engine".into(),
        object: format!("certificate:{}", claims().id),
        digest,
    };
    crate::canonical::to_string(&claims).into_bytes()
}

/// The proof of an entry that is the only one of its log.
fn prove(entry: &[u8]) -> String {
    let checkpoint = Checkpoint {
        origin: claims().log.origin,
        size: 1,
        root: merkle::leaf(entry),
    };
    let text = checkpoint.text();
    let line = log_vkey().line(&log_key().sign(text.as_bytes()));
    let note = Note::new(&text, line).unwrap().to_string();
    Proof::new(0, vec![], &note).unwrap().to_string()
}

#[test]
fn a_log_proof_is_believed_only_for_this_statement() {
    let vkey = [log_vkey()];
    let jws = signed(&claims(), &key());
    let ask = |entry: &[u8], proof: &str| {
        let beside = Beside {
            log_keys: &vkey,
            log_entry: Some(entry),
            log_proof: Some(proof.as_bytes()),
            ..Beside::default()
        };
        check(File::Jws(&jws), &keys(), beside)
    };

    let own = entry(claims().digest());
    let answer = ask(&own, &prove(&own));
    assert_eq!(answer.facts().unwrap().log.as_ref().unwrap().index, 0, "{answer}");

    let foreign = entry(sample::complete().digest());
    assert!(matches!(ask(&foreign, &prove(&foreign)), Answer::Altered { .. }));
    assert!(matches!(ask(&own, &prove(&foreign)), Answer::Altered { .. }));
}

#[test]
fn a_proof_under_a_marked_key_of_the_log_proves_nothing() {
    let (entry, vkey) = (entry(claims().digest()), [log_vkey()]);
    let proof = prove(&entry);
    let ask = |kind| {
        let mark = MarkedOtherKey {
            id: thumbprint(&log_key().verifying_key()),
            kind,
            since: None,
            marked_at: claims().issued_at,
        };
        let status = StatusList {
            compromised_other_keys: vec![mark],
            ..list(None, vec![])
        };
        check(
            File::Pdf {
                bytes: PAGES,
                attached: &attached(),
            },
            &keys(),
            Beside {
                raw: Some(&raw(PAGES)),
                log_keys: &vkey,
                log_entry: Some(&entry),
                log_proof: Some(proof.as_bytes()),
                status: Some(&status),
                ..Beside::default()
            },
        )
    };
    let refused = ask(KeyKind::Log);
    assert!(
        matches!(&refused, Answer::NotOurs { why } if why.contains("fetch a fresh one")),
        "{refused}"
    );
    assert!(
        ask(KeyKind::Seal).is_genuine(),
        "another key's mark is no matter of the log"
    );
}

/// The keys, with the one that signed marked as compromised.
fn marked() -> KeySet {
    KeySet::new(vec![keys().keys()[0].clone().compromised(claims().issued_at)])
}

/// A list that another key signed, in which the certificate may be attested again.
fn list(again_for: Option<&[u8]>, keys: Vec<MarkedKey>) -> StatusList {
    StatusList {
        schema: standing::LIST_SCHEMA.into(),
        iss: "Northwind".into(),
        iat: claims().issued_at.as_microsecond() / 1_000_000 + 3_600,
        exp: claims().issued_at.as_microsecond() / 1_000_000 + 7_200,
        certificates: vec![StatusRow {
            id: claims().id,
            statement: claims().digest(),
            state: StandingState::Issued,
            since: claims().issued_at,
            document: None,
            attested_again: again_for.map(|pages| AttestedAgain {
                key_id: claims().key_id,
                document: Digest::of(pages),
                at: claims().issued_at,
            }),
        }],
        compromised_keys: keys,
        compromised_other_keys: Vec::new(),
    }
}

#[test]
fn what_a_marked_key_signed_is_genuine_only_if_it_is_attested_again() {
    let raw = raw(PAGES);
    let ask = |keys: &KeySet, status: Option<&StatusList>| {
        let file = File::Pdf {
            bytes: PAGES,
            attached: &attached(),
        };
        let raw = Some(raw.as_slice());
        check(
            file,
            keys,
            Beside {
                raw,
                status,
                ..Beside::default()
            },
        )
    };
    let alone = ask(&marked(), None);
    assert!(matches!(alone, Answer::KeyCompromised(_)), "{alone}");
    assert!(alone.to_string().contains("status list can say"), "{alone}");
    let silent = ask(&marked(), Some(&list(None, vec![])));
    assert!(matches!(silent, Answer::KeyCompromised(_)), "{silent}");
    let again = ask(&marked(), Some(&list(Some(PAGES), vec![])));
    assert!(again.is_genuine(), "{again}");
    let words = again.facts().unwrap().mark.as_ref().unwrap().words();
    assert!(words.contains("attested the certificate again"), "{words}");
    // Pages that a thief signed, around the genuine statement.
    let swapped = ask(&marked(), Some(&list(Some(OTHER_PAGES), vec![])));
    assert!(matches!(swapped, Answer::StatementOnly { .. }), "{swapped}");
    // Keys fetched before the mark: the list says it.
    let mark = MarkedKey {
        kid: claims().key_id,
        since: None,
        marked_at: claims().issued_at,
    };
    let told = ask(&keys(), Some(&list(None, vec![mark.clone()])));
    assert!(matches!(told, Answer::KeyCompromised(_)), "{told}");
    assert!(ask(&keys(), Some(&list(Some(PAGES), vec![mark]))).is_genuine());
}
