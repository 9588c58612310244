//! The vendored fonts: Noto Sans for Latin, Greek and Cyrillic, Noto Sans Devanagari behind it, Noto Sans Mono for
//! digests. Parsed once per process.

use std::collections::HashMap;
use std::sync::OnceLock;

use printpdf::{FontId, ParsedFont, PdfFont};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Feature, GlyphBuffer, Script, ShapePlan, UnicodeBuffer, script};

use crate::ascii::Ascii;
use crate::text::Glyph;

/// A way to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// For reading.
    Regular,
    /// For headings and names.
    Bold,
    /// For digests and codes.
    Mono,
}

/// One font file.
pub struct Typeface {
    /// Name of the font in the PDF: six capitals, so that the subset's tag is the same in every run.
    pub id: &'static str,
    /// For shaping.
    pub face: rustybuzz::Face<'static>,
    /// For embedding.
    pub embedded: PdfFont,
    ascii: OnceLock<Ascii>,
    space: Glyph,
    plan: ShapePlan,
    script: Script,
    per_em: f64,
    characters: HashMap<u16, char>,
}

/// All fonts, in the order of [`FaceIndex`].
pub struct Fonts(Vec<Typeface>);

/// Which of the fonts.
pub type FaceIndex = usize;

const REGULAR: FaceIndex = 0;
const BOLD: FaceIndex = 1;
const MONO: FaceIndex = 2;
const DEVANAGARI: FaceIndex = 3;
const DEVANAGARI_BOLD: FaceIndex = 4;

impl Style {
    /// The fonts to look in for a character, best first.
    pub const fn faces(self) -> &'static [FaceIndex] {
        match self {
            Self::Regular => &[REGULAR, DEVANAGARI],
            Self::Bold => &[BOLD, DEVANAGARI_BOLD],
            Self::Mono => &[MONO, REGULAR, DEVANAGARI],
        }
    }
}

impl Fonts {
    /// The fonts of this process.
    pub fn get() -> &'static Self {
        static FONTS: OnceLock<Fonts> = OnceLock::new();
        FONTS.get_or_init(|| {
            let latin = script::LATIN;
            let devanagari = script::DEVANAGARI;
            let files: [(&'static str, &'static [u8], Script); 5] = [
                ("CERTFA", include_bytes!("../fonts/NotoSans-Regular.ttf"), latin),
                ("CERTFB", include_bytes!("../fonts/NotoSans-Bold.ttf"), latin),
                (
                    "CERTFC",
                    include_bytes!("../fonts/NotoSansMono-Regular.ttf"),
                    latin,
                ),
                (
                    "CERTFD",
                    include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf"),
                    devanagari,
                ),
                (
                    "CERTFE",
                    include_bytes!("../fonts/NotoSansDevanagari-Bold.ttf"),
                    devanagari,
                ),
            ];
            let faces = files.into_iter().enumerate();
            Self(
                faces
                    .map(|(index, (id, file, script))| Typeface::new(index, id, file, script))
                    .collect(),
            )
        })
    }

    /// One font.
    pub fn face(&self, index: FaceIndex) -> &Typeface {
        &self.0[index]
    }

    /// The space between two words.
    pub fn space(&self, style: Style) -> &Glyph {
        &self.0[style.faces()[0]].space
    }

    /// All of them.
    pub fn faces(&self) -> impl Iterator<Item = &Typeface> {
        self.0.iter()
    }

    /// The first font of a style that has every character of a grapheme, or the character that none has.
    pub fn covering(&self, style: Style, grapheme: &str) -> Result<FaceIndex, char> {
        let faces = style.faces();
        faces
            .iter()
            .copied()
            .find(|&face| self.0[face].missing(grapheme).is_none())
            .ok_or_else(|| {
                let missing = |&face: &FaceIndex| self.0[face].missing(grapheme);
                faces
                    .iter()
                    .rev()
                    .find_map(missing)
                    .unwrap_or(char::REPLACEMENT_CHARACTER)
            })
    }
}

impl Typeface {
    fn new(index: FaceIndex, id: &'static str, file: &'static [u8], script: Script) -> Self {
        let face = rustybuzz::Face::from_slice(file, 0).expect("the vendored fonts are sound TrueType files");
        let parsed = ParsedFont::from_bytes(file, 0, &mut Vec::new())
            .expect("the vendored fonts are sound TrueType files");
        // A ligature is one glyph for two letters: a reader who copies or searches text is better served without.
        let off = |tag| Feature::new(Tag::from_bytes(tag), 0, ..);
        let features = if script == script::LATIN {
            vec![off(b"liga"), off(b"calt")]
        } else {
            vec![]
        };
        let plan = ShapePlan::new(&face, Direction::LeftToRight, Some(script), None, &features);
        let (space, units) = face.glyph_index(' ').map_or((0, 0), |glyph| {
            (glyph.0, i32::from(face.glyph_hor_advance(glyph).unwrap_or(0)))
        });
        let advance = f64::from(units) * 1000.0 / f64::from(face.units_per_em());
        Self {
            id,
            ascii: OnceLock::new(),
            space: Glyph {
                face: index,
                id: space,
                advance,
                offset: (0.0, 0.0),
                text: " ".into(),
            },
            plan,
            script,
            per_em: f64::from(face.units_per_em()),
            characters: characters(&face),
            embedded: PdfFont::new(parsed),
            face,
        }
    }

    /// Name of the font in the PDF.
    pub fn font_id(&self) -> FontId {
        FontId(self.id.into())
    }

    fn missing(&self, grapheme: &str) -> Option<char> {
        let alone = grapheme.chars().count() == 1;
        grapheme.chars().find(|&character| {
            let joiner = !alone && matches!(character, '\u{200c}' | '\u{200d}');
            character.is_control() || (!joiner && self.face.glyph_index(character).is_none())
        })
    }

    /// Shapes text of one script, left to right.
    pub fn shape(&self, text: &str) -> GlyphBuffer {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(self.script);
        rustybuzz::shape_with_plan(&self.face, &self.plan, buffer)
    }

    /// ASCII, shaped beforehand; only for fonts that have all of it.
    pub fn ascii(&self) -> &Ascii {
        self.ascii.get_or_init(|| Ascii::learn(|text| self.shape(text)))
    }

    /// Font units in thousandths of an em.
    pub fn thousandths(&self, units: i32) -> f64 {
        f64::from(units) * 1000.0 / self.per_em
    }

    /// The width of a glyph as the PDF says it: a whole number of thousandths of an em, cut.
    pub fn stated_width(&self, glyph: u16) -> f64 {
        let units = self
            .face
            .glyph_hor_advance(rustybuzz::ttf_parser::GlyphId(glyph))
            .unwrap_or(0);
        self.thousandths(i32::from(units)).floor()
    }

    /// The character that a glyph stands for by itself.
    pub fn character(&self, glyph: u16) -> Option<char> {
        self.characters.get(&glyph).copied()
    }
}

/// The lowest character of every glyph that the font's character map names.
fn characters(face: &rustybuzz::Face<'_>) -> HashMap<u16, char> {
    let mut characters = HashMap::new();
    let subtables = face.tables().cmap.into_iter().flat_map(|cmap| cmap.subtables);
    for subtable in subtables.filter(|subtable| subtable.is_unicode()) {
        subtable.codepoints(|codepoint| {
            let glyph = subtable.glyph_index(codepoint).map(|glyph| glyph.0);
            if let (Some(glyph), Some(character)) = (glyph, char::from_u32(codepoint)) {
                let known = characters.entry(glyph).or_insert(character);
                *known = (*known).min(character);
            }
        });
    }
    characters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_europe_and_devanagari_are_covered() {
        for text in [
            "Zoë Ångström",
            "Ελληνικά",
            "Українська",
            "Nguyễn Thị Ánh",
            "क्षत्रिय",
        ] {
            for character in text.chars().filter(|character| !character.is_whitespace()) {
                for style in [Style::Regular, Style::Bold, Style::Mono] {
                    assert!(
                        Fonts::get().covering(style, &character.to_string()).is_ok(),
                        "{character} {style:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_character_without_a_glyph_is_named() {
        assert_eq!(Fonts::get().covering(Style::Regular, "漢"), Err('漢'));
        assert_eq!(Fonts::get().covering(Style::Bold, "\u{7}"), Err('\u{7}'));
    }
}
