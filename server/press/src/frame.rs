//! What stands on every page: footer with id, code and page number, and the mark of a drill.

use domain::certificate::{Claims, Kind};

use crate::fonts::Style;
use crate::hands::NOTE;
use crate::ink::{ALARM, ALARM_SHADE, Colour, Ink, MUTED, RULE};
use crate::page::{HEIGHT, MARGIN, MEASURE, WIDTH};
use crate::text::{NoGlyph, Setter};

const FOOT: f64 = 40.0;
const BAND: f64 = 22.0;

/// Adds it to all pages, once their number is known.
pub fn add(pages: Vec<Ink>, setter: &mut Setter, claims: &Claims) -> Result<Vec<Ink>, NoGlyph> {
    let total = pages.len();
    let frame = |(index, page): (usize, Ink)| {
        let mut below = Ink::default();
        if claims.kind == Kind::Drill {
            drill(&mut below, setter)?;
        }
        foot(&mut below, setter, claims, index + 1, total)?;
        Ok(page.over(below))
    };
    pages.into_iter().enumerate().map(frame).collect()
}

fn foot(
    page: &mut Ink,
    setter: &mut Setter,
    claims: &Claims,
    number: usize,
    total: usize,
) -> Result<(), NoGlyph> {
    page.rectangle(MARGIN, FOOT + 12.0, MEASURE, 0.5, RULE);
    let size = NOTE.size;
    let left = setter.line(
        &format!("{} {}", claims.title(), claims.code),
        Style::Regular,
        size,
    )?;
    let middle = setter.line(&claims.id.to_string(), Style::Mono, 6.9)?;
    let right = setter.line(&format!("page {number} of {total}"), Style::Regular, size)?;
    let start = MARGIN + left.width + 10.0;
    page.line(&left, MARGIN, FOOT, MUTED);
    page.line(&middle, start, FOOT, MUTED);
    let end = MARGIN + MEASURE - right.width;
    page.line(&right, end, FOOT, MUTED);
    Ok(())
}

fn drill(page: &mut Ink, setter: &mut Setter) -> Result<(), NoGlyph> {
    const PAPER: Colour = Colour(1.0, 1.0, 1.0);
    let across = setter.line("DRILL", Style::Bold, 190.0)?;
    // The middle of the word in the middle of the page.
    let half = across.width / 2.0 * std::f64::consts::FRAC_1_SQRT_2;
    let (x, y) = (WIDTH / 2.0 - half + 48.0, HEIGHT / 2.0 - half - 48.0);
    page.slanted(&across, x, y, ALARM_SHADE);
    page.rectangle(0.0, HEIGHT - BAND, WIDTH, BAND, ALARM);
    let words = setter.line(
        "DRILL - not a certificate - synthetic data only",
        Style::Bold,
        9.0,
    )?;
    let start = (WIDTH - words.width) / 2.0;
    page.line(&words, start, HEIGHT - BAND + 7.5, PAPER);
    Ok(())
}
