//! Tables: a head that is repeated on every page, rows whose cells wrap and are never cut.

use crate::block::{Block, Row};
use crate::hands::COLUMN;
use crate::hands::Hand;
use crate::ink::{RULE, SHADE};
use crate::page::{MEASURE, Paper};
use crate::text::NoGlyph;

/// Room left free at both sides of a cell.
const PADDING: f64 = 4.0;

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name in the head.
    pub name: &'static str,
    /// Its width in points.
    pub width: f64,
    /// Whether it holds numbers, which are set flush right.
    pub numbers: bool,
}

/// A column of words.
pub const fn words(name: &'static str, width: f64) -> Column {
    Column {
        name,
        width,
        numbers: false,
    }
}

/// A column of numbers.
pub const fn numbers(name: &'static str, width: f64) -> Column {
    Column {
        name,
        width,
        numbers: true,
    }
}

/// The head of a table.
pub fn head(paper: &mut Paper, columns: &[Column]) -> Result<Block, NoGlyph> {
    let names: Vec<_> = columns
        .iter()
        .map(|column| (column.name.to_owned(), COLUMN))
        .collect();
    let cells = cells(paper, columns, &names)?;
    let block = Block::of(Row::gap(3.0)).then(cells).row(Row::gap(3.5));
    Ok(block.shaded(0.0, MEASURE, SHADE).row(rule()))
}

/// A row of a table; one text for each column.
pub fn row(paper: &mut Paper, columns: &[Column], texts: &[(String, Hand)]) -> Result<Block, NoGlyph> {
    Ok(Block::of(Row::gap(3.0))
        .then(cells(paper, columns, texts)?)
        .row(Row::gap(3.0)))
}

/// A thin line across the page.
pub fn rule() -> Row {
    Row::gap(0.5).area(0.0, 0.0, MEASURE, 0.5, RULE)
}

/// A whole table of plain rows: the head with its first row, then the others; the head again on every page.
pub fn put(
    paper: &mut Paper,
    above: Block,
    columns: &[Column],
    rows: &[Vec<(String, Hand)>],
) -> Result<(), NoGlyph> {
    let head = head(paper, columns)?;
    let mut above = Some(above.then(head.clone()));
    for texts in rows {
        let row = row(paper, columns, texts)?.row(rule());
        match above.take() {
            Some(above) => paper.put(above.then(row)),
            None => paper.put(row),
        }
        paper.repeat(Some(head.clone()));
    }
    paper.repeat(None);
    Ok(())
}

fn cells(paper: &mut Paper, columns: &[Column], texts: &[(String, Hand)]) -> Result<Block, NoGlyph> {
    let mut x = 0.0;
    let mut cells = Block::default();
    for (column, (text, hand)) in columns.iter().zip(texts) {
        let (left, width) = (x + PADDING, column.width - 2.0 * PADDING);
        let cell = match column.numbers {
            true => paper.flush_right(text, *hand, left, width)?,
            false => paper.paragraph(text, *hand, left, width)?,
        };
        cells = cells.beside(cell);
        x += column.width;
    }
    Ok(cells)
}
