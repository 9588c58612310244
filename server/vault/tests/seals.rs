//! The life of seals: made with the keys, replaced, ended; and what OpenSSL says of their files and certificates.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use domain::key::Compromise;
use domain::port::keeper::KeyKeeper as _;
use domain::port::signer::{SignError, Signer as _};
use domain::time::Timestamp;
use support::{Desk, ORIGIN, PASSPHRASE, PDF, at, first_day, run, run_well};
use vault::SealAlgorithm::{Ed25519, P256};
use vault::{IssuerKeys, IssuerSettings};

fn both(desk: &Desk) -> IssuerKeys {
    let settings = IssuerSettings {
        seals: vec![Ed25519, P256],
        ..desk.settings()
    };
    desk.create(settings).unwrap()
}

fn sealed(issuer: &IssuerKeys, at: Timestamp) -> Result<Vec<u8>, SignError> {
    let seal = issuer.seals(at)?.pop().unwrap();
    issuer.seal(&seal, &[PDF, b"the rest"], at)
}

#[test]
fn the_same_bytes_are_sealed_the_same_and_others_otherwise() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let seal = issuer.seals(first_day()).unwrap().pop().unwrap();
    let of = |rest: &[u8]| issuer.seal(&seal, &[PDF, rest], first_day()).unwrap();
    assert_eq!(of(b"the rest"), of(b"the rest"));
    assert_ne!(of(b"the rest"), of(b"another"));
}

#[test]
fn only_a_pdf_is_sealed() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let seal = issuer.seals(first_day()).unwrap().pop().unwrap();
    assert!(issuer.seal(&seal, &[b"a contract"], first_day()).is_err());
}

#[test]
fn a_seal_signs_within_its_year_and_never_after() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    assert!(sealed(&issuer, at("2027-03-01T11:59:59Z")).is_ok());
    for outside in ["2026-03-01T11:59:59Z", "2027-03-01T12:00:00Z"].map(at) {
        let refused = SignError::NoValidKey {
            kind: "seal",
            at: outside,
        };
        assert_eq!(sealed(&issuer, outside), Err(refused.clone()));
        // Nor when somebody asks with a seal in the hand.
        let seal = issuer.seals(first_day()).unwrap().pop().unwrap();
        assert_eq!(issuer.seal(&seal, &[PDF], outside), Err(refused));
    }
}

#[test]
fn a_fresh_seal_stands_under_the_same_root_and_the_old_key_is_gone() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let other_process = desk.open(PASSPHRASE).unwrap();
    let (day, files) = (at("2026-12-01T00:00:00.5Z"), desk.keys().len());
    let before = issuer.seals(day).unwrap();
    let fresh = issuer.rotate_seals(day).unwrap();
    assert_eq!((fresh.len(), desk.keys().len()), (1, files));

    let after = other_process.seals(at("2026-12-01T00:00:01Z")).unwrap();
    assert_eq!((&after[0].root, &after[0].crl), (&before[0].root, &before[0].crl));
    assert_ne!(after[0].certificate, before[0].certificate);
    assert!(
        issuer.seal(&before[0], &[PDF], day).is_err(),
        "a retired seal signs no more"
    );
    let retired = issuer.seal_records().unwrap().swap_remove(0).1;
    assert_eq!(retired.retired_at, Some(at("2026-12-01T00:00:01Z")));
}

#[test]
fn a_root_that_ends_too_soon_gives_way_to_a_fresh_one() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let day = at("2037-03-01T00:00:00Z");
    let old = issuer.public_keys(day).unwrap().root_certificates();
    issuer.rotate_seals(day).unwrap();
    assert_ne!(issuer.public_keys(day).unwrap().root_certificates(), old);
    assert!(sealed(&issuer, day).is_ok());
}

#[test]
fn an_issuer_of_an_earlier_release_gets_its_seals_when_it_starts() {
    let desk = Desk::new();
    let without = IssuerSettings {
        seals: vec![],
        ..desk.settings()
    };
    drop(desk.create(without).unwrap());
    let list = desk.path("keys/keys.json");
    let text = std::fs::read_to_string(&list).unwrap();
    let earlier = text.replace(",\n  \"authorities\": []", "");
    assert_ne!(earlier, text);
    std::fs::write(&list, earlier).unwrap();
    assert!(sealed(&desk.issuer(), first_day()).is_ok());
    // And another seal when the setting asks for it; those before stay.
    let before = desk.issuer().seals(first_day()).unwrap();
    assert_eq!(both(&desk).seals(first_day()).unwrap()[1..], before);
}

#[test]
fn openssl_reads_the_key_files_and_follows_the_chain() {
    let desk = Desk::new();
    let issuer = both(&desk);
    let passphrase = desk.write("passphrase", PASSPHRASE);
    let public = issuer.public_keys(first_day()).unwrap();
    let roots = desk.write("ca.pem", public.root_certificates());
    for (seal, (name, list)) in issuer
        .seals(first_day())
        .unwrap()
        .iter()
        .zip(public.revocation_lists())
    {
        let certificate = desk.write("seal.der", &seal.certificate);
        let read = format!(
            "openssl pkey -in {{}} -passin file:{} -pubout",
            passphrase.display()
        );
        let key = run_well(&read, &[&desk.pem(&format!("{}-seal", seal.algorithm))]);
        assert_eq!(
            run_well("openssl x509 -in {} -noout -pubkey", &[&certificate]),
            key
        );

        let list = desk.write(&name, list);
        let seconds = at("2035-01-01T00:00:00Z").as_microsecond() / 1_000_000;
        let verify = format!("openssl verify -CAfile {{}} -crl_check -CRLfile {{}} -attime {seconds} {{}}");
        run_well(&verify, &[&roots, &list, &certificate]);
        let too_late = at("2036-03-02T00:00:00Z").as_microsecond() / 1_000_000;
        let late = verify.replace(&seconds.to_string(), &too_late.to_string());
        assert!(!run(&late, &[&roots, &list, &certificate]).status.success());

        let shown = run_well("openssl x509 -in {} -noout -text", &[&certificate]);
        for words in [
            &format!("Subject: CN = Seal of {ORIGIN}"),
            "Digital Signature, Non Repudiation",
            "E-mail Protection, 1.3.6.1.5.5.7.3.36",
        ] {
            let either = shown.contains(words)
                || shown
                    .replace(
                        "1.3.6.1.5.5.7.3.36, E-mail Protection",
                        "E-mail Protection, 1.3.6.1.5.5.7.3.36",
                    )
                    .contains(words);
            assert!(either, "{words}: {shown}");
        }
    }
}

/// A seal that somebody else may have had is on the list of its root: whoever holds the list refuses it, and the one that took
/// its place is taken.
#[test]
fn openssl_refuses_a_seal_that_is_marked_and_takes_the_next_one() {
    let desk = Desk::new();
    let issuer = both(&desk);
    let stolen = issuer.seals(first_day()).unwrap();
    let marked_at = at("2026-06-01T00:00:00Z");
    for (_, seal) in issuer.seal_records().unwrap() {
        let mark = Compromise {
            since: Some(at("2026-05-20T00:00:00Z")),
            marked_at,
            reason: "the folder lay in a public bucket".into(),
        };
        issuer.mark_compromised(&seal.name(), mark).unwrap();
    }
    let later = at("2026-06-02T00:00:00Z");
    let public = issuer.public_keys(later).unwrap();
    let roots = desk.write("ca.pem", public.root_certificates());
    let seconds = later.as_microsecond() / 1_000_000;
    let verify = format!("openssl verify -CAfile {{}} -crl_check -CRLfile {{}} -attime {seconds} {{}}");
    let fresh = issuer.seals(later).unwrap();
    for ((stolen, fresh), (name, list)) in stolen.iter().zip(&fresh).zip(public.revocation_lists()) {
        let list = desk.write(&name, list);
        let (old, new) = (
            desk.write("old.der", &stolen.certificate),
            desk.write("new.der", &fresh.certificate),
        );
        let refused = run(&verify, &[&roots, &list, &old]);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && words.contains("certificate revoked"),
            "{words}"
        );
        run_well(&verify, &[&roots, &list, &new]);
        let shown = run_well("openssl crl -inform DER -in {} -noout -text", &[&list]);
        for words in [
            "Key Compromise",
            "Invalidity Date",
            "May 20 00:00:00 2026 GMT",
            "X509v3 CRL Number",
        ] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
    }
}

#[test]
fn openssl_refuses_every_seal_of_a_root_that_is_marked() {
    let desk = Desk::new();
    let issuer = both(&desk);
    let old = issuer.seals(first_day()).unwrap();
    let roots = issuer.public_keys(first_day()).unwrap().roots;
    for root in &roots {
        let mark = Compromise {
            since: None,
            marked_at: at("2026-06-01T00:00:00Z"),
            reason: "the safe was opened".into(),
        };
        issuer.mark_compromised(&root.id, mark).unwrap();
    }
    let later = at("2026-06-02T00:00:00Z");
    let public = issuer.public_keys(later).unwrap();
    let seconds = later.as_microsecond() / 1_000_000;
    let trusted = desk.write("ca.pem", public.root_certificates());
    let lists = public.revocation_lists();
    for (seal, root) in old.iter().zip(&roots) {
        let seal = desk.write("old.der", &seal.certificate);
        // Whoever trusts what is published now does not know the root.
        let verify = format!("openssl verify -CAfile {{}} -attime {seconds} {{}}");
        assert!(!run(&verify, &[&trusted, &seal]).status.success());
        // Whoever still trusts the root, and fetches its last list, refuses the seal.
        let (_, list) = lists.iter().find(|(name, _)| name.contains(&root.id)).unwrap();
        let (list, root) = (
            desk.write("last.der", list),
            desk.write("old-root.pem", &root.pem),
        );
        let verify = format!("openssl verify -CAfile {{}} -crl_check -CRLfile {{}} -attime {seconds} {{}}");
        let refused = run(&verify, &[&root, &list, &seal]);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(words.contains("certificate revoked"), "{words}");
        let shown = run_well("openssl crl -inform DER -in {} -noout -text", &[&list]);
        // One seal and the root itself, after the first list of all.
        let number = shown
            .lines()
            .skip_while(|line| !line.contains("X509v3 CRL Number"))
            .nth(1);
        assert_eq!(number.map(str::trim), Some("3"), "{shown}");
        assert!(shown.contains("CA Compromise"), "{shown}");
    }
}
