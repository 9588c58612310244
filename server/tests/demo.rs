//! The demonstration is run as a person runs it; what it leaves is checked by tools that others made.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Names of servers that the demonstration would use.
const SERVERS: [&str; 8] = [
    "LETHE_DEMO_POSTGRES",
    "LETHE_TEST_POSTGRES",
    "LETHE_DEMO_REDIS",
    "LETHE_TEST_REDIS",
    "LETHE_DEMO_S3",
    "LETHE_TEST_CEPH",
    "LETHE_TEST_MOTO",
    "LETHE_CONFIG",
];

/// The command under test: the binary of this build, or the one that `LETHE_BIN` names.
fn lethe() -> Command {
    let binary = std::env::var_os("LETHE_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_lethe").into());
    Command::new(binary)
}

fn play(demo: &mut Command, folder: &Path) -> String {
    let output = demo
        .args(["demo", "--once", "--out"])
        .arg(folder)
        .output()
        .unwrap();
    let (told, why) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{told}\n{why}");
    told.into_owned()
}

/// Runs a tool in a folder and gives what it wrote. One that is not there fails the test with its package.
fn run(
    folder: &Path,
    package: &str,
    program: &str,
    arguments: &[&str],
    input: Option<&str>,
) -> (bool, String) {
    let mut command = Command::new(program);
    command
        .args(arguments.iter().map(OsStr::new))
        .current_dir(folder)
        .stdin(Stdio::null());
    if let Some(input) = input {
        command.stdin(fs::File::open(folder.join(input)).unwrap());
    }
    let output = command
        .output()
        .unwrap_or_else(|_| panic!("{program} is missing: install the package {package}"));
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

fn openssl(folder: &Path, key: &str, signature: &str, file: &str) -> bool {
    let arguments = [
        "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key, "-sigfile", signature, "-in", file,
    ];
    run(folder, "openssl", "openssl", &arguments, None).0
}

fn ssh_keygen(folder: &Path, file: &str) -> bool {
    let signers = fs::read_to_string(folder.join("allowed_signers")).unwrap();
    let principal = signers.split_whitespace().next().unwrap();
    let (signers, signature) = ("allowed_signers", "certificate.pdf.sshsig");
    let arguments = [
        "-Y",
        "verify",
        "-f",
        signers,
        "-I",
        principal,
        "-n",
        "lethe-certificate",
        "-s",
        signature,
    ];
    run(folder, "openssh-client", "ssh-keygen", &arguments, Some(file)).0
}

#[test]
fn the_story_ends_as_told_without_any_server() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = lethe();
    SERVERS.iter().for_each(|name| {
        demo.env_remove(name);
    });
    let told = play(&mut demo, folder.path());
    for line in [
        "search lies",
        "search is caught",
        "the request is on hold",
        "is issued",
        "NOT confirmed",
        "as told",
    ] {
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(line), "{line} is missing from:\n{told}");
    }
    assert!(
        told.lines()
            .filter(|line| !line.contains('$'))
            .all(|line| line.chars().count() <= 110),
        "{told}"
    );
}

#[test]
fn tools_of_others_confirm_the_certificate_on_whatever_servers_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    play(&mut lethe(), folder);

    assert!(openssl(
        folder,
        "public.pem",
        "certificate.pdf.sig",
        "certificate.pdf"
    ));
    assert!(ssh_keygen(folder, "certificate.pdf"));
    let (sound, said) = run(folder, "qpdf", "qpdf", &["--check", "certificate.pdf"], None);
    assert!(sound && !said.contains("WARNING"), "{said}");
    let (_, text) = run(
        folder,
        "poppler-utils",
        "pdftotext",
        &["-layout", "certificate.pdf", "-"],
        None,
    );
    for words in [
        "Aurora Fjordlogistik GmbH",
        "Nordpak Returns A/S",
        "Art. 17(3)(b) GDPR",
        "Ravi Menon",
        "partial",
    ] {
        assert!(text.contains(words), "{words} is missing from:\n{text}");
    }
    for matter in ["Nordpak A/S v.", "88-2025"] {
        assert!(
            !text.contains(matter),
            "a confidential matter is given away: {matter}"
        );
    }
    let (_, attached) = run(
        folder,
        "poppler-utils",
        "pdfdetach",
        &["-list", "certificate.pdf"],
        None,
    );
    assert!(
        attached.contains("statement.json") && attached.contains("log-entry.tlog-proof"),
        "{attached}"
    );

    let mut pdf = fs::read(folder.join("certificate.pdf")).unwrap();
    let middle = pdf.len() / 2;
    pdf[middle] ^= 1;
    fs::write(folder.join("altered.pdf"), pdf).unwrap();
    assert!(!openssl(
        folder,
        "public.pem",
        "certificate.pdf.sig",
        "altered.pdf"
    ));
    assert!(!ssh_keygen(folder, "altered.pdf"));
    assert!(fs::read_dir(folder.join("mails")).unwrap().count() >= 8);
}
