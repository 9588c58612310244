//! Real signatures over the samples.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::audit::checkpoint::Checkpoint;
use domain::audit::merkle::{self, Tree};
use domain::audit::{EntryClaims, Proof};
use domain::certificate::Claims;
use domain::digest::Digest;
use domain::port::press::Manuscript;
use domain::port::signer::Signer;
use domain::signature::jwk::{Jwk, KeySet};
use domain::signature::note::{Note, VerifierKey};
use domain::signature::{jws, sshsig};
use domain::time::{Entropy, Timestamp};
use ed25519_dalek::{Signer as _, SigningKey};
use vault::pem::Work;
use vault::{IssuerKeys, IssuerSettings, SealAlgorithm};
use zeroize::Zeroizing;

use super::samples;

pub fn document_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub fn log_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

pub fn keys() -> KeySet {
    KeySet::new(vec![Jwk::new(document_key().verifying_key(), None, None)])
}

pub fn key_id() -> String {
    keys().keys()[0].kid.clone()
}

pub fn log_vkey(origin: &str) -> VerifierKey {
    VerifierKey::new(origin, log_key().verifying_key()).unwrap()
}

/// A manuscript as the engine hands it over.
pub fn manuscript(claims: &Claims) -> Manuscript {
    let statement = claims.bytes();
    let input = jws::signing_input(&key_id(), jws::Typ::Statement, &statement);
    let jws = jws::compact(&input, &document_key().sign(input.as_bytes()));
    let entry = EntryClaims {
        kind: "certificate.signed".into(),
        time: claims.issued_at,
        actor: "system:engine".into(),
        object: format!("certificate:{}", claims.id),
        digest: claims.digest(),
    };
    let log_entry = domain::canonical::to_string(&entry).into_bytes();
    let log_index = 3;
    let (mut tree, mut nodes) = (Tree::new(), HashMap::new());
    for index in 0..6_u8 {
        let leaf = if u64::from(index) == log_index {
            merkle::leaf(&log_entry)
        } else {
            merkle::leaf(&[index])
        };
        tree.append(leaf, |node| {
            nodes.insert(node.place, node.hash);
        });
    }
    let checkpoint = Checkpoint {
        origin: claims.log.origin.clone(),
        size: tree.size(),
        root: tree.root(),
    };
    let text = checkpoint.text();
    let line = log_vkey(&claims.log.origin).line(&log_key().sign(text.as_bytes()));
    let note = Note::new(&text, line).unwrap().to_string();
    let hashes = merkle::inclusion(log_index, tree.size(), &nodes).unwrap();
    let log_proof = Proof::new(log_index, hashes, &note).unwrap().to_string();
    Manuscript {
        statement,
        jws,
        log_entry,
        log_proof,
        log_index,
        logo: None,
    }
}

/// Bytes that look random and are the same in every run.
struct Fixed(AtomicU64);

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let block = Digest::of(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            part.copy_from_slice(&block.as_bytes()[..part.len()]);
        }
    }
}

/// An issuer whose seals are the same in every run.
pub struct House {
    /// Holds the keys for as long as the house stands.
    _folder: tempfile::TempDir,
    pub keys: Arc<dyn Signer>,
}

impl House {
    /// With the usual seal, as of the day of the samples.
    pub fn new() -> Self {
        Self::with(vec![SealAlgorithm::P256], samples::at("2026-03-01T12:00:00Z"))
    }

    pub fn with(seals: Vec<SealAlgorithm>, since: Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = IssuerSettings {
            seals,
            work: Work::LEAST,
            ..IssuerSettings::new(folder.path(), "lethe.northwind.example/log")
        };
        let passphrase = Zeroizing::new("correct horse".to_owned());
        let entropy = Arc::new(Fixed(AtomicU64::new(0)));
        let keys = IssuerKeys::open_or_create(settings, passphrase, entropy, since).unwrap();
        Self {
            _folder: folder,
            keys: Arc::new(keys),
        }
    }

    /// The PDF of a statement, sealed on the day of the samples.
    pub fn pdf(&self, claims: &Claims) -> Vec<u8> {
        self.print(&manuscript(claims))
    }

    pub fn print(&self, manuscript: &Manuscript) -> Vec<u8> {
        let at = samples::at("2026-03-09T10:05:00Z");
        press::render_sealed(manuscript, &*self.keys, at).unwrap()
    }

    /// Writes the roots as a stranger gets them.
    pub fn write_roots(&self, folder: &Path) {
        let published = self
            .keys
            .public_keys(samples::at("2026-03-09T10:05:00Z"))
            .unwrap();
        std::fs::write(folder.join("ca.pem"), published.root_certificates()).unwrap();
        for (name, list) in published.revocation_lists() {
            std::fs::write(folder.join(name), list).unwrap();
        }
    }
}

/// The PDF of a statement.
pub fn pdf(claims: &Claims) -> Vec<u8> {
    House::new().pdf(claims)
}

pub fn raw_signature(pdf: &[u8]) -> Vec<u8> {
    document_key().sign(pdf).to_bytes().to_vec()
}

pub fn ssh_signature(pdf: &[u8]) -> String {
    let key = document_key();
    sshsig::armour(&key.verifying_key(), &key.sign(&sshsig::to_sign(pdf)))
}
