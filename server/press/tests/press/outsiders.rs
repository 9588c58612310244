//! The commands of VERIFY.txt and `docs/verify.md`, run as they are printed: ssh-keygen, openssl, PyJWT, qpdf.

use std::path::Path;
use std::process::{Command, Output};

use domain::signature::sshsig;
use ed25519_dalek::pkcs8::EncodePublicKey as _;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;

use super::{samples, signed};

const NEEDED: &str = "install the Debian packages openssh-client, openssl, qpdf, poppler-utils, python3-jwt, python3-cryptography";

/// A folder with everything a stranger is given: the PDF, its signatures, the issuer's keys.
fn given() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let pdf = signed::pdf(&samples::complete(1));
    let key = signed::document_key().verifying_key();
    put("certificate.pdf.sig", &signed::raw_signature(&pdf));
    put("certificate.pdf.sshsig", signed::ssh_signature(&pdf).as_bytes());
    put("certificate.pdf", &pdf);
    put("jwks.json", signed::keys().to_json().as_bytes());
    put(
        "public.pem",
        key.to_public_key_pem(LineEnding::LF).unwrap().as_bytes(),
    );
    put(
        "log.pem",
        signed::log_key()
            .verifying_key()
            .to_public_key_pem(LineEnding::LF)
            .unwrap()
            .as_bytes(),
    );
    put(
        "allowed_signers",
        sshsig::allowed_signer("certificates@northwind.example", &key).as_bytes(),
    );
    folder
}

fn shell(folder: &Path, script: &str) -> Output {
    let script = format!("set -euo pipefail\n{script}");
    // Debian's own Python has Debian's PyJWT, whatever other Python comes first on this machine.
    let path = format!("/usr/bin:/bin:{}", std::env::var("PATH").unwrap_or_default());
    let output = Command::new("bash")
        .args(["-c", &script])
        .env("PATH", path)
        .current_dir(folder)
        .output();
    output.unwrap_or_else(|error| panic!("bash cannot be run ({error}): install the Debian package bash"))
}

/// The commands of the attached VERIFY.txt: paragraphs that begin like one.
fn commands(folder: &Path) -> Vec<String> {
    let taken = shell(folder, "pdfdetach -saveall certificate.pdf");
    assert!(
        taken.status.success(),
        "install the Debian package poppler-utils: {taken:?}"
    );
    let text = std::fs::read_to_string(folder.join("VERIFY.txt")).unwrap();
    let starts = ["signer=", "pdfdetach ", "cut ", "sha256sum "];
    let paragraphs = text
        .split("\n\n")
        .filter(|paragraph| starts.iter().any(|start| paragraph.starts_with(start)));
    paragraphs.map(str::to_owned).collect()
}

#[test]
fn a_stranger_can_follow_verify_txt_to_the_letter() {
    let folder = given();
    let commands = commands(folder.path());
    assert_eq!(commands.len(), 4, "{commands:?}");
    for (command, said) in commands.iter().zip([
        "Good \"lethe-certificate\" signature for certificates@northwind.example",
        &format!("statement signed by {}", signed::key_id()),
        "Signature Verified Successfully",
        &samples::complete(1).digest().to_string(),
    ]) {
        let output = shell(folder.path(), command);
        let heard = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{command}\n{heard}{complaint}\n{NEEDED}");
        assert!(heard.contains(said), "{command}\n{heard}{complaint}");
    }
    let entered = shell(folder.path(), &commands[3]);
    let digest = samples::complete(1).digest().to_string();
    assert_eq!(
        String::from_utf8_lossy(&entered.stdout).matches(&digest).count(),
        2,
        "statement and log entry"
    );
}

#[test]
fn each_of_its_commands_refuses_a_flipped_byte() {
    let folder = given();
    let commands = commands(folder.path());
    let flip = |name: &str| {
        let path = folder.path().join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    };
    // The second takes the statement out of the PDF again, so it is the keys that are touched there.
    for (command, file) in [(0, "certificate.pdf"), (1, "jwks.json"), (2, "statement.jws")] {
        flip(file);
        let output = shell(folder.path(), &commands[command]);
        assert!(!output.status.success(), "{}\n{output:?}", commands[command]);
        flip(file);
    }
}

#[test]
fn every_command_of_the_documentation_works() {
    let folder = given();
    let page = include_str!("../../../../docs/verify.md");
    let blocks: Vec<_> = page
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 7);
    for block in &blocks {
        let output = shell(folder.path(), block);
        assert!(output.status.success(), "{block}\n{output:?}\n{NEEDED}");
    }
    let proved = shell(folder.path(), blocks[6]);
    let said = String::from_utf8_lossy(&proved.stdout).into_owned();
    assert_eq!(said.trim(), "entry 3 is in lethe.northwind.example/log at size 6");

    let proof = folder.path().join("log-entry.json");
    std::fs::write(&proof, b"another entry").unwrap();
    assert!(
        !shell(folder.path(), blocks[6]).status.success(),
        "a foreign entry is not in the log"
    );
}
