//! Real signatures over the samples.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use domain::audit::checkpoint::Checkpoint;
use domain::audit::merkle::{self, Tree};
use domain::audit::{EntryClaims, Proof};
use domain::certificate::Claims;
use domain::port::press::Manuscript;
use domain::signature::jwk::{Jwk, KeySet};
use domain::signature::note::{Note, VerifierKey};
use domain::signature::{jws, sshsig};
use ed25519_dalek::{Signer as _, SigningKey};

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
    let input = jws::signing_input(&key_id(), &statement);
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
    }
}

/// The PDF of a statement; printed once.
pub fn pdf(claims: &Claims) -> Vec<u8> {
    static PRINTED: Mutex<BTreeMap<Vec<u8>, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let statement = claims.bytes();
    if let Some(pdf) = PRINTED.lock().unwrap().get(&statement) {
        return pdf.clone();
    }
    let pdf = press::render(&manuscript(claims)).unwrap();
    PRINTED.lock().unwrap().insert(statement, pdf.clone());
    pdf
}

pub fn raw_signature(pdf: &[u8]) -> Vec<u8> {
    document_key().sign(pdf).to_bytes().to_vec()
}

pub fn ssh_signature(pdf: &[u8]) -> String {
    let key = document_key();
    sshsig::armour(&key.verifying_key(), &key.sign(&sshsig::to_sign(pdf)))
}
