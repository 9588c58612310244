//! Reading, refusing, making and rotating key texts.

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::system::SystemEntropy;

const ONE: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const ONE_BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const TWO: &str = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

fn probe(text: &str) -> Result<PurposeKeys, KeyError> {
    PurposeKeys::parse("LETHE_PROBE_KEY", Purpose::ProbeCredential, text)
}

fn record(text: &str) -> Result<PurposeKeys, KeyError> {
    PurposeKeys::parse("LETHE_RECORD_KEY", Purpose::Record, text)
}

#[test]
fn hexadecimal_and_base64_are_the_same_key() {
    let keys = [
        ONE,
        ONE_BASE64,
        ONE_BASE64.trim_end_matches('='),
        &ONE.to_uppercase(),
    ]
    .map(|text| probe(text).unwrap());
    assert!(keys.windows(2).all(|pair| pair[0].present == pair[1].present));
}

#[test]
fn the_first_key_is_present_and_the_others_are_retired() {
    for text in [
        format!("# new\n{TWO}\n\n{ONE}\n"),
        format!("{TWO},{ONE}"),
        format!("{TWO} {ONE}\r\n"),
    ] {
        let keys = probe(&text).unwrap();
        assert_eq!(keys.present, probe(TWO).unwrap().present);
        assert_eq!(keys.retired, [probe(ONE).unwrap().present]);
    }
}

#[test]
fn what_is_wrong_is_named_with_its_setting_and_never_the_key() {
    let message = |text: &str| probe(text).unwrap_err().to_string();
    assert_eq!(
        message(&ONE[..62]),
        "LETHE_PROBE_KEY: key 1 has 31 bytes; a key has 32 (64 hexadecimal characters, or 44 of base64)"
    );
    assert!(message(&format!("{ONE}00")).contains("key 1 has 33 bytes"));
    assert!(message("AAECAwQFBgcICQoLDA0ODw==").contains("key 1 has 16 bytes"));
    assert_eq!(
        message(&format!("{ONE} my-secret!")),
        "LETHE_PROBE_KEY: key 2 is neither hexadecimal nor base64"
    );
    assert_eq!(
        message(&format!("{ONE}\n{ONE_BASE64}")),
        "LETHE_PROBE_KEY: key 2 stands there twice"
    );
    assert_eq!(
        message(&"00".repeat(32)),
        "LETHE_PROBE_KEY: key 1 is one byte repeated, not a key"
    );
    assert_eq!(
        message("# nothing"),
        "LETHE_PROBE_KEY: holds no probe_credential key"
    );
    assert!(matches!(
        probe(&format!("{ONE} digest:{TWO}")),
        Err(KeyError::StrayDigestKey { .. })
    ));
}

#[test]
fn a_record_key_has_exactly_one_digest_key() {
    assert!(record(&format!("{ONE}\ndigest:{TWO}")).unwrap().digest.is_some());
    assert!(matches!(record(ONE), Err(KeyError::DigestKey { .. })));
    assert!(matches!(
        record(&format!("{ONE} digest:{ONE} digest:{TWO}")),
        Err(KeyError::DigestKey { .. })
    ));
    assert!(matches!(
        record(&format!("digest:{TWO}")),
        Err(KeyError::None { .. })
    ));
}

#[test]
fn a_made_file_is_private_read_back_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/record.key");
    generate_file(&path, Purpose::Record, &SystemEntropy).unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&path).unwrap();
    PurposeKeys::read("X", Purpose::Record, &Source::File(path.clone())).unwrap();
    assert!(matches!(
        generate_file(&path, Purpose::Record, &SystemEntropy),
        Err(KeyError::Write { .. })
    ));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn rotating_a_file_keeps_the_old_keys_and_the_digest_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.key");
    generate_file(&path, Purpose::Record, &SystemEntropy).unwrap();
    let read = || PurposeKeys::read("X", Purpose::Record, &Source::File(path.clone())).unwrap();
    let first = read();
    rotate_file("X", &path, Purpose::Record, &SystemEntropy).unwrap();
    rotate_file("X", &path, Purpose::Record, &SystemEntropy).unwrap();
    let third = read();
    assert_eq!(
        (third.retired.len(), third.retired[1] == first.present),
        (2, true)
    );
    assert_eq!(third.digest, first.digest);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn printing_shows_no_key() {
    let printed = format!("{:?} {:?}", probe(ONE).unwrap(), probe(ONE).unwrap().present);
    assert_eq!(printed, "PurposeKeys(1 present, 0 retired) SecretKey(..)");
}
