//! An outsider with an evidence pack and nothing of ours: the commands of its VERIFY.md are run as they stand, with tools
//! that others made. What was altered, is of another issuer, was forked, revoked or has run out is refused, with a reason.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod issuer;
mod pack;

use std::fs;
use std::path::Path;
use std::process::Command;

use domain::audit::merkle;
use domain::certificate::StandingState;

use issuer::Stranger;
use pack::Pack;

/// The demonstration, played without any server.
fn played() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_lethe"));
    for name in ["POSTGRES", "REDIS", "S3"] {
        demo.env_remove(format!("LETHE_DEMO_{name}"));
    }
    for name in [
        "LETHE_TEST_POSTGRES",
        "LETHE_TEST_REDIS",
        "LETHE_TEST_CEPH",
        "LETHE_TEST_MOTO",
        "LETHE_CONFIG",
    ] {
        demo.env_remove(name);
    }
    let output = demo
        .args(["demo", "--once", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    folder
}

#[test]
fn a_fresh_pack_holds_and_what_is_wrong_is_refused() {
    let demo = played();
    let first = Pack::unpacked(&demo.path().join("evidence.zip"));

    first.holds();
    altered_anywhere(&first);
    altered_on_purpose(&first);
    of_another_issuer(&first);
    out_of_date(&first);
    revoked_and_corrected(&Pack::unpacked(&demo.path().join("reissued/evidence.zip")));
}

/// One bit flipped in each file, one after the other. Tools are read before they are run.
fn altered_anywhere(pack: &Pack) {
    let files = pack.files();
    assert!(files.len() > 60, "{files:?}");
    let damaged = pack.copy();
    let is_data = |name: &&String| *name != "SHA256SUMS" && !name.starts_with("tools/");
    for name in files.iter().filter(is_data) {
        damaged.flip(name);
        damaged.refuses("check_files", &format!("{name} is not as it was packed"));
        damaged.flip(name);
    }
}

/// The same where a signature or proof is at stake, with the list of files mended to fit.
fn altered_on_purpose(pack: &Pack) {
    let code = pack.codes().remove(0);
    let folder = format!("certificates/{code}");
    for (name, block, reason) in [
        ("certificate.pdf", "ssh-keygen -Y", "incorrect signature"),
        ("certificate.pdf", "certificate.pdf.sig", "Verification Failure"),
        ("certificate.pdf", "pyhanko", "INVALID"),
        (
            "certificate.pdf.sig",
            "certificate.pdf.sig",
            "Verification Failure",
        ),
        ("certificate.pdf.sshsig", "ssh-keygen -Y", ""),
        (
            "statement.json",
            "check_jws.py ../../keys/jwks.json statement.jws",
            "is not what was signed",
        ),
        (
            "statement.json",
            "statement.json log-entry.json",
            "is not what log-entry.json was made over",
        ),
        (
            "statement.jws",
            "check_jws.py ../../keys/jwks.json statement.jws",
            "altered",
        ),
        (
            "log-entry.json",
            "log-growth.txt",
            "does not lead from the entry to the log",
        ),
        ("log-entry.tlog-proof", "log-growth.txt", ""),
        ("log-growth.txt", "log-growth.txt", ""),
        (
            "evidence.json",
            "evidence.json",
            "is not what statement.json was made over",
        ),
    ] {
        let altered = pack.copy();
        altered.flip(&format!("{folder}/{name}"));
        altered.refuses(block, reason);
    }
    let altered = pack.copy();
    altered.flip("status-list.jws");
    altered.refuses("check_status.py", "altered");
    let entry = pack
        .files()
        .into_iter()
        .find(|name| name.starts_with("log/") && name.ends_with(".json"));
    let entry = entry.unwrap();
    for (name, reason) in [
        (entry.clone(), "does not lead"),
        (entry.replace(".json", ".opening"), ""),
    ] {
        let altered = pack.copy();
        altered.flip(&name);
        altered.refuses("cd log\n", reason);
    }

    let truncated = pack.copy();
    let proof = truncated.path(&format!("{folder}/log-entry.tlog-proof"));
    let text = fs::read_to_string(&proof).unwrap();
    let (head, note) = text.split_once("\n\n").unwrap();
    let (shorter, _) = head.rsplit_once('\n').unwrap();
    fs::write(&proof, format!("{shorter}\n\n{note}")).unwrap();
    truncated.refuses(
        "log-growth.txt",
        "the proof does not lead from the entry to the log",
    );
}

/// The issuer's keys, got by a way that is trusted, are others than those of the pack.
fn of_another_issuer(pack: &Pack) {
    let foreign = pack.copy();
    Stranger::new().write_keys(&foreign.path("keys"));
    foreign.refuses("ssh-keygen -Y", "");
    foreign.refuses("key_of.py", "no key of this issuer");
    foreign.refuses("pyhanko", "UNTRUSTED");
    foreign.refuses(
        "check_jws.py ../../keys/jwks.json statement.jws",
        "no key of this issuer",
    );
    foreign.refuses("log-growth.txt", "another log");
    foreign.refuses("check_status.py", "no key of this issuer");
}

/// A list that has run out, though rightly signed; a list that does not know the certificate.
fn out_of_date(pack: &Pack) {
    let stranger = Stranger::new();
    let old = pack.copy();
    stranger.write_keys(&old.path("keys"));
    let statement = fs::read(old.path(&format!("certificates/{}/statement.json", pack.codes()[0]))).unwrap();
    for (list, reason) in [
        (stranger.list(&statement, StandingState::Issued, -1), "ran out"),
        (
            stranger.list(b"{}", StandingState::Issued, 3600),
            "does not know this certificate",
        ),
        (
            stranger.list(&statement, StandingState::Suspended, 3600),
            "no longer in force: suspended",
        ),
    ] {
        fs::write(old.path("status-list.jws"), list).unwrap();
        old.refuses("check_status.py", reason);
    }
    let fresh = stranger.list(&statement, StandingState::Issued, 3600);
    fs::write(old.path("status-list.jws"), fresh).unwrap();
    let (good, said) = old.run(&old.block("check_status.py"));
    assert!(good, "{said}");
}

fn revoked_and_corrected(pack: &Pack) {
    let revoked = pack.codes().remove(1);
    for (name, reason) in [
        ("standing-1.json", "is not what was signed"),
        ("standing-1.jws", "altered"),
    ] {
        let altered = pack.copy();
        altered.flip(&format!("certificates/{revoked}/{name}"));
        altered.refuses("standing-*.jws", reason);
    }
    let codes = pack.codes();
    let [corrected, revoked] = &codes[..] else {
        panic!("two certificates: {codes:?}")
    };
    for block in pack.blocks() {
        let (good, said) = pack.run(&block);
        let status_of_revoked = block.contains("check_status.py") && block.contains(revoked);
        assert_eq!(good, !status_of_revoked, "{block}\n{said}");
        if status_of_revoked {
            assert!(said.contains("no longer in force: revoked since"), "{said}");
        }
    }
    let statement = fs::read(pack.path(&format!("certificates/{corrected}/statement.json"))).unwrap();
    let statement: serde_json::Value = serde_json::from_slice(&statement).unwrap();
    assert_eq!(statement["supersedes"]["code"], revoked.as_str());
}

/// A log that was forked is found by the proof of its growth, though each checkpoint is rightly signed.
#[test]
fn a_forked_log_is_refused() {
    let (stranger, folder) = (Stranger::new(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    let entries = |first: &str| -> Vec<Vec<u8>> {
        let named = |n: u64| {
            if n == 0 {
                first.into()
            } else {
                format!("entry {n}").into_bytes()
            }
        };
        (0..8).map(named).collect()
    };
    let (honest, forked) = (
        stranger.log(&entries("first")),
        stranger.log(&entries("another first")),
    );
    fs::write(folder.join("log.vkey"), stranger.log_key()).unwrap();
    fs::write(folder.join("entry"), b"entry 2").unwrap();
    fs::write(folder.join("proof"), honest.proof(2, 5)).unwrap();
    for (log, reason) in [(&honest, None), (&forked, Some("it was forked"))] {
        for new in 5..=8 {
            fs::write(folder.join("growth"), log.growth(5, new)).unwrap();
            let (good, said) = check_log(folder);
            assert_eq!(good, reason.is_none(), "{new}: {said}");
            assert!(said.contains(reason.unwrap_or("begins with it")), "{said}");
        }
    }
    assert_eq!(merkle::leaf(b"entry 2"), honest.leaf(2));
}

fn check_log(folder: &Path) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pack/check_log.py");
    let mut python = Command::new("python3");
    python
        .arg(script)
        .args(["log.vkey", "entry", "proof", "growth"])
        .current_dir(folder);
    pack::ended(&mut python)
}
