//! The `Signer` port on the issuer's keys.

use async_trait::async_trait;
use domain::audit::Checkpoint;
use domain::port::signer::{Detached, PublicKeys, Root, Seal, SignError, Signer};
use domain::signature::jwk::KeySet;
use domain::signature::jws::Typ;
use domain::signature::note::{Note, VerifierKey};
use domain::signature::{Signature, jws, sshsig};
use domain::time::Timestamp;
use ed25519_dalek::Signer as _;
use pkcs8::{EncodePublicKey as _, LineEnding};

use super::IssuerKeys;
use crate::ledger::{KeyRecord, Kind};
use crate::pdf_seal::Authority;

/// How every PDF begins. Nothing else is signed as a document: bytes of another form might pass for a statement.
pub(super) const PDF: &[u8] = b"%PDF-";

impl IssuerKeys {
    /// Lets the newest key of a kind that may sign at a moment sign what `signed` makes of it.
    fn sign<T>(
        &self,
        kind: Kind,
        at: Timestamp,
        signed: impl FnOnce(&KeyRecord, &dyn Fn(&[u8]) -> Signature) -> T,
    ) -> Result<T, SignError> {
        let signed = self.with(|loaded| {
            let record = loaded
                .records
                .iter()
                .rev()
                .find(|key| key.kind == kind && key.may_sign(at))?;
            let secret = loaded.secret(record)?;
            Some(signed(record, &|bytes| secret.sign(bytes)))
        });
        signed.map_err(broken)?.ok_or(SignError::NoValidKey {
            kind: kind.word(),
            at,
        })
    }

    /// The key of a kind to show to others: the one valid at a moment, else the newest.
    fn shown(&self, kind: Kind, at: Timestamp) -> Result<KeyRecord, SignError> {
        let mut keys = self.of_kind(kind).map_err(broken)?;
        // One that is published ahead is not the present one.
        let signed = |key: &KeyRecord| key.begins() <= at && key.jwk().valid_at(at);
        let place = keys.iter().position(signed).unwrap_or(0);
        if keys.is_empty() {
            return Err(SignError::NoValidKey {
                kind: kind.word(),
                at,
            });
        }
        Ok(keys.swap_remove(place))
    }
}

#[async_trait]
impl Signer for IssuerKeys {
    fn document_key(&self, at: Timestamp) -> Result<String, SignError> {
        self.sign(Kind::Document, at, |record, _| record.kid.clone())
    }

    async fn sign_statement(&self, typ: Typ, statement: &[u8], at: Timestamp) -> Result<String, SignError> {
        self.sign(Kind::Document, at, |record, sign| {
            let input = jws::signing_input(&record.kid, typ, statement);
            jws::compact(&input, &sign(input.as_bytes()))
        })
    }

    async fn sign_document(&self, pdf: &[u8], at: Timestamp) -> Result<Detached, SignError> {
        if !pdf.starts_with(PDF) {
            return Err(SignError::Broken("only a PDF is signed as a document".into()));
        }
        self.sign(Kind::Document, at, |record, sign| Detached {
            raw: sign(pdf).to_bytes().to_vec(),
            sshsig: sshsig::armour(&record.public, &sign(&sshsig::to_sign(pdf))),
        })
    }

    fn seals(&self, at: Timestamp) -> Result<Vec<Seal>, SignError> {
        self.seals_at(at)
    }

    fn seal(&self, seal: &Seal, covered: &[&[u8]], at: Timestamp) -> Result<Vec<u8>, SignError> {
        self.sealed(seal, covered, at)
    }

    async fn sign_checkpoint(&self, text: &str, at: Timestamp) -> Result<String, SignError> {
        let checkpoint: Checkpoint = text.parse().map_err(broken)?;
        if checkpoint.origin != self.log_origin() {
            return Err(SignError::Broken(format!(
                "the checkpoint is of the log {}, not ours",
                checkpoint.origin
            )));
        }
        let signed = self.sign(Kind::Log, at, |record, sign| {
            let key = VerifierKey::new(self.log_origin(), record.public)?;
            Note::new(text, key.line(&sign(text.as_bytes())))
        })?;
        signed.map(|note| note.to_string()).map_err(broken)
    }

    fn log_origin(&self) -> &str {
        &self.settings.origin
    }

    fn public_keys(&self, at: Timestamp) -> Result<PublicKeys, SignError> {
        let (document, log) = (self.shown(Kind::Document, at)?, self.shown(Kind::Log, at)?);
        let every = present_first(self.of_kind(Kind::Document).map_err(broken)?, &document);
        let every = KeySet::new(every.iter().map(KeyRecord::jwk).collect());
        let log_keys = present_first(self.of_kind(Kind::Log).map_err(broken)?, &log);
        let vkey = |key: &KeyRecord| VerifierKey::new(self.log_origin(), key.public).map_err(broken);
        let in_use = self.authorities().map_err(broken)?;
        let mut others = self.roots().map_err(broken)?;
        others.retain(|root| !in_use.contains(root));
        let pem = |key: &KeyRecord| key.public.to_public_key_pem(LineEnding::LF).map_err(broken);
        Ok(PublicKeys {
            jwks_json: every.to_json(),
            public_pem: pem(&document)?,
            allowed_signers: every
                .keys()
                .iter()
                .map(|jwk| sshsig::allowed_signer(self.log_origin(), &jwk.key))
                .collect(),
            log_pem: pem(&log)?,
            log_vkey: vkey(&log)?.to_string(),
            log_vkeys: log_keys
                .iter()
                .map(|key| vkey(key).map(|key| key.to_string()))
                .collect::<Result<_, SignError>>()?,
            roots: in_use.iter().map(as_published).collect::<Result<_, _>>()?,
            other_roots: others.iter().map(as_published).collect::<Result<_, _>>()?,
        })
    }
}

fn as_published(root: &Authority) -> Result<Root, SignError> {
    Ok(Root {
        id: root.name(),
        algorithm: root.algorithm.word(),
        pem: root.pem().map_err(broken)?,
        crl: root.crl.clone(),
        trusted: root.is_kept(),
    })
}

/// The keys with the present one in front.
fn present_first(mut keys: Vec<KeyRecord>, present: &KeyRecord) -> Vec<KeyRecord> {
    keys.sort_by_key(|key| key.kid != present.kid);
    keys
}

/// An error with its cause, as the port carries it.
pub(super) fn broken(error: impl std::error::Error) -> SignError {
    let cause = error
        .source()
        .map(|cause| format!(": {cause}"))
        .unwrap_or_default();
    SignError::Broken(format!("{error}{cause}"))
}
