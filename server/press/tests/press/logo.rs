//! The issuer's logo on the letterhead, as poppler and pyHanko see it.

use std::path::Path;
use std::process::Command;

use domain::port::press::{Manuscript, PressError};

use super::signed::House;
use super::{samples, signed};

const LOGO: &[u8] = include_bytes!("logo.png");

fn manuscript(logo: &[u8]) -> Manuscript {
    Manuscript {
        logo: Some(logo.to_vec()),
        ..signed::manuscript(&samples::complete(3))
    }
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| {
            panic!("{program} cannot be run ({error}): install the Debian packages poppler-utils and qpdf")
        });
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_logo_stands_on_the_first_page_without_transparency() {
    let folder = tempfile::tempdir().unwrap();
    let pdf = House::new().print(&manuscript(LOGO));
    std::fs::write(folder.path().join("certificate.pdf"), &pdf).unwrap();
    let keep = Path::new(env!("CARGO_TARGET_TMPDIR")).join("certificates");
    std::fs::create_dir_all(&keep).unwrap();
    std::fs::write(keep.join("letterhead.pdf"), &pdf).unwrap();

    let images = run("pdfimages", &["-list", "certificate.pdf"], folder.path());
    let lines: Vec<Vec<&str>> = images
        .lines()
        .skip(2)
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines.len(), 1, "{images}");
    // Page, kind, size, colours, components, bits.
    assert_eq!(lines[0][0..8].join(" "), "1 0 image 360 120 rgb 3 8", "{images}");
    run("qpdf", &["--check", "certificate.pdf"], folder.path());

    // What was transparent is white on the page: the upper left corner of the logo, 54 points below the edge of the paper.
    run(
        "pdftoppm",
        &["-r", "72", "-l", "1", "certificate.pdf", "page"],
        folder.path(),
    );
    let page = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "ppm"))
        .unwrap();
    let page = std::fs::read(page).unwrap();
    let pixels = &page[page.len() - 3 * 596 * 842..];
    let at = |x: usize, y: usize| &pixels[3 * (y * 596 + x)..][..3];
    assert!(at(58, 56).iter().all(|part| *part > 250), "white beside the ring");
    assert!(
        at(57 + 10, 54 + 21).iter().any(|part| *part < 160),
        "the ring of the logo"
    );
}

#[test]
fn the_same_logo_gives_the_same_bytes_and_another_others() {
    let house = House::new();
    let print = |logo: &[u8]| house.print(&manuscript(logo));
    assert_eq!(print(LOGO), print(LOGO));
    let mut without = signed::manuscript(&samples::complete(3));
    without.logo = None;
    assert_ne!(print(LOGO), house.print(&without));
}

#[test]
fn a_logo_that_cannot_be_printed_stops_the_certificate() {
    let refused = press::render(&manuscript(&LOGO[..LOGO.len() / 2]));
    assert!(matches!(refused, Err(PressError::Logo(_))), "{refused:?}");
}
