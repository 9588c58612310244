//! What we sign is checked with programs and libraries of others, and what they sign with ours.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::audit::{Checkpoint, Proof, merkle};
use domain::certificate::StatusList;
use domain::certificate::standing::LIST_SCHEMA;
use domain::port::signer::Signer as _;
use domain::signature::jwk::{Jwk, KeySet};
use domain::signature::jws::Typ;
use domain::signature::{VerifyingKey, sshsig};
use signed_note::{StandardVerifier, VerifierList};
use support::{Desk, ORIGIN, PASSPHRASE, PDF, STATEMENT, first_day, python, run, run_well};
use vault::pem::Work;
use vault::{IssuerKeys, IssuerSettings};

const VERIFY: &str = "openssl pkeyutl -verify -pubin -inkey {} -rawin -in {} -sigfile {}";

#[test]
fn openssl_reads_the_key_files_with_the_passphrase_only() {
    let desk = Desk::new();
    let settings = IssuerSettings {
        work: Work::USUAL,
        ..desk.settings()
    };
    let issuer = desk.create(settings).unwrap();
    let passphrase = desk.write("passphrase", PASSPHRASE);
    let wrong = desk.write("wrong", "wrong");
    let published = issuer.public_keys(first_day()).unwrap();
    for (kind, public) in [("document", published.public_pem), ("log", published.log_pem)] {
        let pem = desk.pem(kind);
        assert_eq!(run_well(&openssl_pubout(&passphrase), &[&pem]), public);
        assert!(!run(&openssl_pubout(&wrong), &[&pem]).status.success());
    }
}

fn openssl_pubout(passphrase: &Path) -> String {
    format!(
        "openssl pkey -in {{}} -passin file:{} -pubout",
        passphrase.display()
    )
}

#[tokio::test]
async fn a_key_that_openssl_encrypted_anew_is_read() {
    let desk = Desk::new();
    drop(desk.issuer());
    let (old, new) = (
        desk.write("old", PASSPHRASE),
        desk.write("new", "another passphrase"),
    );
    for kind in ["document", "log", "p256-seal"] {
        let (pem, out) = (desk.pem(kind), desk.path("out.pem"));
        let change = format!(
            "openssl pkey -in {{}} -passin file:{} -aes256 -passout file:{} -out {{}}",
            old.display(),
            new.display()
        );
        run_well(&change, &[&pem, &out]);
        std::fs::rename(out, pem).unwrap();
    }
    let issuer = desk.open("another passphrase").unwrap();
    assert!(
        issuer
            .sign_statement(Typ::Statement, STATEMENT, first_day())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn openssl_verifies_the_raw_signature_of_a_document() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let signed = issuer.sign_document(PDF, first_day()).await.unwrap();
    let key = desk.write("key.pem", issuer.public_keys(first_day()).unwrap().public_pem);
    let (pdf, signature) = (desk.write("a.pdf", PDF), desk.write("a.pdf.sig", signed.raw));
    run_well(VERIFY, &[&key, &pdf, &signature]);
    desk.write("a.pdf", [PDF, b" "].concat());
    assert!(!run(VERIFY, &[&key, &pdf, &signature]).status.success());
}

#[tokio::test]
async fn openssl_verifies_a_statement() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let jws = issuer
        .sign_statement(Typ::Statement, STATEMENT, first_day())
        .await
        .unwrap();
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let key = desk.write("key.pem", issuer.public_keys(first_day()).unwrap().public_pem);
    let signature = desk.write("signature", URL_SAFE_NO_PAD.decode(signature).unwrap());
    run_well(VERIFY, &[&key, &desk.write("signed", signed), &signature]);
    let altered = desk.write("altered", signed.replacen('e', "f", 1));
    assert!(!run(VERIFY, &[&key, &altered, &signature]).status.success());
}

#[tokio::test]
async fn pyjwt_reads_a_status_list_until_it_runs_out() {
    const SCRIPT: &str = "
import sys, jwt
keys = jwt.PyJWKSet.from_json(open(sys.argv[1]).read())
token = open(sys.argv[2]).read()
key = keys[jwt.get_unverified_header(token)['kid']]
claims = jwt.decode(token, key, algorithms=['EdDSA'], options={'require': ['exp', 'iat']})
print(claims['certificates'])";
    let desk = Desk::new();
    let issuer = desk.issuer();
    let jwks = desk.write("jwks.json", issuer.public_keys(first_day()).unwrap().jwks_json);
    // PyJWT asks the clock of this machine.
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    for (ends, read) in [(now + 3_600, true), (now - 3_600, false)] {
        let list = StatusList {
            schema: LIST_SCHEMA.into(),
            iss: "Northwind".into(),
            iat: (now - 7_200).cast_signed(),
            exp: ends.cast_signed(),
            certificates: Vec::new(),
            compromised_keys: Vec::new(),
            compromised_other_keys: Vec::new(),
        };
        let jws = issuer
            .sign_statement(Typ::StatusList, &list.bytes(), first_day())
            .await
            .unwrap();
        let jws = desk.write("status-list.jws", jws);
        let output = Command::new(python())
            .args(["-c", SCRIPT])
            .args([&jwks, &jws])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), read, "{said}");
        assert!(read || said.contains("ExpiredSignatureError"), "{said}");
    }
}

#[tokio::test]
async fn pyjwt_verifies_a_statement_with_the_key_set() {
    const SCRIPT: &str = "
import sys, jwt
keys = jwt.PyJWKSet.from_json(open(sys.argv[1]).read())
token = open(sys.argv[2]).read()
header = jwt.get_unverified_header(token)
assert header['typ'] == 'lethe-statement+jws' and header['alg'] == 'EdDSA', header
payload = jwt.PyJWS().decode(token, keys[header['kid']], algorithms=['EdDSA'])
sys.stdout.buffer.write(payload)";
    let desk = Desk::new();
    let issuer = desk.issuer();
    let jwks = desk.write("jwks.json", issuer.public_keys(first_day()).unwrap().jwks_json);
    let jws = issuer
        .sign_statement(Typ::Statement, STATEMENT, first_day())
        .await
        .unwrap();
    let check = |jws: &str| {
        let jws = desk.write("statement.jws", jws);
        Command::new(python())
            .args(["-c", SCRIPT])
            .args([&jwks, &jws])
            .output()
            .unwrap()
    };
    let good = check(&jws);
    assert_eq!(
        good.stdout,
        STATEMENT,
        "{}",
        String::from_utf8_lossy(&good.stderr)
    );
    let altered = jws.replacen(".ey", ".fy", 1);
    assert_ne!(altered, jws);
    assert!(!check(&altered).status.success());
}

#[tokio::test]
async fn ssh_keygen_verifies_a_document() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let signers = desk.write(
        "allowed_signers",
        issuer.public_keys(first_day()).unwrap().allowed_signers,
    );
    let signed = issuer.sign_document(PDF, first_day()).await.unwrap();
    let signature = desk.write("a.pdf.sshsig", signed.sshsig);
    let check = |bytes: &[u8], who: &str, namespace: &str| {
        let pdf = File::open(desk.write("a.pdf", bytes)).unwrap();
        let command = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-I", who, "-n", namespace])
            .args([Path::new("-f"), &signers, Path::new("-s"), &signature])
            .stdin(pdf)
            .output();
        command.unwrap().status.success()
    };
    assert!(check(PDF, ORIGIN, "lethe-certificate"));
    assert!(!check(&[PDF, b" "].concat(), ORIGIN, "lethe-certificate"));
    assert!(!check(PDF, "somebody.else", "lethe-certificate"));
    assert!(!check(PDF, ORIGIN, "file"));
}

#[test]
fn a_signature_of_ssh_keygen_is_verified() {
    let desk = Desk::new();
    let (key, pdf) = (desk.path("id"), desk.write("a.pdf", PDF));
    let generated = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status();
    assert!(generated.unwrap().success());
    run_well(
        "ssh-keygen -q -Y sign -n lethe-certificate -f {} {}",
        &[&key, &pdf],
    );
    let signature = std::fs::read_to_string(desk.path("a.pdf.sig")).unwrap();

    let public = std::fs::read_to_string(desk.path("id.pub")).unwrap();
    let blob = STANDARD.decode(public.split(' ').nth(1).unwrap()).unwrap();
    let public = VerifyingKey::from_bytes(blob.last_chunk().unwrap()).unwrap();
    let keys = KeySet::new(vec![Jwk::new(public, None, None)]);
    assert_eq!(
        sshsig::verify(&signature, PDF, &keys),
        Ok(keys.keys()[0].kid.clone())
    );
    // And ours is written as OpenSSH writes its own.
    let parsed = sshsig::parse(&signature).unwrap();
    assert_eq!(sshsig::armour(&parsed.key, &parsed.signature), signature);
}

/// A log of 21 entries, its signed checkpoint, and the proof of an entry.
async fn log_proof(issuer: &IssuerKeys, index: u64) -> (Vec<Vec<u8>>, Proof) {
    let entries: Vec<_> = (0..21)
        .map(|n| format!(r#"{{"type":"hold.placed","n":{n}}}"#).into_bytes())
        .collect();
    let (mut tree, mut nodes) = (merkle::Tree::new(), HashMap::new());
    for entry in &entries {
        tree.append(merkle::leaf(entry), |node| {
            nodes.insert(node.place, node.hash);
        });
    }
    let text = Checkpoint {
        origin: ORIGIN.into(),
        size: tree.size(),
        root: tree.root(),
    }
    .text();
    let note = issuer.sign_checkpoint(&text, first_day()).await.unwrap();
    let hashes = merkle::inclusion(index, tree.size(), &nodes).unwrap();
    (entries, Proof::new(index, hashes, &note).unwrap())
}

#[tokio::test]
async fn the_crates_of_another_log_accept_checkpoint_and_proof() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let vkey = issuer.public_keys(first_day()).unwrap().log_vkey;
    let (entries, proof) = log_proof(&issuer, 17).await;

    let note = signed_note::Note::from_bytes(proof.checkpoint.to_string().as_bytes()).unwrap();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).unwrap())]);
    let (verified, unverified) = note.verify(&known).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));

    let theirs = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((theirs.origin(), theirs.size()), (ORIGIN, 21));
    let hashes = proof
        .hashes
        .iter()
        .map(|hash| tlog_tiles::Hash(*hash.as_bytes()))
        .collect();
    let leaf = tlog_tiles::record_hash(&entries[17]);
    tlog_tiles::check_record(&hashes, theirs.size(), *theirs.hash(), 17, leaf).unwrap();
}

#[tokio::test]
async fn a_few_lines_of_python_and_openssl_accept_a_proof() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let vkey = issuer.public_keys(first_day()).unwrap().log_vkey;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check_log_proof.py");
    let check = |entry: &[u8], proof: &str| {
        let (entry, proof) = (
            desk.write("log-entry.json", entry),
            desk.write("log-entry.tlog-proof", proof),
        );
        Command::new(python())
            .arg(script)
            .args([entry, proof])
            .arg(&vkey)
            .output()
            .unwrap()
    };
    for index in [0, 7, 16, 20] {
        let (entries, proof) = log_proof(&issuer, index).await;
        let entry = &entries[usize::try_from(index).unwrap()];
        let good = check(entry, &proof.to_string());
        let printed = String::from_utf8_lossy(&good.stdout).into_owned();
        assert_eq!(
            printed,
            format!("entry {index} is in the log of 21 entries\n"),
            "{}",
            String::from_utf8_lossy(&good.stderr)
        );
        assert!(!check(b"another entry", &proof.to_string()).status.success());
        assert!(
            !check(entry, &proof.to_string().replace("\n21\n", "\n22\n"))
                .status
                .success()
        );
    }
}
