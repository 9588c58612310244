//! Attachments: the statement and its proofs travel inside the PDF, and come out of it again.

use domain::certificate::{Attachments, Claims};
use domain::port::press::{Manuscript, PressError};
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, Stream, StringFormat, dictionary};

use crate::xmp::{digits, text};

/// The most that one attachment may be when it comes out of somebody's PDF: a guard against bombs.
const MOST: usize = 64 << 20;

const STATEMENT: &str = "statement.json";
const JWS: &str = "statement.jws";
const LOG_ENTRY: &str = "log-entry.json";
const LOG_PROOF: &str = "log-entry.tlog-proof";
const VERIFY: &str = "VERIFY.txt";

/// Attaches everything to a document and names it in the catalogue.
pub fn attach(
    document: &mut Document,
    catalog: &mut Dictionary,
    manuscript: &Manuscript,
    claims: &Claims,
    how: &str,
) {
    // In the order of their names, as a name tree must be.
    let files: [(&str, &str, &str, &str, &[u8]); 5] = [
        (
            VERIFY,
            "text/plain",
            "Supplement",
            "How to verify this certificate",
            how.as_bytes(),
        ),
        (
            LOG_ENTRY,
            "application/json",
            "Supplement",
            "The entry of the statement in the log",
            &manuscript.log_entry,
        ),
        (
            LOG_PROOF,
            "text/plain",
            "Supplement",
            "Proof of the entry (C2SP tlog-proof)",
            manuscript.log_proof.as_bytes(),
        ),
        (
            STATEMENT,
            "application/json",
            "Data",
            "The statement: the certificate itself",
            &manuscript.statement,
        ),
        (
            JWS,
            "application/jose",
            "Supplement",
            "The signature of the statement (RFC 7515)",
            manuscript.jws.as_bytes(),
        ),
    ];
    let date = Object::string_literal(format!("D:{}Z", digits(claims.issued_at)));
    let mut names = Vec::new();
    let mut associated = Vec::new();
    for (name, media, relationship, description, bytes) in files {
        let parameters = dictionary! {
            "Size" => bytes.len() as i64,
            "CreationDate" => date.clone(),
            "ModDate" => date.clone(),
        };
        let entry = dictionary! { "Type" => "EmbeddedFile", "Subtype" => media, "Params" => parameters };
        let stream = document.add_object(Stream::new(entry, bytes.to_vec()));
        let specification = document.add_object(dictionary! {
            "Type" => "Filespec",
            "F" => Object::string_literal(name),
            "UF" => Object::string_literal(name),
            "AFRelationship" => relationship,
            "Desc" => text(description),
            "EF" => dictionary! { "F" => stream, "UF" => stream },
        });
        names.extend([Object::string_literal(name), specification.into()]);
        associated.push(specification.into());
    }
    let tree = dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } };
    catalog.set("Names", tree);
    catalog.set("AF", Object::Array(associated));
}

/// Takes the attachments of a certificate out of a PDF. What is not there stays `None`; nothing is verified here.
pub fn attachments(pdf: &[u8]) -> Result<Attachments, PressError> {
    let options = LoadOptions {
        max_decompressed_size: Some(MOST),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(pdf, options)
        .map_err(|error| PressError::Unreadable(error.to_string()))?;
    let files = files(&document).unwrap_or_default();
    let take = |name: &str| -> Result<Option<Vec<u8>>, PressError> {
        let mut named = files.iter().filter(|(known, _)| known == name.as_bytes());
        match (named.next(), named.next()) {
            (Some(_), Some(_)) => Err(PressError::Unreadable(format!("{name} is attached twice"))),
            (Some((_, stream)), None) => contents(&document, *stream).map(Some),
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
    let dictionary = |object: &Object| document.dereference(object).ok()?.1.as_dict().ok().cloned();
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

fn contents(document: &Document, stream: ObjectId) -> Result<Vec<u8>, PressError> {
    let broken =
        |error: lopdf::Error| PressError::Unreadable(format!("an attachment cannot be read: {error}"));
    let stream = document
        .get_object(stream)
        .and_then(Object::as_stream)
        .map_err(broken)?;
    if stream.dict.get(b"Filter").is_err() {
        return Ok(stream.content.clone());
    }
    stream.decompressed_content_with_limit(MOST).map_err(broken)
}
