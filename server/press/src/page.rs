//! Laying out: blocks that are kept together flow down the pages, heads of tables are repeated.

use crate::block::{Block, Row};
use crate::hands::Hand;
use crate::ink::Ink;
use crate::text::{NoGlyph, Setter};

/// A4, in points.
pub const WIDTH: f64 = 595.276;
/// A4, in points.
pub const HEIGHT: f64 = 841.89;
/// Left and right margin.
pub const MARGIN: f64 = 56.7;
/// Between the margins.
pub const MEASURE: f64 = WIDTH - 2.0 * MARGIN;
const TOP: f64 = HEIGHT - 54.0;
const BOTTOM: f64 = 62.0;

/// The pages of a document in the making.
pub struct Paper {
    /// Sets the text.
    pub setter: Setter,
    pages: Vec<Ink>,
    y: f64,
    head: Option<Block>,
    continued: Option<Block>,
}

impl Paper {
    /// One empty page.
    pub fn new() -> Self {
        Self {
            setter: Setter::new(),
            pages: vec![Ink::default()],
            y: TOP,
            head: None,
            continued: None,
        }
    }

    /// A paragraph of at most `width` points, `x` from the left margin.
    pub fn paragraph(&mut self, text: &str, hand: Hand, x: f64, width: f64) -> Result<Block, NoGlyph> {
        let lines = self.setter.wrap(text, hand.style, hand.size, width)?;
        let rows = lines.into_iter().map(|line| {
            // Hands of one leading share a baseline, whatever their size.
            let drop = hand.leading * 0.76;
            Row::gap(hand.leading).text(x, drop, line, hand.colour)
        });
        Ok(rows.collect())
    }

    /// The same, each line ending at `x + width`.
    pub fn flush_right(&mut self, text: &str, hand: Hand, x: f64, width: f64) -> Result<Block, NoGlyph> {
        Ok(self.paragraph(text, hand, x, width)?.flush_right(width))
    }

    /// Places a block: here if it fits, else on the next page; a block of more than a page is divided between rows.
    pub fn put(&mut self, block: Block) {
        let whole = block.height() <= self.room_of_a_page();
        if whole && block.height() > self.y - BOTTOM {
            self.turn();
        }
        for row in block.rows() {
            if row.height() > self.y - BOTTOM {
                self.turn();
            }
            self.place(row);
        }
    }

    /// Goes on with the next page.
    pub fn turn(&mut self) {
        self.pages.push(Ink::default());
        self.y = TOP;
        for block in [self.head.clone(), self.continued.clone()].into_iter().flatten() {
            for row in block.rows() {
                self.place(row);
            }
        }
    }

    /// From here on every page begins with this head; `None` ends it.
    pub fn repeat(&mut self, head: Option<Block>) {
        self.continued = None;
        self.head = head;
    }

    /// What follows the head when a page turns within a row of a table.
    pub fn repeat_below(&mut self, continued: Option<Block>) {
        self.continued = continued;
    }

    /// The pages.
    pub fn finish(self) -> (Setter, Vec<Ink>) {
        (self.setter, self.pages)
    }

    fn room_of_a_page(&self) -> f64 {
        let repeated = [&self.head, &self.continued]
            .into_iter()
            .flatten()
            .map(Block::height)
            .sum::<f64>();
        TOP - BOTTOM - repeated
    }

    fn place(&mut self, row: Row) {
        let page = self.pages.last_mut().expect("there is a page from the start");
        let (top, height) = (self.y, row.height());
        row.draw(page, (MARGIN, top));
        self.y -= height;
    }
}
