//! Setting text: shaping words, wrapping them into lines, placing their glyphs on a page.

use std::collections::HashMap;
use std::rc::Rc;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::ascii::Placed;
use crate::fonts::{FaceIndex, Fonts, Style};

/// A character that no font has. What stands in the statement was looked through before, so this names our own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoGlyph(pub char);

/// One glyph; lengths in thousandths of an em.
#[derive(Debug, Clone)]
pub struct Glyph {
    /// The font.
    pub face: FaceIndex,
    /// Its index in the font.
    pub id: u16,
    /// How far the next glyph is.
    pub advance: f64,
    /// Where it is drawn, from the pen.
    pub offset: (f64, f64),
    /// What a reader who copies it gets.
    pub text: String,
}

/// A word, shaped.
#[derive(Debug, Clone)]
pub struct Word {
    /// Its glyphs, left to right.
    pub glyphs: Vec<Glyph>,
    /// Its width in thousandths of an em.
    pub width: f64,
    /// Its text, when glyphs and characters do not go one to one.
    pub actual: Option<String>,
}

/// A line of words with single spaces between them.
#[derive(Debug, Clone)]
pub struct Line {
    /// The words.
    pub words: Vec<Rc<Word>>,
    /// How they are written.
    pub style: Style,
    /// Size in points.
    pub size: f64,
    /// Width in points.
    pub width: f64,
}

/// Sets text, remembering the words it has seen.
pub struct Setter {
    fonts: &'static Fonts,
    words: [HashMap<String, Rc<Word>>; 3],
}

impl Setter {
    /// One for a document.
    pub fn new() -> Self {
        Self {
            fonts: Fonts::get(),
            words: Default::default(),
        }
    }

    /// Wraps text into lines of at most `width` points. A line break in the text is one on the page; a word longer
    /// than a line is broken, never cut.
    pub fn wrap(&mut self, text: &str, style: Style, size: f64, width: f64) -> Result<Vec<Line>, NoGlyph> {
        let room = width * 1000.0 / size;
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let mut line = Breaking {
                words: Vec::new(),
                width: 0.0,
                space: self.fonts.space(style).advance,
                room,
            };
            for text in paragraph.split(' ').filter(|word| !word.is_empty()) {
                let word = self.word(text, style)?;
                if word.width <= room {
                    line.take(word, &mut |words, width| {
                        lines.push(finished(words, width, style, size))
                    });
                    continue;
                }
                let mut pieces = self.pieces(text, style, room)?.into_iter().peekable();
                while let Some(piece) = pieces.next() {
                    line.take(piece, &mut |words, width| {
                        lines.push(finished(words, width, style, size))
                    });
                    if pieces.peek().is_some() {
                        lines.push(finished(std::mem::take(&mut line.words), line.width, style, size));
                    }
                }
            }
            lines.push(finished(line.words, line.width, style, size));
        }
        Ok(lines)
    }

    /// One line, however long.
    pub fn line(&mut self, text: &str, style: Style, size: f64) -> Result<Line, NoGlyph> {
        let mut lines = self.wrap(&text.replace('\n', " "), style, size, f64::INFINITY)?;
        Ok(lines.remove(0))
    }

    fn word(&mut self, text: &str, style: Style) -> Result<Rc<Word>, NoGlyph> {
        if let Some(word) = self.words[style as usize].get(text) {
            return Ok(Rc::clone(word));
        }
        let word = Rc::new(self.shape(text, style)?);
        self.words[style as usize].insert(text.to_owned(), Rc::clone(&word));
        Ok(word)
    }

    /// Breaks a word that is wider than a line: after punctuation where that leaves more than half a line, else
    /// between graphemes.
    fn pieces(&mut self, text: &str, style: Style, room: f64) -> Result<Vec<Rc<Word>>, NoGlyph> {
        let mut pieces = Vec::new();
        let (mut start, mut width, mut soft) = (0, 0.0, None);
        for (index, grapheme) in text.grapheme_indices(true) {
            let wide = self.word(grapheme, style)?.width;
            if width + wide > room && index > start {
                let (end, rest) = match soft {
                    Some((end, before)) if before > room / 2.0 => (end, width - before),
                    _ => (index, 0.0),
                };
                pieces.push(self.word(&text[start..end], style)?);
                (start, width, soft) = (end, rest, None);
            }
            width += wide;
            if grapheme.ends_with(['-', '/', '.', '_', ':', '@', '?', '&', '=', ',']) {
                soft = Some((index + grapheme.len(), width));
            }
        }
        pieces.push(self.word(&text[start..], style)?);
        Ok(pieces)
    }

    fn shape(&self, text: &str, style: Style) -> Result<Word, NoGlyph> {
        let mut word = Word {
            glyphs: Vec::with_capacity(text.len()),
            width: 0.0,
            actual: None,
        };
        let first = style.faces()[0];
        if let Some(placed) = self.fonts.face(first).ascii().shape(text) {
            let characters = text.chars();
            characters
                .zip(placed)
                .for_each(|(character, placed)| word.push_ascii(self.fonts, first, character, placed));
            return Ok(word);
        }
        let mut faithful = true;
        for (face, run) in self.runs(text, style)? {
            faithful &= shape_run(self.fonts, face, run, &mut word);
        }
        if !faithful {
            word.actual = Some(text.into());
        }
        Ok(word)
    }

    /// Parts of a word that one font covers.
    fn runs<'t>(&self, text: &'t str, style: Style) -> Result<Vec<(FaceIndex, &'t str)>, NoGlyph> {
        let mut runs: Vec<(FaceIndex, usize, usize)> = Vec::new();
        for (start, grapheme) in text.grapheme_indices(true) {
            let face = self.fonts.covering(style, grapheme).map_err(NoGlyph)?;
            let end = start + grapheme.len();
            match runs.last_mut() {
                Some(last) if last.0 == face => last.2 = end,
                _ => runs.push((face, start, end)),
            }
        }
        Ok(runs
            .into_iter()
            .map(|(face, start, end)| (face, &text[start..end]))
            .collect())
    }
}

impl Word {
    fn push_ascii(&mut self, fonts: &Fonts, face: FaceIndex, character: char, placed: Placed) {
        let advance = fonts.face(face).thousandths(placed.advance);
        self.glyphs.push(Glyph {
            face,
            id: placed.id,
            advance,
            offset: (0.0, 0.0),
            text: character.into(),
        });
        self.width += advance;
    }
}

/// A line in the making; widths in thousandths of an em.
struct Breaking {
    words: Vec<Rc<Word>>,
    width: f64,
    space: f64,
    room: f64,
}

impl Breaking {
    fn take(&mut self, word: Rc<Word>, full: &mut impl FnMut(Vec<Rc<Word>>, f64)) {
        let with = self.width + self.space + word.width;
        if self.words.is_empty() {
            self.width = word.width;
        } else if with <= self.room {
            self.width = with;
        } else {
            full(std::mem::take(&mut self.words), self.width);
            self.width = word.width;
        }
        self.words.push(word);
    }
}

fn finished(words: Vec<Rc<Word>>, width: f64, style: Style, size: f64) -> Line {
    Line {
        words,
        style,
        size,
        width: width * size / 1000.0,
    }
}

/// Shapes a run into a word. Says whether every glyph stands for exactly one character and says so by itself.
fn shape_run(fonts: &Fonts, face: FaceIndex, run: &str, word: &mut Word) -> bool {
    let typeface = fonts.face(face);
    let shaped = typeface.shape(run);
    let infos = shaped.glyph_infos();
    let mut faithful = true;
    for (index, (info, position)) in infos.iter().zip(shaped.glyph_positions()).enumerate() {
        let id = u16::try_from(info.glyph_id).unwrap_or(0);
        let start = info.cluster as usize;
        let next = infos[index + 1..]
            .iter()
            .map(|info| info.cluster as usize)
            .find(|&cluster| cluster > start);
        let cluster = &run[start..next.unwrap_or(run.len())];
        let shared = index > 0 && infos[index - 1].cluster == info.cluster;
        let known = typeface.character(id);
        let single = single_character(cluster);
        faithful &=
            !shared && single.is_some() && (single == known || single.is_some_and(char::is_whitespace));
        word.glyphs.push(Glyph {
            face,
            id,
            advance: typeface.thousandths(position.x_advance),
            offset: (
                typeface.thousandths(position.x_offset),
                typeface.thousandths(position.y_offset),
            ),
            // Always the same text for the same glyph, so that the PDF's map of glyphs to text has no say in which came last.
            text: known.map_or_else(|| cluster.to_owned(), String::from),
        });
        word.width += typeface.thousandths(position.x_advance);
    }
    faithful
}

fn single_character(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(lines: &[Line]) -> Vec<String> {
        let word = |word: &Rc<Word>| {
            word.glyphs
                .iter()
                .map(|glyph| glyph.text.clone())
                .collect::<String>()
        };
        lines
            .iter()
            .map(|line| line.words.iter().map(word).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn lines_are_no_wider_than_asked() {
        let text = "A certificate of erasure that speaks of one-and-twenty systems, and names each of them.";
        let lines = Setter::new().wrap(text, Style::Regular, 10.0, 120.0).unwrap();
        assert!(lines.len() > 3);
        assert!(lines.iter().all(|line| line.width <= 120.0));
        assert_eq!(text_of(&lines).join(" "), text);
    }

    #[test]
    fn a_word_longer_than_a_line_is_broken_and_nothing_is_lost() {
        let word =
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(3);
        let lines = Setter::new().wrap(&word, Style::Regular, 10.0, 120.0).unwrap();
        assert!(lines.iter().all(|line| line.width <= 120.5), "{lines:?}");
        assert_eq!(text_of(&lines).concat(), word);
    }

    #[test]
    fn conjuncts_carry_their_text_along() {
        let line = Setter::new().line("क्षत्रिय", Style::Regular, 10.0).unwrap();
        assert_eq!(line.words[0].actual.as_deref(), Some("क्षत्रिय"));
        let line = Setter::new().line("office", Style::Regular, 10.0).unwrap();
        assert_eq!(
            (line.words[0].actual.as_deref(), line.words[0].glyphs.len()),
            (None, 6)
        );
    }

    #[test]
    fn an_unknown_character_stops_the_line() {
        assert_eq!(
            Setter::new().line("日本", Style::Regular, 10.0).unwrap_err(),
            NoGlyph('日')
        );
    }
}
