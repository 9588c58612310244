//! From drawing operations to the bytes of a PDF/A-3b (ISO 19005-3).
//!
//! printpdf embeds the fonts and writes the pages; what PDF/A asks beyond that is set here, and everything that would
//! differ from run to run is replaced.

use domain::certificate::Claims;
use domain::digest::Digest;
use domain::port::press::{Manuscript, PressError};
use domain::port::signer::Seal;
use flate2::{Compress, Compression, FlushCompress, Status};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use printpdf::{Mm, PdfDocument, PdfPage, PdfSaveOptions, XObjectId};

use crate::attach::attach;
use crate::fonts::Fonts;
use crate::icc::srgb;
use crate::ink::{Ink, LOGO};
use crate::logo::Logo;
use crate::seal::{self, Places};
use crate::xmp::Metadata;

/// How hard streams are compressed, of 9.
const LEVEL: u32 = 4;

/// Writes the document, with a place for each seal.
pub fn write(
    pages: Vec<Ink>,
    logo: Option<Logo>,
    manuscript: &Manuscript,
    claims: &Claims,
    how: &str,
    seals: &[Seal],
) -> Result<(Vec<u8>, Places), PressError> {
    let mut document = drawn(pages, logo)?;
    let broken = |error: lopdf::Error| PressError::Broken(error.to_string());
    let metadata = Metadata::of(claims);
    let mut catalog = document.catalog().map_err(broken)?.clone();
    attach(&mut document, &mut catalog, manuscript, claims, how);
    let intent = output_intent(&mut document);
    catalog.set("OutputIntents", vec![intent]);
    catalog.set("Lang", Object::string_literal("en"));
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    let xmp = Stream::new(
        dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
        metadata.xmp(),
    );
    let plain = document.add_object(xmp);
    catalog.set("Metadata", plain);
    let root = document
        .trailer
        .get(b"Root")
        .and_then(Object::as_reference)
        .map_err(broken)?;
    let info = document.add_object(metadata.info());
    if let Ok(old) = document.trailer.get(b"Info").and_then(Object::as_reference) {
        document.objects.remove(&old);
    }
    document.trailer.set("Info", info);
    document.trailer.set("ID", identity(manuscript));
    make_links_indirect(&mut document);
    seal::prepare(&mut document, &mut catalog, seals).map_err(broken)?;
    document.set_object(root, catalog);
    let mut compressor = Compress::new(Compression::new(LEVEL), true);
    for (id, object) in &mut document.objects {
        if let Object::Stream(stream) = object
            && *id != plain
        {
            compress(stream, &mut compressor)?;
        }
    }
    document.version = "1.7".into();
    document.renumber_objects();
    let places = Places::of(&document).map_err(broken)?;
    let mut bytes = Vec::new();
    document
        .save_to(&mut bytes)
        .map_err(|error| PressError::Broken(error.to_string()))?;
    Ok((bytes, places))
}

/// Deflates a stream. Much faster than the best that lopdf tries for, and hardly larger; one compressor serves all
/// streams, for its tables are large.
fn compress(stream: &mut Stream, compressor: &mut Compress) -> Result<(), PressError> {
    let content = &stream.content;
    let mut compressed = Vec::with_capacity(content.len() + content.len() / 100 + 64);
    compressor.reset();
    match compressor.compress_vec(content, &mut compressed, FlushCompress::Finish) {
        Ok(Status::StreamEnd) => {}
        _ => return Err(PressError::Broken("a stream could not be compressed".into())),
    }
    compressed.shrink_to_fit();
    stream.dict.set("Filter", "FlateDecode");
    stream.set_content(compressed);
    Ok(())
}

/// Lets printpdf draw the pages and embed the fonts, cut to what is used, and the logo under a name of our own.
fn drawn(pages: Vec<Ink>, logo: Option<Logo>) -> Result<Document, PressError> {
    let mut document = PdfDocument::new("");
    for face in Fonts::get().faces() {
        document
            .resources
            .fonts
            .map
            .insert(face.font_id(), face.embedded.clone());
    }
    if let Some(logo) = logo {
        let objects = &mut document.resources.xobjects.map;
        objects.insert(XObjectId(LOGO.into()), logo.into_xobject());
    }
    let page = |page: Ink| PdfPage::new(Mm(210.0), Mm(297.0), page.ops());
    document.with_pages(pages.into_iter().map(page).collect());
    let mut warnings = Vec::new();
    let options = PdfSaveOptions {
        image_optimization: None,
        ..PdfSaveOptions::default()
    };
    let drawn = document.to_lopdf_document(&options, &mut warnings);
    match warnings.first() {
        None => Ok(drawn),
        Some(warning) => Err(PressError::Broken(format!("{warning:?}"))),
    }
}

/// What the colours mean, wherever the file is printed.
fn output_intent(document: &mut Document) -> Object {
    let profile = document.add_object(Stream::new(dictionary! { "N" => 3 }, srgb()));
    dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => Object::string_literal("sRGB"),
        "Info" => Object::string_literal("sRGB IEC61966-2.1"),
        "DestOutputProfile" => profile,
    }
    .into()
}

/// The identity of a file follows from what it renders.
fn identity(manuscript: &Manuscript) -> Object {
    let mut parts = vec![
        &manuscript.statement,
        manuscript.jws.as_bytes(),
        manuscript.log_proof.as_bytes(),
    ];
    parts.extend(manuscript.logo.as_deref());
    let digest = Digest::of_parts(&parts);
    let half = Object::String(digest.as_bytes()[..16].to_vec(), lopdf::StringFormat::Hexadecimal);
    vec![half.clone(), half].into()
}

/// Annotations become objects of their own and are marked for printing: else a signature that is added later by
/// others is refused, and PDF/A as well.
fn make_links_indirect(document: &mut Document) {
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    for page in pages {
        let Ok(dictionary) = document.get_object(page).and_then(Object::as_dict) else {
            continue;
        };
        let annotations = dictionary
            .get(b"Annots")
            .and_then(Object::as_array)
            .cloned()
            .unwrap_or_default();
        let links: Vec<Object> = annotations
            .into_iter()
            .map(|annotation| match annotation {
                Object::Dictionary(link) => document.add_object(printed(link)).into(),
                reference => reference,
            })
            .collect();
        if let Ok(dictionary) = document.get_object_mut(page).and_then(Object::as_dict_mut) {
            match links.is_empty() {
                true => drop(dictionary.remove(b"Annots")),
                false => dictionary.set("Annots", links),
            }
        }
    }
}

fn printed(mut link: Dictionary) -> Dictionary {
    link.set("F", 4);
    link
}
