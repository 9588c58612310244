//! The files that a stranger gets, and what they can and cannot be passed off as.

use std::path::Path;

use domain::certificate::{Answer, Attachments, Beside, Claims, File, Recipient, check};
use domain::port::press::Manuscript;
use domain::port::signer::Signer as _;
use domain::register::{CertificateRecord, Document, Statement};
use domain::signature::jwk::KeySet;
use domain::signature::note::VerifierKey;
use lopdf::Object;
use vault::IssuerKeys;

use super::DemoError;

/// How many places of the file are altered, one after the other.
const PLACES: usize = 64;

/// Files read back from the folder.
pub(super) struct Files {
    /// The certificate.
    pub(super) pdf: Vec<u8>,
    /// The entry of the log.
    pub(super) log_entry: Vec<u8>,
    raw: Vec<u8>,
    sshsig: String,
    jws: String,
    log_proof: String,
    statement: Vec<u8>,
    pub(super) keys: KeySet,
    log_keys: Vec<VerifierKey>,
}

/// What altering single bytes came to.
pub(super) struct Flips {
    /// How many files were tried.
    pub(super) tried: usize,
    /// How many were refused.
    pub(super) refused: usize,
    /// What was said about one.
    pub(super) example: String,
}

impl Files {
    /// Writes the certificate and everything that checks it.
    pub(super) fn write(
        folder: &Path,
        issuer: &IssuerKeys,
        record: &CertificateRecord,
        statement: &Statement,
        document: &Document,
    ) -> Result<(), DemoError> {
        let keys = issuer.public_keys(record.certified_at)?;
        let attached = attachments(&document.pdf)?;
        let entry = attached
            .log_entry
            .ok_or_else(|| DemoError::NotAsTold("the log entry is attached".into()))?;
        let (roots, lists) = (keys.root_certificates(), keys.revocation_lists());
        let files: [(&str, &[u8]); 13] = [
            ("certificate.pdf", &document.pdf),
            ("certificate.pdf.sig", &document.signature),
            ("certificate.pdf.sshsig", document.sshsig.as_bytes()),
            ("allowed_signers", keys.allowed_signers.as_bytes()),
            ("statement.json", &statement.bytes),
            ("statement.jws", statement.jws.as_bytes()),
            ("jwks.json", keys.jwks_json.as_bytes()),
            ("public.pem", keys.public_pem.as_bytes()),
            ("log-entry.json", &entry),
            ("log-entry.tlog-proof", document.log_proof.as_bytes()),
            ("log.pem", keys.log_pem.as_bytes()),
            ("log.vkey", keys.log_vkey.as_bytes()),
            ("ca.pem", roots.as_bytes()),
        ];
        let lists = lists.iter().map(|(name, list)| (name.as_str(), *list));
        for (name, bytes) in files.into_iter().chain(lists) {
            std::fs::write(folder.join(name), bytes).map_err(|error| DemoError::file(name, error))?;
        }
        Ok(())
    }

    /// Reads them back.
    pub(super) fn read(folder: &Path) -> Result<Self, DemoError> {
        let bytes =
            |name: &str| std::fs::read(folder.join(name)).map_err(|error| DemoError::file(name, error));
        let text = |name: &str| {
            std::fs::read_to_string(folder.join(name)).map_err(|error| DemoError::file(name, error))
        };
        let keys =
            KeySet::parse(&text("jwks.json")?).map_err(|error| DemoError::setup("jwks.json")(&error))?;
        let log_key = text("log.vkey")?
            .trim()
            .parse()
            .map_err(|error| DemoError::setup("log.vkey")(&error))?;
        Ok(Self {
            pdf: bytes("certificate.pdf")?,
            raw: bytes("certificate.pdf.sig")?,
            sshsig: text("certificate.pdf.sshsig")?,
            jws: text("statement.jws")?,
            log_entry: bytes("log-entry.json")?,
            log_proof: text("log-entry.tlog-proof")?,
            statement: bytes("statement.json")?,
            keys,
            log_keys: vec![log_key],
        })
    }

    /// Checks a PDF in the place of the certificate, with or without the signatures beside it.
    pub(super) fn check(&self, pdf: &[u8], signed: bool) -> Result<Answer, DemoError> {
        Ok(self.answer(pdf, &attachments(pdf)?, signed))
    }

    fn answer(&self, pdf: &[u8], attached: &Attachments, signed: bool) -> Answer {
        let beside = Beside {
            raw: signed.then_some(self.raw.as_slice()),
            sshsig: signed.then_some(self.sshsig.as_str()),
            log_keys: &self.log_keys,
            ..Beside::default()
        };
        check(File::Pdf { bytes: pdf, attached }, &self.keys, beside)
    }

    /// Flips one bit at places spread over the whole file. A file that can no longer be read as a PDF is checked as one
    /// without attachments.
    pub(super) fn flipped(&self) -> Result<Flips, DemoError> {
        let mut flips = Flips {
            tried: 0,
            refused: 0,
            example: String::new(),
        };
        for place in 0..PLACES {
            let mut pdf = self.pdf.clone();
            let at = place * (pdf.len() - 1) / (PLACES - 1);
            pdf[at] ^= 1;
            let attached = attachments(&pdf).unwrap_or_default();
            let answer = self.answer(&pdf, &attached, true);
            flips.tried += 1;
            flips.refused += usize::from(!answer.is_genuine());
            if answer.facts().is_some() {
                flips.example = answer.to_string();
            }
        }
        Ok(flips)
    }
}

/// A PDF whose pages name somebody else, with the attachments of the genuine one.
pub(super) fn forge(files: &Files, name: &str) -> Result<Vec<u8>, DemoError> {
    let mut claims =
        Claims::parse(&files.statement).map_err(|error| DemoError::setup("the statement")(&error))?;
    if let Recipient::Tenant { name: printed, .. } = &mut claims.recipient {
        name.clone_into(printed);
    }
    let forged = claims.bytes();
    let manuscript = Manuscript {
        statement: forged.clone(),
        jws: files.jws.clone(),
        log_entry: files.log_entry.clone(),
        log_proof: files.log_proof.clone(),
        log_index: 0,
        logo: None,
    };
    let pdf = press::render(&manuscript).map_err(|error| DemoError::setup("the forged pages")(&error))?;
    let broken = |error: lopdf::Error| DemoError::setup("the forged pages")(&error);
    let mut document = lopdf::Document::load_mem(&pdf).map_err(broken)?;
    for object in document.objects.values_mut() {
        let Object::Stream(stream) = object else { continue };
        if stream.get_plain_content().is_ok_and(|plain| plain == forged) {
            stream.set_plain_content(files.statement.clone());
        }
    }
    let mut bytes = Vec::new();
    document
        .save_to(&mut bytes)
        .map_err(|error| DemoError::file("the forged pages", error))?;
    let attached = attachments(&bytes)?;
    match attached.statement.as_ref() == Some(&files.statement) && attached.jws.is_some() {
        true => Ok(bytes),
        false => Err(DemoError::NotAsTold(
            "the forged file carries the genuine statement".into(),
        )),
    }
}

fn attachments(pdf: &[u8]) -> Result<Attachments, DemoError> {
    domain::certificate::pdf::attachments(pdf).map_err(|error| DemoError::setup("the attachments")(&error))
}
