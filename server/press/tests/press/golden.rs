//! The same statement gives the same bytes: in the same process, and in every one to come.
//!
//! `golden.txt` has the SHA-256 of each sample. A change of layout, wording, fonts or of printpdf changes them:
//! look at the pages, then write the new ones down with `LETHE_BLESS=1`.

use domain::digest::Digest;
use domain::port::press::Press as _;

use super::{samples, signed};

const GOLDEN: &str = include_str!("golden.txt");

#[test]
fn every_sample_has_the_bytes_it_had() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("certificates");
    std::fs::create_dir_all(&folder).unwrap();
    let (house, mut digests) = (signed::House::new(), String::new());
    for (name, claims) in samples::all() {
        let pdf = house.pdf(&claims);
        std::fs::write(folder.join(format!("{name}.pdf")), &pdf).unwrap();
        digests.push_str(&format!("{} {name}\n", Digest::of(&pdf)));
    }
    if std::env::var_os("LETHE_BLESS").is_some() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/press/golden.txt");
        std::fs::write(file, &digests).unwrap();
    } else {
        assert_eq!(digests, GOLDEN, "look at the pages in {}", folder.display());
    }
}

#[tokio::test]
async fn two_presses_at_once_print_the_same() {
    let manuscript = signed::manuscript(&samples::partial());
    let (press, house) = (press::PdfPress::new(), signed::House::new());
    let at = samples::at("2026-03-09T10:05:00Z");
    let render = || press.render(&manuscript, &house.keys, at);
    let (first, second) = tokio::join!(render(), render());
    assert_eq!(first.unwrap(), second.unwrap());
}
