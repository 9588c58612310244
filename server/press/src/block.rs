//! Blocks of rows: what is kept together on a page, drawn relative to its own top.

use crate::ink::{Colour, Ink};
use crate::text::Line;

/// What is drawn of a row; distances from the left margin and from the top of the row.
#[derive(Clone)]
enum Mark {
    Text {
        x: f64,
        drop: f64,
        line: Line,
        colour: Colour,
    },
    Area {
        x: f64,
        drop: f64,
        width: f64,
        height: f64,
        colour: Colour,
    },
    Link {
        x: f64,
        drop: f64,
        width: f64,
        height: f64,
        address: String,
    },
    Logo {
        x: f64,
        drop: f64,
        width: f64,
        height: f64,
    },
}

impl Mark {
    fn lowered(mut self, by: f64) -> Self {
        match &mut self {
            Self::Text { drop, .. }
            | Self::Area { drop, .. }
            | Self::Link { drop, .. }
            | Self::Logo { drop, .. } => *drop += by,
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
        Self {
            height,
            marks: Vec::new(),
        }
    }

    /// Adds a line of text, its baseline `drop` below the top.
    pub fn text(mut self, x: f64, drop: f64, line: Line, colour: Colour) -> Self {
        self.marks.push(Mark::Text {
            x,
            drop,
            line,
            colour,
        });
        self
    }

    /// Adds a filled area; it may reach below the row.
    pub fn area(mut self, x: f64, drop: f64, width: f64, height: f64, colour: Colour) -> Self {
        self.marks.push(Mark::Area {
            x,
            drop,
            width,
            height,
            colour,
        });
        self
    }

    /// Adds an area that opens an address.
    pub fn link(mut self, x: f64, drop: f64, width: f64, height: f64, address: &str) -> Self {
        self.marks.push(Mark::Link {
            x,
            drop,
            width,
            height,
            address: address.into(),
        });
        self
    }

    /// Adds the logo.
    pub fn logo(mut self, x: f64, drop: f64, (width, height): (f64, f64)) -> Self {
        self.marks.push(Mark::Logo {
            x,
            drop,
            width,
            height,
        });
        self
    }

    /// How high it is.
    pub const fn height(&self) -> f64 {
        self.height
    }

    /// Draws it onto a page, its upper left corner there.
    pub fn draw(self, page: &mut Ink, (left, top): (f64, f64)) {
        for mark in self.marks {
            match mark {
                Mark::Text {
                    x,
                    drop,
                    line,
                    colour,
                } => {
                    page.line(&line, left + x, top - drop, colour);
                }
                Mark::Area {
                    x,
                    drop,
                    width,
                    height,
                    colour,
                } => {
                    page.rectangle(left + x, top - drop - height, width, height, colour);
                }
                Mark::Link {
                    x,
                    drop,
                    width,
                    height,
                    address,
                } => {
                    page.link(left + x, top - drop - height, width, height, &address);
                }
                Mark::Logo {
                    x,
                    drop,
                    width,
                    height,
                } => {
                    page.logo(left + x, top - drop - height, width, height);
                }
            }
        }
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
            strip
                .marks
                .extend(row.marks.into_iter().map(|mark| mark.lowered(top)));
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
        if missing > 0.0 {
            self.row(Row::gap(missing))
        } else {
            self
        }
    }

    /// Fills an area behind every row.
    pub fn shaded(mut self, x: f64, width: f64, colour: Colour) -> Self {
        for row in &mut self.0 {
            // A hair more than the row, so that no line of paper shows between two.
            let height = row.height + 0.2;
            row.marks.insert(
                0,
                Mark::Area {
                    x,
                    drop: 0.0,
                    width,
                    height,
                    colour,
                },
            );
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

    /// Moves every line so that it ends `width` from where it began.
    pub fn flush_right(mut self, width: f64) -> Self {
        for mark in self.0.iter_mut().flat_map(|row| &mut row.marks) {
            if let Mark::Text { x, line, .. } = mark {
                *x += width - line.width;
            }
        }
        self
    }

    /// Its rows.
    pub fn rows(self) -> impl Iterator<Item = Row> {
        self.0.into_iter()
    }
}

impl FromIterator<Row> for Block {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}
