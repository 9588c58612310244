//! Prints the story: who did what when, and what was seen.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use domain::time::Timestamp;

use super::DemoError;

/// Columns of a line.
const WIDTH: usize = 100;
/// Where text begins, after the time.
const INDENT: usize = 17;

/// Tells the story line by line.
pub(super) struct Teller<W> {
    out: W,
    chapter: u32,
    now: String,
}

impl<W: Write> Teller<W> {
    /// Tells it to somebody.
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            chapter: 0,
            now: String::new(),
        }
    }

    /// The time that the next lines carry.
    pub(super) fn at(&mut self, now: Timestamp, zone: &str) {
        let zoned = jiff::Timestamp::from_microsecond(now.as_microsecond()).and_then(|now| now.in_tz(zone));
        self.now = zoned.map_or_else(
            |_| now.to_string(),
            |now| now.strftime("%a %d %b %H:%M").to_string(),
        );
    }

    /// A line as wide as can be.
    pub(super) fn plain(&mut self, text: &str) -> Result<(), DemoError> {
        self.wrapped("", "", text)
    }

    /// The title.
    pub(super) fn title(&mut self, text: &str) -> Result<(), DemoError> {
        self.line(&format!("\n{text}\n{}", "=".repeat(text.chars().count())))
    }

    /// The head of the next chapter.
    pub(super) fn chapter(&mut self, title: &str) -> Result<(), DemoError> {
        self.chapter += 1;
        let head = format!("{:>2}  {title}", self.chapter);
        self.line(&format!("\n{head}\n    {}", "-".repeat(head.chars().count() - 4)))
    }

    /// What somebody did.
    pub(super) fn act(&mut self, text: &str) -> Result<(), DemoError> {
        let now = std::mem::take(&mut self.now);
        let told = self.wrapped(&now, "", text);
        self.now = now;
        told
    }

    /// What was seen; an error when it was not.
    pub(super) fn saw(&mut self, holds: bool, text: &str) -> Result<(), DemoError> {
        match holds {
            true => self.wrapped("", "+ ", text),
            false => Err(DemoError::NotAsTold(text.to_owned())),
        }
    }

    /// A command for a person to run, not broken into lines.
    pub(super) fn command(&mut self, command: &str) -> Result<(), DemoError> {
        self.line(&format!("{}$ {command}", " ".repeat(INDENT + 2)))
    }

    /// The clock was moved.
    pub(super) fn time_passes(&mut self, text: &str) -> Result<(), DemoError> {
        self.wrapped("", ">> ", text)
    }

    /// Something to know that nobody had to see.
    pub(super) fn note(&mut self, text: &str) -> Result<(), DemoError> {
        self.wrapped("", "- ", text)
    }

    /// Rows under a head: columns of words are flush left, columns of figures flush right.
    pub(super) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) -> Result<(), DemoError> {
        let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
        let all: Vec<&Vec<String>> = std::iter::once(&head).chain(rows).collect();
        let width = |column: usize| {
            all.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        let figures = |column: usize| rows.iter().all(|row| !row[column].contains(char::is_alphabetic));
        let flush_right: Vec<bool> = (0..head.len()).map(figures).collect();
        for (place, row) in all.into_iter().enumerate() {
            let cells =
                row.iter()
                    .zip(&widths)
                    .zip(&flush_right)
                    .map(|((cell, &width), right)| match right {
                        true => format!("{cell:>width$}"),
                        false => format!("{cell:<width$}"),
                    });
            let cells: Vec<String> = cells.collect();
            self.line(format!("{}{}", " ".repeat(INDENT), cells.join("  ")).trim_end())?;
            if place == 0 {
                let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
                self.line(&format!("{}{}", " ".repeat(INDENT), rule.join("  ")))?;
            }
        }
        Ok(())
    }

    /// What is left when the story has ended.
    pub(super) fn end(&mut self, out: &Path, took: Duration) -> Result<(), DemoError> {
        self.line("")?;
        self.plain(&format!(
            "Everything above was seen as told. It took {:.1} s. The certificate and all that is needed to check it: {}",
            took.as_secs_f64(),
            out.display()
        ))?;
        self.plain("The store, the sample systems and the private keys of this demo are deleted again.")
    }

    fn line(&mut self, text: &str) -> Result<(), DemoError> {
        writeln!(self.out, "{text}").map_err(|error| DemoError::file("standard output", error))
    }

    /// Text in lines that begin below each other, after what stands in the margin.
    fn wrapped(&mut self, margin: &str, mark: &str, text: &str) -> Result<(), DemoError> {
        let indent = if margin.is_empty() && mark.is_empty() {
            0
        } else {
            INDENT
        };
        let room = WIDTH - indent - mark.chars().count();
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        for (place, line) in lines.iter().enumerate() {
            let (margin, mark) = match place {
                0 => (margin.to_owned(), mark.to_owned()),
                _ => (String::new(), " ".repeat(mark.chars().count())),
            };
            self.line(&format!("{margin:<indent$}{mark}{line}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tell: impl FnOnce(&mut Teller<&mut Vec<u8>>)) -> String {
        let mut bytes = Vec::new();
        tell(&mut Teller::new(&mut bytes));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn long_lines_are_broken_below_each_other() {
        let text = told(|teller| teller.saw(true, &"word ".repeat(30)).unwrap());
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(
            text.lines()
                .nth(1)
                .unwrap()
                .starts_with("                   word")
        );
    }

    #[test]
    fn what_was_not_seen_ends_the_story() {
        let mut bytes = Vec::new();
        let refused = Teller::new(&mut bytes).saw(false, "pigs fly");
        assert!(matches!(refused, Err(DemoError::NotAsTold(what)) if what == "pigs fly"));
        assert!(bytes.is_empty());
    }

    #[test]
    fn figures_stand_below_each_other() {
        let rows = [
            vec!["crm".to_owned(), "7".to_owned()],
            vec!["billing".to_owned(), "1,024".to_owned()],
        ];
        let text = told(|teller| teller.table(&["dataset", "records"], &rows).unwrap());
        let ends: Vec<usize> = text.lines().map(|line| line.chars().count()).collect();
        assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{text}");
    }
}
