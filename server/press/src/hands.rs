//! The few ways in which a certificate is written.

use crate::fonts::Style;
use crate::ink::{ACCENT, Colour, INK, MUTED};

/// How a piece of text is written.
#[derive(Debug, Clone, Copy)]
pub struct Hand {
    /// The fonts.
    pub style: Style,
    /// Size in points.
    pub size: f64,
    /// From baseline to baseline.
    pub leading: f64,
    /// The colour.
    pub colour: Colour,
}

impl Hand {
    /// The same in another colour.
    pub const fn in_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }
}

const fn hand(style: Style, size: f64, leading: f64) -> Hand {
    Hand {
        style,
        size,
        leading,
        colour: INK,
    }
}

/// The title on the face.
pub const TITLE: Hand = hand(Style::Bold, 21.0, 26.0).in_colour(ACCENT);
/// The issuer in the letterhead.
pub const ISSUER: Hand = hand(Style::Bold, 12.5, 16.0).in_colour(ACCENT);
/// Headings of sections.
pub const HEADING: Hand = hand(Style::Bold, 10.5, 15.0).in_colour(ACCENT);
/// Whom the certificate is made out to.
pub const ADDRESSEE: Hand = hand(Style::Bold, 13.0, 17.5);
/// Running text and values.
pub const BODY: Hand = hand(Style::Regular, 9.0, 12.4);
/// Running text that counts.
pub const STRONG: Hand = hand(Style::Bold, 9.0, 12.4);
/// What stands before a value.
pub const LABEL: Hand = hand(Style::Regular, 8.2, 12.4).in_colour(MUTED);
/// Small print.
pub const SMALL: Hand = hand(Style::Regular, 7.6, 10.2);
/// Small print of less weight.
pub const NOTE: Hand = SMALL.in_colour(MUTED);
/// Heads of tables.
pub const COLUMN: Hand = hand(Style::Bold, 7.6, 10.2).in_colour(ACCENT);
/// Digests and ids.
pub const DIGEST: Hand = hand(Style::Mono, 6.9, 10.2).in_colour(MUTED);
/// Digests and ids among values.
pub const REFERENCE: Hand = hand(Style::Mono, 8.0, 12.4);
/// The printed code.
pub const CODE: Hand = hand(Style::Mono, 13.0, 17.5);
