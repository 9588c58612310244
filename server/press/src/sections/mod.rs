//! The parts of a certificate, in the order of its pages.

mod face;
mod observations;
mod references;
mod remainder;
mod systems;

use domain::certificate::Claims;
use domain::digest::Digest;
use domain::port::press::PressError;

use crate::block::{Block, Row};
use crate::hands::Hand;
use crate::hands::{BODY, HEADING, LABEL, REFERENCE};
use crate::page::{MEASURE, Paper};
use crate::text::NoGlyph;

/// Where values begin, from the left margin.
const VALUES: f64 = 104.0;

/// What the sections speak of.
pub struct Subject<'a> {
    /// The statement, read.
    pub claims: &'a Claims,
    /// SHA-256 of its bytes.
    pub statement: Digest,
    /// Index of its entry in the log.
    pub log_index: u64,
}

/// Lays out the whole certificate but what stands on every page; the logo by its size.
pub fn lay_out(paper: &mut Paper, subject: &Subject<'_>, logo: Option<(f64, f64)>) -> Result<(), PressError> {
    face::put(paper, subject, logo)?;
    paper.turn();
    let own = |NoGlyph(character)| PressError::NoGlyph {
        character,
        field: "the words of the page".into(),
    };
    systems::put(paper, subject.claims).map_err(own)?;
    remainder::put(paper, subject.claims).map_err(own)?;
    observations::put(paper, subject.claims).map_err(own)?;
    references::put(paper, subject).map_err(own)
}

/// The heading of a section, with the space above it.
fn heading(paper: &mut Paper, text: &str) -> Result<Block, NoGlyph> {
    let heading = paper.paragraph(text, HEADING, 0.0, MEASURE)?;
    Ok(Block::of(Row::gap(12.0)).then(heading).row(Row::gap(3.0)))
}

/// A heading and one sentence, for a section without anything to list.
fn nothing(paper: &mut Paper, title: &str, sentence: &str) -> Result<(), NoGlyph> {
    let heading = heading(paper, title)?;
    let sentence = paper.paragraph(sentence, BODY, 0.0, MEASURE)?;
    paper.put(heading.then(sentence));
    Ok(())
}

/// A label and its value.
fn fact(paper: &mut Paper, label: &str, value: &str, hand: Hand) -> Result<Block, NoGlyph> {
    let label = paper.paragraph(label, LABEL, 0.0, VALUES - 8.0)?;
    let value = paper.paragraph(value, hand, VALUES, MEASURE - VALUES)?;
    Ok(label.beside(value))
}

/// A label and an id or digest.
fn reference(paper: &mut Paper, label: &str, value: &str) -> Result<Block, NoGlyph> {
    fact(paper, label, value, REFERENCE)
}
