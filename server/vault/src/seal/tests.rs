//! What the key ring opens, and above all what it does not.

use super::*;
use crate::system::SystemEntropy;

const SECRET: &[u8] = b"postgres://eraser:hunter2@crm/app";

fn fresh(purpose: Purpose) -> (Purpose, PurposeKeys) {
    (purpose, PurposeKeys::generate(purpose, &SystemEntropy))
}

fn ring(keys: impl IntoIterator<Item = (Purpose, PurposeKeys)>) -> KeyRing {
    KeyRing::new(keys, Arc::new(SystemEntropy)).unwrap()
}

fn full() -> KeyRing {
    ring(Purpose::ALL.map(fresh))
}

#[test]
fn what_is_sealed_opens_in_its_place_only() {
    let ring = full();
    let sealed = ring
        .seal(Purpose::EraseCredential, "system:crm:erase", SECRET)
        .unwrap();
    assert_eq!(
        ring.open(Purpose::EraseCredential, "system:crm:erase", &sealed)
            .unwrap(),
        SECRET
    );
    let elsewhere = ring.open(Purpose::EraseCredential, "system:shop:erase", &sealed);
    assert_eq!(elsewhere, Err(VaultError::Broken(Purpose::EraseCredential)));
    let other_purpose = ring.open(Purpose::Record, "system:crm:erase", &sealed);
    assert!(matches!(
        other_purpose,
        Err(VaultError::UnknownKey {
            purpose: Purpose::Record,
            ..
        })
    ));
}

#[test]
fn a_verifier_cannot_open_an_erase_secret() {
    let keys = Purpose::ALL.map(fresh);
    let sealed = ring(keys.clone())
        .seal(Purpose::EraseCredential, "system:crm:erase", SECRET)
        .unwrap();
    let verifier = ring(
        keys.into_iter()
            .filter(|(purpose, _)| *purpose != Purpose::EraseCredential),
    );
    assert_eq!(
        verifier.purposes().collect::<Vec<_>>(),
        [Purpose::ProbeCredential, Purpose::Record]
    );
    for purpose in Purpose::ALL {
        assert!(
            verifier.open(purpose, "system:crm:erase", &sealed).is_err(),
            "{}",
            purpose.word()
        );
    }
    let no_key = Err(VaultError::NoKey(Purpose::EraseCredential));
    assert_eq!(
        verifier.open(Purpose::EraseCredential, "system:crm:erase", &sealed),
        no_key
    );
    assert!(verifier.seal(Purpose::EraseCredential, "x", b"x").is_err());
}

#[test]
fn the_same_text_never_seals_to_the_same_box() {
    let ring = full();
    let seal = || ring.seal(Purpose::Record, "hold:1", SECRET).unwrap();
    assert_ne!(seal().box_, seal().box_);
}

#[test]
fn every_altered_byte_is_noticed() {
    let ring = full();
    let sealed = ring.seal(Purpose::Record, "hold:1", b"name").unwrap();
    let bytes = STANDARD.decode(&sealed.box_).unwrap();
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        let altered = Sealed {
            box_: STANDARD.encode(altered),
            ..sealed.clone()
        };
        assert_eq!(
            ring.open(Purpose::Record, "hold:1", &altered),
            Err(VaultError::Broken(Purpose::Record))
        );
    }
    let cut = Sealed {
        box_: STANDARD.encode(&bytes[..10]),
        ..sealed
    };
    assert_eq!(
        ring.open(Purpose::Record, "hold:1", &cut),
        Err(VaultError::Broken(Purpose::Record))
    );
}

#[test]
fn rotation_keeps_old_boxes_and_digests() {
    let (purpose, keys) = fresh(Purpose::Record);
    let before = ring([(purpose, keys.clone())]);
    let after = ring([(purpose, keys.rotated(&SystemEntropy))]);
    let old = before.seal(purpose, "hold:1", SECRET).unwrap();
    let wrapped = before.new_key("request:1").unwrap();
    let sample = before.seal_under(&wrapped, "sample:1", b"id").unwrap();

    assert_eq!(after.open(purpose, "hold:1", &old).unwrap(), SECRET);
    assert_eq!(after.open_under(&wrapped, "sample:1", &sample).unwrap(), b"id");
    assert_eq!(after.digest("email", b"a@b"), before.digest("email", b"a@b"));
    let new = after.seal(purpose, "hold:1", SECRET).unwrap();
    assert_eq!(
        [&old, &new].map(|sealed| after.is_outdated(purpose, sealed)),
        [true, false]
    );
    assert!(matches!(
        before.open(purpose, "hold:1", &new),
        Err(VaultError::UnknownKey { .. })
    ));
}

#[test]
fn a_data_key_seals_for_its_request_only() {
    let ring = full();
    let (one, two) = (
        ring.new_key("request:1").unwrap(),
        ring.new_key("request:2").unwrap(),
    );
    let sealed = ring.seal_under(&one, "sample:crm", b"id").unwrap();
    assert_eq!(ring.open_under(&one, "sample:crm", &sealed).unwrap(), b"id");
    let broken = Err(VaultError::Broken(Purpose::Record));
    assert_eq!(ring.open_under(&two, "sample:crm", &sealed), broken);
    assert_eq!(ring.open_under(&one, "sample:shop", &sealed), broken);
    // A wrapped key is no sealed record, and the other way round.
    assert_eq!(ring.open(Purpose::Record, "request:1", &one), broken);
    let record = ring.seal(Purpose::Record, DATA_KEY, &[7; 32]).unwrap();
    assert!(ring.seal_under(&record, "x", b"x").is_err());
}

#[test]
fn a_destroyed_data_key_says_so() {
    let destroyed = Sealed {
        key: String::new(),
        box_: String::new(),
    };
    assert_eq!(
        full().digest_under(&destroyed, "id", b"1"),
        Err(VaultError::Destroyed)
    );
}

#[test]
fn digests_differ_by_label_value_and_key() {
    let ring = full();
    let (one, two) = (
        ring.new_key("request:1").unwrap(),
        ring.new_key("request:2").unwrap(),
    );
    let digests = [
        ring.digest("email", b"a@b").unwrap(),
        ring.digest("emaila", b"@b").unwrap(),
        ring.digest("email", b"a@c").unwrap(),
        ring.digest_under(&one, "email", b"a@b").unwrap(),
        ring.digest_under(&two, "email", b"a@b").unwrap(),
        full().digest("email", b"a@b").unwrap(),
    ];
    let different: std::collections::BTreeSet<_> = digests.iter().collect();
    assert_eq!(different.len(), digests.len());
    assert_eq!(ring.digest_under(&one, "email", b"a@b").unwrap(), digests[3]);
    let without = super::KeyRing::new([fresh(Purpose::ProbeCredential)], Arc::new(SystemEntropy)).unwrap();
    assert_eq!(
        without.digest("email", b"a@b"),
        Err(VaultError::NoKey(Purpose::Record))
    );
}

#[test]
fn purposes_may_not_share_a_key() {
    let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let keys = [Purpose::EraseCredential, Purpose::ProbeCredential]
        .map(|purpose| (purpose, PurposeKeys::parse("X", purpose, text).unwrap()));
    let refused = KeyRing::new(keys, Arc::new(SystemEntropy)).unwrap_err();
    assert_eq!(
        refused,
        SharedKey(Purpose::EraseCredential, Purpose::ProbeCredential)
    );
}

#[test]
fn printing_shows_no_key() {
    let printed = format!("{:?}", ring([fresh(Purpose::Record)]));
    assert_eq!(printed, "KeyRing { purposes: [\"record\"], .. }");
}
