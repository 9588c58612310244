//! The seals, as the tools of others see them: pyHanko without any network, poppler's pdfsig, qpdf.

use std::path::Path;
use std::process::{Command, Output};

use domain::certificate::{Answer, Beside, Claims, File, Pages, check};
use domain::port::press::PressError;
use domain::port::signer::SignError;
use lopdf::Document;
use vault::SealAlgorithm::{Ed25519, P256};

use super::signed::House;
use super::{samples, signed};

/// When the seals of the samples begin.
const FIRST_DAY: &str = "2026-03-01T12:00:00Z";
/// When the samples are looked at: long after the seal's key has ended, and within the years of its certificate.
const LATER: &str = "2033-03-01T12:00:00Z";

/// A folder with a sealed certificate and the roots of its issuer.
fn given(house: &House, claims: &Claims) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("certificate.pdf"), house.pdf(claims)).unwrap();
    house.write_roots(folder.path());
    folder
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        // Whoever asks the network gets no answer.
        .envs(["http_proxy", "https_proxy"].map(|name| (name, "http://127.0.0.1:9")))
        .output();
    output.unwrap_or_else(|error| panic!("{program} cannot be run: {error}"))
}

/// pyHanko's programs lie beside the Python of the tests.
fn pyhanko(folder: &Path, arguments: &[&str]) -> String {
    let python = std::env::var("LETHE_TEST_PYTHON")
        .expect("LETHE_TEST_PYTHON must name a Python with pyhanko-cli; `cargo xtask test` sets it");
    let output = run(&python, &[&["-m", "pyhanko"], arguments].concat(), folder);
    [output.stdout, output.stderr]
        .map(|said| String::from_utf8_lossy(&said).into_owned())
        .concat()
}

fn judged(folder: &Path, at: &str) -> String {
    let options = ["sign", "adesverify", "--trust", "ca.pem", "--validation-time", at];
    pyhanko(folder, &[&options[..], &["certificate.pdf"]].concat())
}

#[test]
fn pyhanko_trusts_a_seal_offline() {
    let house = House::new();
    for systems in [1, 12, 500] {
        let folder = given(&house, &samples::complete(systems));
        for at in ["2026-03-09T10:06:00Z", LATER] {
            let said = judged(folder.path(), at);
            assert!(
                said.contains(":TRUSTED,UNTOUCHED"),
                "{systems} systems at {at}: {said}"
            );
        }
    }
}

#[test]
fn pyhanko_trusts_an_ed25519_seal_as_well() {
    let house = House::with(vec![Ed25519], samples::at(FIRST_DAY));
    let said = judged(given(&house, &samples::complete(1)).path(), LATER);
    assert!(said.contains(":TRUSTED,UNTOUCHED"), "{said}");
}

#[test]
fn of_two_seals_the_last_covers_the_whole_file() {
    let house = House::with(vec![Ed25519, P256], samples::at(FIRST_DAY));
    let folder = given(&house, &samples::partial());
    let said = judged(folder.path(), LATER);
    let seal = |name: &str| {
        said.lines()
            .find(|line| line.starts_with(name))
            .unwrap_or(&said)
            .to_owned()
    };
    assert!(
        seal("Seal-ed25519").contains(":TRUSTED,EXTENDED_WITH_FORM_FILLING,ACCEPTABLE"),
        "{said}"
    );
    assert!(seal("Seal-p256").contains(":TRUSTED,UNTOUCHED"), "{said}");
    assert!(
        run("qpdf", &["--check", "certificate.pdf"], folder.path())
            .status
            .success()
    );
}

#[test]
fn a_seal_under_another_root_is_not_trusted() {
    let folder = given(&House::new(), &samples::complete(1));
    House::with(vec![Ed25519], samples::at(FIRST_DAY)).write_roots(folder.path());
    let said = judged(folder.path(), LATER);
    assert!(
        said.contains("Seal-p256") && said.contains(":UNTRUSTED,"),
        "{said}"
    );
}

#[test]
fn pyhanko_refuses_a_changed_byte() {
    let folder = given(&House::new(), &samples::complete(1));
    let path = folder.path().join("certificate.pdf");
    let sealed = std::fs::read(&path).unwrap();
    for part in [10, 50, 80] {
        let mut altered = sealed.clone();
        let place = altered.len() * part / 100;
        altered[place] ^= 1;
        std::fs::write(&path, altered).unwrap();
        let said = judged(folder.path(), LATER);
        assert!(!said.contains("TRUSTED"), "byte {place}: {said}");
    }
}

#[test]
fn poppler_finds_the_signature_valid_and_the_whole_document_signed() {
    let house = House::new();
    for systems in [1, 12, 500] {
        let folder = given(&house, &samples::complete(systems));
        let output = run("pdfsig", &["certificate.pdf"], folder.path());
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        for words in [
            "Signature is Valid",
            "Total document signed",
            "ETSI.CAdES.detached",
            "Mar 09 2026 10:05:00",
            "CN=Seal of lethe.northwind.example/log",
        ] {
            assert!(said.contains(words), "{systems} systems: {said}");
        }
    }
}

#[test]
fn openssl_follows_the_chain_and_the_list_of_revoked_certificates() {
    let house = House::new();
    let folder = given(&house, &samples::complete(1));
    let seal = house.keys.seals(samples::at(FIRST_DAY)).unwrap().swap_remove(0);
    std::fs::write(folder.path().join("seal.der"), seal.certificate).unwrap();
    let output = run(
        "openssl",
        &[
            "verify",
            "-CAfile",
            "ca.pem",
            "-crl_check",
            "-CRLfile",
            "crl.der",
            "-purpose",
            "smimesign",
            "-attime",
            "1785000000",
            "seal.der",
        ],
        folder.path(),
    );
    assert!(output.status.success(), "{output:?}");
}

/// Our own rule: a seal that only viewers check confirms nothing here; the whole bytes are signed beside the file.
#[test]
fn our_own_check_asks_for_the_signature_beside_the_file_all_the_same() {
    let claims = samples::complete(1);
    let pdf = House::new().pdf(&claims);
    let attached = domain::certificate::pdf::attachments(&pdf).unwrap();
    let file = File::Pdf {
        bytes: &pdf,
        attached: &attached,
    };
    let alone = check(file, &signed::keys(), Beside::default());
    assert!(
        matches!(
            alone,
            Answer::StatementOnly {
                pages: Pages::NoSignatureGiven,
                ..
            }
        ),
        "{alone}"
    );
    let raw = signed::raw_signature(&pdf);
    let beside = Beside {
        raw: Some(&raw),
        ..Beside::default()
    };
    assert!(check(file, &signed::keys(), beside).is_genuine());
}

#[test]
fn an_expired_seal_never_signs_and_nothing_goes_out_without_one() {
    let house = House::new();
    let manuscript = signed::manuscript(&samples::complete(1));
    for at in ["2026-02-28T12:00:00Z", "2027-03-01T12:00:00Z"].map(samples::at) {
        let refused = press::render_sealed(&manuscript, &*house.keys, at);
        assert_eq!(
            refused,
            Err(PressError::Unsealed(SignError::NoValidKey { kind: "seal", at }))
        );
    }
}

#[test]
fn chain_and_list_are_in_the_document_before_it_is_sealed() {
    let house = House::new();
    let pdf = house.pdf(&samples::complete(1));
    let unsealed = pdf.windows(5).position(|window| window == b"%%EOF").unwrap() + 5;
    let document = Document::load_mem(&pdf[..unsealed]).unwrap();
    let store = document
        .catalog()
        .unwrap()
        .get(b"DSS")
        .unwrap()
        .as_reference()
        .unwrap();
    let store = document.get_object(store).unwrap().as_dict().unwrap();
    let streams = |key: &[u8]| -> Vec<Vec<u8>> {
        let list = store.get(key).unwrap().as_array().unwrap().iter();
        list.map(|object| {
            let stream = document.get_object(object.as_reference().unwrap()).unwrap();
            stream.as_stream().unwrap().get_plain_content().unwrap()
        })
        .collect()
    };
    let seal = house.keys.seals(samples::at(FIRST_DAY)).unwrap().swap_remove(0);
    assert_eq!(streams(b"Certs"), [seal.certificate, seal.root]);
    assert_eq!(streams(b"CRLs"), [seal.crl]);
}
