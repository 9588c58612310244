//! Tools that others made must agree: qpdf, pdftotext, pdffonts, pdfdetach, pdfinfo.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{samples, signed};

/// Runs a tool of a Debian package on a sample; its standard output.
fn run(package: &str, program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| {
            panic!("{program} cannot be run ({error}): install the Debian package {package}")
        });
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && complaints.is_empty(),
        "{program} {arguments:?}: {complaints}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with `certificate.pdf` of a sample.
fn printed(name: &str) -> (tempfile::TempDir, PathBuf) {
    printed_by(&signed::House::new(), name)
}

fn printed_by(house: &signed::House, name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let claims = samples::all()
        .into_iter()
        .find(|(known, _)| *known == name)
        .unwrap()
        .1;
    std::fs::write(folder.path().join("certificate.pdf"), house.pdf(&claims)).unwrap();
    let path = folder.path().to_owned();
    (folder, path)
}

fn text(folder: &Path) -> String {
    run(
        "poppler-utils",
        "pdftotext",
        &["-layout", "certificate.pdf", "-"],
        folder,
    )
}

#[test]
fn qpdf_finds_no_fault() {
    let house = signed::House::new();
    for (name, _) in samples::all() {
        let (_guard, folder) = printed_by(&house, name);
        let said = run("qpdf", "qpdf", &["--check", "certificate.pdf"], &folder);
        assert!(
            said.contains("No syntax or stream encoding errors found"),
            "{name}: {said}"
        );
    }
}

#[test]
fn names_of_all_scripts_are_extracted_as_they_are_written() {
    let (_guard, folder) = printed("scripts");
    let text = text(&folder);
    for name in [
        "Société Générale d’Effacement – Łódź &",
        "Ελληνική Εταιρεία Δεδομένων ΑΕ",
        "Kundenübersicht Größe",
        "Київський реєстр",
        "ग्राहक क्षेत्र श्री",
        "Cơ sở dữ liệu khách hàng",
        "Nguyễn Thị Ánh Tuyết",
        "नई दिल्ली, भारत",
        "कोई अभिलेख नहीं मिला",
        "Дмитро Щербак",
    ] {
        assert!(
            text.contains(name),
            "{name} is not in the extracted text:\n{text}"
        );
    }
}

#[test]
fn all_fonts_are_embedded_as_subsets_and_map_to_text() {
    let (_guard, folder) = printed("scripts");
    let fonts = run("poppler-utils", "pdffonts", &["certificate.pdf"], &folder);
    let lines: Vec<_> = fonts.lines().skip(2).collect();
    assert_eq!(lines.len(), 5, "{fonts}");
    assert!(lines.iter().all(|line| line.contains("yes yes yes")), "{fonts}");
}

#[test]
fn attachments_come_out_byte_for_byte() {
    let (_guard, folder) = printed("partial");
    let manuscript = signed::manuscript(&samples::partial());
    run(
        "poppler-utils",
        "pdfdetach",
        &["-saveall", "certificate.pdf"],
        &folder,
    );
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    assert_eq!(read("statement.json"), manuscript.statement);
    assert_eq!(read("statement.jws"), manuscript.jws.into_bytes());
    assert_eq!(read("log-entry.json"), manuscript.log_entry);
    assert_eq!(read("log-entry.tlog-proof"), manuscript.log_proof.into_bytes());
    assert!(
        String::from_utf8(read("VERIFY.txt"))
            .unwrap()
            .contains("ssh-keygen -Y verify")
    );
}

#[test]
fn every_page_of_five_hundred_systems_has_head_and_number() {
    let (_guard, folder) = printed("five-hundred-systems");
    let text = text(&folder);
    let pages: Vec<_> = text
        .split('\u{c}')
        .filter(|page| !page.trim().is_empty())
        .collect();
    let total = pages.len();
    for (index, page) in pages.iter().enumerate() {
        assert!(
            page.contains(&format!("page {} of {total}", index + 1)),
            "page {}",
            index + 1
        );
        assert!(page.contains("7K3M-9QX1-20HF"));
        let head = page
            .lines()
            .any(|line| line.contains("Before") && line.contains("Verdict"));
        assert_eq!(head, page.contains("Manifest"), "page {}", index + 1);
    }
    for number in 1..=500 {
        assert!(
            text.contains(&format!("{number}. system {number:03}")),
            "system {number}"
        );
    }
}

#[test]
fn nothing_of_a_long_name_is_cut_off() {
    let (_guard, folder) = printed("long-names");
    let text = run("poppler-utils", "pdftotext", &["certificate.pdf", "-"], &folder);
    let joined: String = text.split_whitespace().collect();
    let claims = samples::long_names();
    let system = &claims.systems[1];
    for whole in [
        &claims.issuer.name,
        claims.recipient.name(),
        &claims.systems[0].location,
        &claims.status_url,
    ] {
        assert!(
            joined.contains(&whole.split_whitespace().collect::<String>()),
            "{whole}"
        );
    }
    assert_eq!(
        text.replace('\n', " ").matches("told at great length").count(),
        system.method.matches("great").count()
    );
}

#[test]
fn each_kind_says_so_on_its_face() {
    for (name, words) in [
        ("complete", "Certificate of erasure"),
        ("partial", "NOT everything is gone"),
        ("corrected", "Replaces certificate 1111-2222-3333"),
        ("addendum", "Adds to certificate 1111-2222-3333"),
    ] {
        let (_guard, folder) = printed(name);
        let face = run(
            "poppler-utils",
            "pdftotext",
            &["-l", "1", "certificate.pdf", "-"],
            &folder,
        );
        assert!(face.replace('\n', " ").contains(words), "{name}: {face}");
    }
}

#[test]
fn every_page_of_a_drill_is_marked() {
    let (_guard, folder) = printed("drill");
    let text = text(&folder);
    let pages: Vec<_> = text
        .split('\u{c}')
        .filter(|page| !page.trim().is_empty())
        .collect();
    assert!(pages.len() > 1);
    assert!(
        pages
            .iter()
            .all(|page| page.contains("DRILL - not a certificate - synthetic data only"))
    );
}
