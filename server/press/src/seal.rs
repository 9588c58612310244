//! The seal for viewers (PAdES, ETSI EN 319 142-1): an empty field for each seal, the chains that check it, and the
//! signature, set by an update that is appended to the file.
//!
//! Chains and lists of revoked certificates are in the document before it is sealed, so that a seal covers them. Each
//! seal covers everything but its own place; the last one the whole file.

use domain::port::press::PressError;
use domain::port::signer::{Seal, Signer};
use domain::time::Timestamp;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::xmp::digits;

/// Room for a signature, in bytes.
const ROOM: usize = 4096;
/// How the file says where its last table of objects is.
const START: &[u8] = b"startxref\n";

/// Where a document can be sealed, once its objects have their numbers.
pub struct Places {
    /// The entries of its trailer, but size and predecessor.
    trailer: String,
    /// The first free number.
    next: u32,
    /// The fields, in the order of the seals.
    fields: Vec<Field>,
}

/// An empty field for a seal.
struct Field {
    id: ObjectId,
    page: ObjectId,
}

/// Adds an empty field for each seal to the first page, and the chains to the catalogue.
pub fn prepare(
    document: &mut Document,
    catalog: &mut Dictionary,
    seals: &[Seal],
) -> Result<(), lopdf::Error> {
    if seals.is_empty() {
        return Ok(());
    }
    let page = *document
        .get_pages()
        .get(&1)
        .ok_or(lopdf::Error::PageNumberNotFound(1))?;
    let fields: Vec<Object> = seals
        .iter()
        .map(|seal| document.add_object(field(seal.algorithm, page)).into())
        .collect();
    let first = document.get_object_mut(page).and_then(Object::as_dict_mut)?;
    let mut annotations = first
        .get(b"Annots")
        .and_then(Object::as_array)
        .cloned()
        .unwrap_or_default();
    annotations.extend(fields.iter().cloned());
    first.set("Annots", annotations);
    // Signatures exist, and the file may only be appended to.
    catalog.set("AcroForm", dictionary! { "Fields" => fields, "SigFlags" => 3 });
    let mut put =
        |bytes: &[u8]| Object::from(document.add_object(Stream::new(dictionary! {}, bytes.to_vec())));
    let certificates: Vec<Object> = seals
        .iter()
        .flat_map(|seal| [&seal.certificate, &seal.root])
        .map(|bytes| put(bytes))
        .collect();
    let lists: Vec<Object> = seals.iter().map(|seal| put(&seal.crl)).collect();
    let store = dictionary! { "Type" => "DSS", "Certs" => certificates, "CRLs" => lists };
    catalog.set("DSS", document.add_object(store));
    let extension = dictionary! {
        "Type" => "DeveloperExtensions",
        "BaseVersion" => "1.7",
        "ExtensionLevel" => 5,
    };
    catalog.set("Extensions", dictionary! { "ESIC" => extension });
    Ok(())
}

/// A field without extent, which needs no appearance (ISO 19005-3, 6.3.3): printed and locked.
fn field(algorithm: &str, page: ObjectId) -> Dictionary {
    dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "FT" => "Sig",
        "T" => Object::string_literal(name(algorithm)),
        "F" => 132,
        "Rect" => vec![0.into(), 0.into(), 0.into(), 0.into()],
        "P" => page,
    }
}

fn name(algorithm: &str) -> String {
    format!("Seal-{algorithm}")
}

impl Places {
    /// Finds them again, in a document about to be written.
    pub fn of(document: &Document) -> Result<Self, lopdf::Error> {
        let root = document.trailer.get(b"Root").and_then(Object::as_reference)?;
        let info = document.trailer.get(b"Info").and_then(Object::as_reference)?;
        let identity = document.trailer.get(b"ID").and_then(Object::as_array)?;
        let identity = identity.iter().map(|half| half.as_str().map(hex));
        let identity = identity.collect::<Result<String, _>>()?;
        let form = document.catalog()?.get(b"AcroForm").and_then(Object::as_dict);
        let fields = form.and_then(|form| form.get(b"Fields")?.as_array());
        let field = |reference: &Object| -> Result<Field, lopdf::Error> {
            let id = reference.as_reference()?;
            let page = document.get_object(id)?.as_dict()?.get(b"P")?.as_reference()?;
            Ok(Field { id, page })
        };
        Ok(Self {
            trailer: format!("/Root {} 0 R/Info {} 0 R/ID[{identity}]", root.0, info.0),
            next: document.max_id + 1,
            fields: fields
                .map(|fields| fields.iter().map(field).collect::<Result<_, _>>())
                .unwrap_or_else(|_| Ok(Vec::new()))?,
        })
    }
}

/// Seals a document with each seal, one after the other.
pub fn set(
    mut pdf: Vec<u8>,
    places: &Places,
    seals: &[Seal],
    signer: &dyn Signer,
    at: Timestamp,
) -> Result<Vec<u8>, PressError> {
    for ((seal, field), number) in seals.iter().zip(&places.fields).zip(places.next..) {
        let blank = Update {
            field,
            seal,
            number,
            trailer: &places.trailer,
            at,
        }
        .append_to(pdf)?;
        let covered = [&blank.bytes[..blank.gap.start], &blank.bytes[blank.gap.end..]];
        let signature = signer.seal(seal, &covered, at).map_err(PressError::Unsealed)?;
        pdf = blank.filled(&signature)?;
    }
    Ok(pdf)
}

/// What is appended for one seal: the field with its value, and the value.
struct Update<'a> {
    field: &'a Field,
    seal: &'a Seal,
    /// Of the value.
    number: u32,
    trailer: &'a str,
    at: Timestamp,
}

/// A document with room for a signature.
struct Blank {
    bytes: Vec<u8>,
    /// The room, with its delimiters: what the seal does not cover.
    gap: std::ops::Range<usize>,
}

impl Update<'_> {
    fn append_to(self, mut pdf: Vec<u8>) -> Result<Blank, PressError> {
        let previous = last_table(&pdf).ok_or_else(|| PressError::Broken("the file has no end".into()))?;
        if !pdf.ends_with(b"\n") {
            pdf.push(b'\n');
        }
        let (field, page, number) = (self.field.id.0, self.field.page.0, self.number);
        let field_at = pdf.len();
        let name = name(self.seal.algorithm);
        let appended = format!(
            "{field} 0 obj\n<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/F 132/Rect[0 0 0 0]/P {page} 0 R/V {number} 0 R>>\nendobj\n"
        );
        pdf.extend(appended.as_bytes());
        let value_at = pdf.len();
        let head = format!(
            "{number} 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:{}Z)/ByteRange[0 ",
            digits(self.at)
        );
        pdf.extend(head.as_bytes());
        // Numbers of ten digits, so that the place of everything is known before they are.
        let range_at = pdf.len();
        pdf.extend(format!("{:>10} {:>10} {:>10}]/Contents", 0, 0, 0).as_bytes());
        let gap = pdf.len()..pdf.len() + 2 * ROOM + 2;
        pdf.push(b'<');
        pdf.resize(gap.end - 1, b'0');
        pdf.extend(b">>>\nendobj\n");
        let table_at = pdf.len();
        // Each line of the table has twenty bytes.
        let table = format!(
            "xref\n{field} 1\n{field_at:010} 00000 n \n{number} 1\n{value_at:010} 00000 n \n\
             trailer\n<</Size {}{}/Prev {previous}>>\nstartxref\n{table_at}\n%%EOF\n",
            number + 1,
            self.trailer
        );
        pdf.extend(table.as_bytes());
        let range = format!("{:>10} {:>10} {:>10}", gap.start, gap.end, pdf.len() - gap.end);
        pdf[range_at..range_at + range.len()].copy_from_slice(range.as_bytes());
        Ok(Blank { bytes: pdf, gap })
    }
}

impl Blank {
    fn filled(mut self, signature: &[u8]) -> Result<Vec<u8>, PressError> {
        if signature.len() > ROOM {
            return Err(PressError::Broken(format!(
                "a signature of {} bytes has no room in {ROOM}",
                signature.len()
            )));
        }
        for (place, byte) in signature.iter().enumerate() {
            let at = self.gap.start + 1 + 2 * place;
            self.bytes[at..at + 2].copy_from_slice(format!("{byte:02x}").as_bytes());
        }
        Ok(self.bytes)
    }
}

/// Where the last table of objects begins.
fn last_table(pdf: &[u8]) -> Option<u64> {
    let end = pdf.get(pdf.len().saturating_sub(64)..)?;
    let start = end.windows(START.len()).rposition(|window| window == START)?;
    let number = end
        .get(start + START.len()..)?
        .split(|byte| !byte.is_ascii_digit())
        .next()?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("<{digits}>")
}
