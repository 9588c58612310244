//! Attachments: the statement and its proofs travel inside the PDF; `domain::certificate::pdf` takes them out again.

use domain::certificate::Claims;
use domain::certificate::pdf::{JWS, LOG_ENTRY, LOG_PROOF, STATEMENT};
use domain::port::press::Manuscript;
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use crate::xmp::{digits, text};

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
