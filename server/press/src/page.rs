//! Laying out: blocks that are kept together flow down the pages, heads of tables are repeated.

use crate::ink::{Colour, INK, Ink};
use crate::text::{Line, NoGlyph, Setter};
use crate::fonts::Style;

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

/// What is drawn of a row; distances from the left margin and from the top of the row.
#[derive(Clone)]
enum Mark {
    Text { x: f64, drop: f64, line: Line, colour: Colour },
    Area { x: f64, drop: f64, width: f64, height: f64, colour: Colour },
    Link { x: f64, drop: f64, width: f64, height: f64, address: String },
}

impl Mark {
    fn lowered(mut self, by: f64) -> Self {
        match &mut self {
            Self::Text { drop, .. } | Self::Area { drop, .. } | Self::Link { drop, .. } => *drop += by,
        }
        self
    }
}

/// A strip of a page that is never divided.
#[derive(Clone, Default)]
pub struct Row {
    height: f64,
    marks: Vec<Mark>,
}

impl Row {
    /// An empty strip.
    pub fn gap(height: f64) -> Self {
        Self { height, marks: Vec::new() }
    }

    /// Adds a line of text, its baseline `drop` below the top.
    pub fn text(mut self, x: f64, drop: f64, line: Line, colour: Colour) -> Self {
        self.marks.push(Mark::Text { x, drop, line, colour });
        self
    }

    /// Adds a filled area; it may reach below the row.
    pub fn area(mut self, x: f64, drop: f64, width: f64, height: f64, colour: Colour) -> Self {
        self.marks.push(Mark::Area { x, drop, width, height, colour });
        self
    }

    /// Adds an area that opens an address.
    pub fn link(mut self, x: f64, drop: f64, width: f64, height: f64, address: &str) -> Self {
        self.marks.push(Mark::Link { x, drop, width, height, address: address.into() });
        self
    }
}

/// Rows that stay on one page, unless they are more than a page.
#[derive(Clone, Default)]
pub struct Block(Vec<Row>);

impl Block {
    /// Of one row.
    pub fn of(row: Row) -> Self {
        Self(vec![row])
    }

    /// Its height.
    pub fn height(&self) -> f64 {
        self.0.iter().map(|row| row.height).sum()
    }

    /// Adds a row below.
    pub fn row(mut self, row: Row) -> Self {
        self.0.push(row);
        self
    }

    /// Adds another block below: what belongs together, such as a heading and what follows it.
    pub fn then(mut self, below: Self) -> Self {
        self.0.extend(below.0);
        self
    }

    /// Folds the block into one row, so that it can stand beside another whose lines are of another height.
    pub fn into_strip(self) -> Row {
        let mut strip = Row::default();
        for row in self.0 {
            let top = strip.height;
            strip.marks.extend(row.marks.into_iter().map(|mark| mark.lowered(top)));
            strip.height += row.height;
        }
        strip
    }

    /// Draws something from the first row downwards; the block grows where it is lower.
    pub fn with_aside(mut self, aside: Row) -> Self {
        let missing = aside.height - self.height();
        match self.0.first_mut() {
            Some(first) => first.marks.extend(aside.marks),
            None => return Self::of(aside),
        }
        if missing > 0.0 { self.row(Row::gap(missing)) } else { self }
    }

    /// Fills an area behind every row.
    pub fn shaded(mut self, x: f64, width: f64, colour: Colour) -> Self {
        for row in &mut self.0 {
            // A hair more than the row, so that no line of paper shows between two.
            let height = row.height + 0.2;
            row.marks.insert(0, Mark::Area { x, drop: 0.0, width, height, colour });
        }
        self
    }

    /// Two blocks side by side, row by row where their rows are of one height.
    pub fn beside(self, right: Self) -> Self {
        let mut left = self.0.into_iter();
        let mut right = right.0.into_iter();
        let mut rows = Vec::new();
        loop {
            match (left.next(), right.next()) {
                (Some(mut row), Some(other)) => {
                    row.height = row.height.max(other.height);
                    row.marks.extend(other.marks);
                    rows.push(row);
                }
                (Some(row), None) | (None, Some(row)) => rows.push(row),
                (None, None) => return Self(rows),
            }
        }
    }
}

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
    /// Regular ink.
    pub const fn new(style: Style, size: f64) -> Self {
        Self { style, size, leading: size * 1.36, colour: INK }
    }

    /// The same in another colour.
    pub const fn in_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }
}

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
        Self { setter: Setter::new(), pages: vec![Ink::default()], y: TOP, head: None, continued: None }
    }

    /// A paragraph of at most `width` points, `x` from the left margin.
    pub fn paragraph(&mut self, text: &str, hand: Hand, x: f64, width: f64) -> Result<Block, NoGlyph> {
        let lines = self.setter.wrap(text, hand.style, hand.size, width)?;
        let rows = lines.into_iter().map(|line| {
            // Hands of one leading share a baseline, whatever their size.
            let drop = hand.leading * 0.76;
            Row::gap(hand.leading).text(x, drop, line, hand.colour)
        });
        Ok(Block(rows.collect()))
    }

    /// The same, each line ending at `x + width`.
    pub fn flush_right(&mut self, text: &str, hand: Hand, x: f64, width: f64) -> Result<Block, NoGlyph> {
        let mut block = self.paragraph(text, hand, x, width)?;
        for mark in block.0.iter_mut().flat_map(|row| &mut row.marks) {
            if let Mark::Text { x, line, .. } = mark {
                *x += width - line.width;
            }
        }
        Ok(block)
    }

    /// Places a block: here if it fits, else on the next page; a block of more than a page is divided between rows.
    pub fn put(&mut self, block: Block) {
        let whole = block.height() <= self.room_of_a_page();
        if whole && block.height() > self.y - BOTTOM {
            self.turn();
        }
        for row in block.0 {
            if row.height > self.y - BOTTOM {
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
            for row in block.0 {
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
        let repeated = [&self.head, &self.continued].into_iter().flatten().map(Block::height).sum::<f64>();
        TOP - BOTTOM - repeated
    }

    fn place(&mut self, row: Row) {
        let top = self.y;
        let page = self.pages.last_mut().expect("there is a page from the start");
        for mark in row.marks {
            match mark {
                Mark::Text { x, drop, line, colour } => {
                    page.line(&line, self.setter.space(line.style), MARGIN + x, top - drop, colour);
                }
                Mark::Area { x, drop, width, height, colour } => {
                    page.rectangle(MARGIN + x, top - drop - height, width, height, colour);
                }
                Mark::Link { x, drop, width, height, address } => {
                    page.link(MARGIN + x, top - drop - height, width, height, &address);
                }
            }
        }
        self.y -= row.height;
    }
}
