//! Takes out of a certificate's PDF what travels in it. Nothing is verified here; it also runs in a browser.

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, StringFormat};

use super::check::Attachments;

/// The name of the attached statement.
pub const STATEMENT: &str = "statement.json";
/// The name of its attached signature.
pub const JWS: &str = "statement.jws";
/// The name of the attached log entry.
pub const LOG_ENTRY: &str = "log-entry.json";
/// The name of the attached proof of that entry.
pub const LOG_PROOF: &str = "log-entry.tlog-proof";

/// The most that one attachment may be when it comes out of somebody's PDF: a guard against bombs.
const MOST: usize = 64 << 20;

/// The file cannot be read as the PDF of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// Not a PDF, or a broken one.
    #[error("the PDF cannot be read: {0}")]
    Unreadable(String),
    /// Two attachments of a name: which one speaks would be a matter of the reader.
    #[error("{0} is attached to the PDF twice")]
    Twice(&'static str),
    /// An attachment that cannot be taken out.
    #[error("{name} cannot be taken out of the PDF: {why}")]
    Attachment {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// Takes the attachments of a certificate out of a PDF. What is not there stays `None`.
pub fn attachments(pdf: &[u8]) -> Result<Attachments, PdfError> {
    let options = LoadOptions {
        max_decompressed_size: Some(MOST),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(pdf, options)
        .map_err(|error| PdfError::Unreadable(error.to_string()))?;
    let files = files(&document).unwrap_or_default();
    let take = |name: &'static str| -> Result<Option<Vec<u8>>, PdfError> {
        let mut named = files.iter().filter(|(known, _)| known == name.as_bytes());
        match (named.next(), named.next()) {
            (Some(_), Some(_)) => Err(PdfError::Twice(name)),
            (Some((_, stream)), None) => {
                contents(&document, *stream)
                    .map(Some)
                    .map_err(|error| PdfError::Attachment {
                        name,
                        why: error.to_string(),
                    })
            }
            (None, _) => Ok(None),
        }
    };
    Ok(Attachments {
        statement: take(STATEMENT)?,
        jws: take(JWS)?,
        log_entry: take(LOG_ENTRY)?,
        log_proof: take(LOG_PROOF)?,
    })
}

/// Name and stream of every embedded file of the catalogue's name tree, as we write it: without branches.
fn files(document: &Document) -> Option<Vec<(Vec<u8>, ObjectId)>> {
    let dictionary = |object: &Object| -> Option<Dictionary> {
        document.dereference(object).ok()?.1.as_dict().ok().cloned()
    };
    let names = dictionary(document.catalog().ok()?.get(b"Names").ok()?)?;
    let tree = dictionary(names.get(b"EmbeddedFiles").ok()?)?;
    let pairs = document
        .dereference(tree.get(b"Names").ok()?)
        .ok()?
        .1
        .as_array()
        .ok()?
        .clone();
    let file = |pair: &[Object]| {
        let name = match &pair[0] {
            Object::String(name, StringFormat::Literal | StringFormat::Hexadecimal) => name.clone(),
            _ => return None,
        };
        let specification = dictionary(&pair[1])?;
        let stream = dictionary(specification.get(b"EF").ok()?)?
            .get(b"F")
            .ok()?
            .as_reference()
            .ok()?;
        Some((name, stream))
    };
    pairs.chunks_exact(2).map(file).collect()
}

fn contents(document: &Document, stream: ObjectId) -> lopdf::Result<Vec<u8>> {
    let stream = document.get_object(stream).and_then(Object::as_stream)?;
    match stream.dict.has(b"Filter") {
        false => Ok(stream.content.clone()),
        true => stream.decompressed_content_with_limit(MOST),
    }
}
