//! Shaping of plain ASCII, looked up instead of computed: most of a certificate is ASCII, and shaping it again and
//! again would take a third of the time.
//!
//! With ligatures off, ASCII in the vendored fonts is a row of glyphs whose distances depend on two neighbours only.
//! The distances are taken from the shaper itself, once; a test holds both ways against each other.

use rustybuzz::GlyphBuffer;

const FIRST: u8 = b' ';
const LAST: u8 = b'~';
const COUNT: usize = (LAST - FIRST + 1) as usize;

/// The glyphs of ASCII in one font.
pub struct Ascii {
    glyphs: Vec<u16>,
    /// The advance of the first of two neighbours, in font units; and of each glyph at the end of a word.
    advances: Vec<i32>,
    last: Vec<i32>,
}

/// One glyph and its advance in font units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The glyph.
    pub id: u16,
    /// How far the next one is.
    pub advance: i32,
}

impl Ascii {
    /// Asks a shaper for all pairs.
    pub fn learn(shape: impl Fn(&str) -> GlyphBuffer) -> Self {
        let mut ascii = Self {
            glyphs: Vec::new(),
            advances: vec![0; COUNT * COUNT],
            last: Vec::new(),
        };
        for left in 0..COUNT {
            // The character before every other one: a!a"a#a$ ...
            let row: String = (0..COUNT)
                .flat_map(|right| [character(left), character(right)])
                .collect();
            let shaped = shape(&row);
            for (right, pair) in shaped.glyph_positions().chunks(2).enumerate() {
                ascii.advances[left * COUNT + right] = pair[0].x_advance;
            }
            let alone = shape(&character(left).to_string());
            ascii
                .glyphs
                .push(u16::try_from(alone.glyph_infos()[0].glyph_id).unwrap_or(0));
            ascii.last.push(alone.glyph_positions()[0].x_advance);
        }
        ascii
    }

    /// The glyphs of a word, when all of it is ASCII.
    pub fn shape(&self, text: &str) -> Option<impl Iterator<Item = Placed>> {
        let bytes = text.as_bytes();
        if !bytes.iter().all(|byte| (FIRST..=LAST).contains(byte)) {
            return None;
        }
        let index = |byte: u8| usize::from(byte - FIRST);
        Some(bytes.iter().enumerate().map(move |(place, &byte)| {
            let left = index(byte);
            let advance = match bytes.get(place + 1) {
                Some(&next) => self.advances[left * COUNT + index(next)],
                None => self.last[left],
            };
            Placed {
                id: self.glyphs[left],
                advance,
            }
        }))
    }
}

fn character(index: usize) -> char {
    char::from(FIRST + index as u8)
}

#[cfg(test)]
mod tests {
    use super::Placed;
    use crate::fonts::{Fonts, Style};

    /// All pairs, and what English, addresses and digests are made of.
    fn texts() -> Vec<String> {
        let pairs = (' '..='~').map(|left| (' '..='~').rev().flat_map(|right| [right, left]).collect());
        let words = include_str!("../../../docs/certificate.md")
            .split_whitespace()
            .map(str::to_owned);
        let others = [
            "AVATAR/To.Ty",
            "f1f2ff.fi-fl'ffi",
            "0123456789abcdef",
            "https://lethe.example/~x?y=z&T=V.",
            "\"W.A.\"",
        ];
        pairs.chain(words).chain(others.map(str::to_owned)).collect()
    }

    #[test]
    fn looked_up_and_shaped_are_the_same() {
        let texts = texts();
        for style in [Style::Regular, Style::Bold, Style::Mono] {
            let face = Fonts::get().face(style.faces()[0]);
            for text in texts.iter().filter(|text| text.is_ascii()) {
                let shaped = face.shape(text);
                let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
                let placed: Vec<_> = face.ascii().shape(text).unwrap().collect();
                let computed = infos.iter().zip(positions).map(|(info, position)| {
                    assert_eq!((position.x_offset, position.y_offset), (0, 0), "{text}");
                    Placed {
                        id: info.glyph_id as u16,
                        advance: position.x_advance,
                    }
                });
                assert_eq!(placed, computed.collect::<Vec<_>>(), "{} {text}", face.id);
            }
        }
    }
}
