//! All keys in one encrypted file, and back.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use domain::port::signer::Signer as _;
use domain::signature::jws::{self, Typ};
use support::{Desk, PASSPHRASE, STATEMENT, first_day};
use vault::escrow::{Bundle, EscrowError};
use vault::pem::{PemError, Work};
use vault::{IssuerKeys, IssuerSettings, SystemEntropy};
use zeroize::Zeroizing;

const OUTSIDE: &str = "a passphrase in another safe";

fn escrowed(desk: &Desk) -> String {
    let mut bundle = desk.issuer().escrow().unwrap();
    bundle.add(
        "erase.key",
        Zeroizing::new(b"the text of an erase key\n".to_vec()),
    );
    bundle
        .encrypt(OUTSIDE, Work::LEAST, &SystemEntropy)
        .unwrap()
        .to_string()
}

#[tokio::test]
async fn what_is_restored_signs_as_before() {
    let desk = Desk::new();
    let text = escrowed(&desk);
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    let folder = desk.path("restored");
    Bundle::decrypt(&text, OUTSIDE).unwrap().restore(&folder).unwrap();
    assert_eq!(
        std::fs::read(folder.join("erase.key")).unwrap(),
        b"the text of an erase key\n"
    );
    let settings = IssuerSettings {
        folder,
        ..desk.settings()
    };
    let passphrase = Zeroizing::new(PASSPHRASE.to_owned());
    let restored = IssuerKeys::open(settings, passphrase, std::sync::Arc::new(SystemEntropy)).unwrap();
    let jws = restored
        .sign_statement(Typ::Statement, STATEMENT, first_day())
        .await
        .unwrap();
    jws::verify(&jws, Typ::Statement, &desk.issuer().document_keys().unwrap()).unwrap();
    assert_eq!(
        restored.seals(first_day()).unwrap(),
        desk.issuer().seals(first_day()).unwrap()
    );
}

#[test]
fn a_wrong_passphrase_says_so_and_an_altered_file_is_refused() {
    let desk = Desk::new();
    let text = escrowed(&desk);
    let wrong = Bundle::decrypt(&text, "another passphrase").unwrap_err();
    assert!(
        matches!(wrong, EscrowError::Pem(PemError::Passphrase)),
        "{wrong:?}"
    );
    assert!(wrong.to_string().ends_with("nothing was touched"));
    // One character of the middle of the text is another.
    let middle = text.len() / 2;
    let other = if text.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let altered = format!("{}{other}{}", &text[..middle], &text[middle + 1..]);
    assert!(Bundle::decrypt(&altered, OUTSIDE).is_err());
}

#[test]
fn nothing_is_restored_over_keys_that_are_there() {
    let desk = Desk::new();
    let bundle = Bundle::decrypt(&escrowed(&desk), OUTSIDE).unwrap();
    let before = desk.keys();
    let refused = bundle.restore(&desk.path("keys")).unwrap_err();
    assert!(matches!(refused, EscrowError::NotEmpty(_)), "{refused:?}");
    assert_eq!(desk.keys(), before);
}

#[test]
fn a_short_passphrase_is_refused_and_nothing_is_printed() {
    let desk = Desk::new();
    let bundle = desk.issuer().escrow().unwrap();
    let short = bundle.encrypt("short", Work::LEAST, &SystemEntropy).unwrap_err();
    assert!(matches!(short, EscrowError::TooShort));
    let printed = format!("{bundle:?}");
    assert!(
        printed.contains("keys.json") && !printed.contains("BEGIN"),
        "{printed}"
    );
}
