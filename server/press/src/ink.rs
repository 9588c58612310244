//! Ink on one page: text, rectangles and links, as the drawing operations of a PDF.

use printpdf::{
    Actions, BorderArray, Codepoint, Color, DictItem, HighlightingMode, LinkAnnotation, Op, PaintMode,
    PdfFontHandle, Point, Pt, Rect, Rgb, TextItem, XObjectId, XObjectTransform,
};

use crate::fonts::{FaceIndex, Fonts};
use crate::text::{Glyph, Line};

/// A colour of the sRGB space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colour(pub f32, pub f32, pub f32);

/// Text.
pub const INK: Colour = Colour(0.11, 0.12, 0.15);
/// Labels, footers, small print.
pub const MUTED: Colour = Colour(0.36, 0.39, 0.44);
/// Headings and the letterhead.
pub const ACCENT: Colour = Colour(0.09, 0.21, 0.39);
/// Lines.
pub const RULE: Colour = Colour(0.76, 0.79, 0.83);
/// Behind heads of tables and the outcome.
pub const SHADE: Colour = Colour(0.945, 0.955, 0.97);
/// What is not complete.
pub const CAUTION: Colour = Colour(0.66, 0.36, 0.02);
/// Behind it.
pub const CAUTION_SHADE: Colour = Colour(0.995, 0.96, 0.89);
/// What is no certificate.
pub const ALARM: Colour = Colour(0.69, 0.09, 0.12);
/// Behind it, and the mark across the pages of a drill.
pub const ALARM_SHADE: Colour = Colour(0.985, 0.925, 0.925);

/// The name of the logo among the resources.
pub const LOGO: &str = "LOGO";

/// The operations of one page. Lengths in points, from the lower left corner.
#[derive(Default)]
pub struct Ink {
    ops: Vec<Op>,
    fill: Option<Colour>,
    font: Option<(FaceIndex, f64)>,
    line_start: (f64, f64),
}

/// Glyphs on one baseline in one font, waiting to be shown together.
struct Run {
    face: FaceIndex,
    origin: (f64, f64),
    items: Vec<Codepoint>,
    /// Where the viewer's pen is, in thousandths of an em from the start of the line.
    pen: f64,
    lift: f64,
}

impl Ink {
    /// The operations, in order.
    pub fn ops(self) -> Vec<Op> {
        self.ops
    }

    /// Puts what another has drawn underneath.
    pub fn over(self, below: Ink) -> Ink {
        let mut ops = below.ops;
        // Each layer sets its own colours and fonts; between two text objects nothing else carries over.
        ops.extend(self.ops);
        Ink {
            ops,
            ..Ink::default()
        }
    }

    fn colour(&mut self, colour: Colour) {
        if self.fill != Some(colour) {
            let Colour(r, g, b) = colour;
            self.ops.push(Op::SetFillColor {
                col: Color::Rgb(Rgb::new(r, g, b, None)),
            });
            self.fill = Some(colour);
        }
    }

    /// A filled rectangle.
    pub fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, colour: Colour) {
        self.colour(colour);
        let rectangle = Rect {
            mode: Some(PaintMode::Fill),
            ..area(x, y, width, height)
        };
        self.ops.push(Op::DrawRectangle { rectangle });
    }

    /// The logo, in an area of its own proportions.
    pub fn logo(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let numbers = [width, 0.0, 0.0, height, x, y].map(hundredths);
        self.ops.push(Op::SaveGraphicsState);
        self.ops.push(Op::SetTransformationMatrix {
            matrix: printpdf::CurTransMat::Raw(numbers),
        });
        self.ops.push(Op::UseXobject {
            id: XObjectId(LOGO.into()),
            transform: XObjectTransform {
                no_auto_scale: true,
                ..XObjectTransform::default()
            },
        });
        self.ops.push(Op::RestoreGraphicsState);
    }

    /// An area that opens an address.
    pub fn link(&mut self, x: f64, y: f64, width: f64, height: f64, address: &str) {
        let link = LinkAnnotation {
            rect: area(x, y, width, height),
            border: BorderArray::Solid([0.0, 0.0, 0.0]),
            color: printpdf::ColorArray::Transparent,
            highlighting: HighlightingMode::Invert,
            actions: Actions::uri(address.into()),
        };
        self.ops.push(Op::LinkAnnotation { link });
    }

    /// A line of text with its baseline at `y`.
    pub fn line(&mut self, line: &Line, x: f64, y: f64, colour: Colour) {
        if line.words.is_empty() {
            return;
        }
        self.colour(colour);
        self.ops.push(Op::StartTextSection);
        self.line_start = (0.0, 0.0);
        let mut at = 0.0;
        let mut run = None;
        for (index, word) in line.words.iter().enumerate() {
            if index > 0 {
                let blank = Fonts::get().space(line.style);
                self.glyph(&mut run, blank, at, line.size, (x, y));
                at += blank.advance;
            }
            if let Some(actual) = &word.actual {
                self.show(run.take(), line.size);
                self.ops.push(actual_text(actual));
            }
            for glyph in &word.glyphs {
                self.glyph(&mut run, glyph, at, line.size, (x, y));
                at += glyph.advance;
            }
            if word.actual.is_some() {
                self.show(run.take(), line.size);
                self.ops.push(Op::EndMarkedContent);
            }
        }
        self.show(run, line.size);
        self.ops.push(Op::EndTextSection);
    }

    /// Adds a glyph to the run, or starts another one where font or baseline change.
    fn glyph(&mut self, run: &mut Option<Run>, glyph: &Glyph, at: f64, size: f64, origin: (f64, f64)) {
        let (x, lift) = (at + glyph.offset.0, glyph.offset.1);
        if run
            .as_ref()
            .is_none_or(|run| run.face != glyph.face || run.lift != lift)
        {
            self.show(run.take(), size);
        }
        let scale = size / 1000.0;
        let run = run.get_or_insert_with(|| Run {
            face: glyph.face,
            origin: (origin.0 + x * scale, origin.1 + lift * scale),
            items: Vec::new(),
            pen: x,
            lift,
        });
        // The viewer advances by whole thousandths; kerning and what was cut off are made good here.
        let back = run.pen - x;
        if let Some(last) = run.items.last_mut().filter(|_| back.abs() > 0.01) {
            last.offset += back as f32;
            run.pen -= back;
        }
        run.items.push(Codepoint {
            gid: glyph.id,
            offset: 0.0,
            cid: Some(glyph.text.clone()),
        });
        run.pen += Fonts::get().face(glyph.face).stated_width(glyph.id);
    }

    fn show(&mut self, run: Option<Run>, size: f64) {
        let Some(run) = run else { return };
        if self.font != Some((run.face, size)) {
            let font = PdfFontHandle::External(Fonts::get().face(run.face).font_id());
            self.ops.push(Op::SetFont {
                font,
                size: Pt(size as f32),
            });
            self.font = Some((run.face, size));
        }
        // Relative to where the last run began. An absolute matrix would do as well, but printpdf then decodes every
        // glyph once more to see what it could merge.
        let (x, y) = (
            hundredths(run.origin.0 - self.line_start.0),
            hundredths(run.origin.1 - self.line_start.1),
        );
        self.line_start = (self.line_start.0 + f64::from(x), self.line_start.1 + f64::from(y));
        self.ops.push(Op::SetTextCursor {
            pos: Point { x: Pt(x), y: Pt(y) },
        });
        self.ops.push(Op::ShowText {
            items: vec![TextItem::GlyphIds(run.items)],
        });
    }

    /// One slanted line across the page, rising by 45 degrees.
    pub fn slanted(&mut self, line: &Line, x: f64, y: f64, colour: Colour) {
        let turn = std::f32::consts::FRAC_1_SQRT_2;
        self.ops.push(Op::SaveGraphicsState);
        let matrix = printpdf::CurTransMat::Raw([turn, turn, -turn, turn, x as f32, y as f32]);
        self.ops.push(Op::SetTransformationMatrix { matrix });
        (self.fill, self.font) = (None, None);
        self.line(line, 0.0, 0.0, colour);
        self.ops.push(Op::RestoreGraphicsState);
        (self.fill, self.font) = (None, None);
    }
}

/// Rounded to a hundredth of a point, which no eye sees and no file needs.
fn hundredths(points: f64) -> f32 {
    ((points * 100.0).round() / 100.0) as f32
}

fn area(x: f64, y: f64, width: f64, height: f64) -> Rect {
    Rect {
        x: Pt(hundredths(x)),
        y: Pt(hundredths(y)),
        width: Pt(hundredths(width)),
        height: Pt(hundredths(height)),
        mode: None,
        winding_order: None,
    }
}

/// Opens a span that is read as `text`, whatever its glyphs are (PDF 32000-1, 14.9.4).
fn actual_text(text: &str) -> Op {
    let data = [0xfe, 0xff]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
        .collect();
    let value = DictItem::String { data, literal: false };
    Op::BeginMarkedContentWithProperties {
        tag: "Span".into(),
        properties: DictItem::Dict {
            map: [("ActualText".to_owned(), value)].into(),
        },
    }
}
