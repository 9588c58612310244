//! Another issuer, with keys of its own, which signs whatever a test needs.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use domain::audit::merkle::{self, Place, Tree};
use domain::audit::proof::lines;
use domain::audit::{Checkpoint, Proof};
use domain::certificate::standing::LIST_SCHEMA;
use domain::certificate::{StandingState, StatusList, StatusRow};
use domain::digest::Digest;
use domain::id::CertificateId;
use domain::port::signer::Signer as _;
use domain::signature::jws::Typ;
use domain::time::Clock as _;
use vault::{IssuerKeys, IssuerSettings, SystemClock, SystemEntropy};
use zeroize::Zeroizing;

const ORIGIN: &str = "stranger.example/log";

pub struct Stranger {
    keys: IssuerKeys,
    _folder: tempfile::TempDir,
}

/// A log of which every node is known.
pub struct Log<'a> {
    stranger: &'a Stranger,
    nodes: HashMap<Place, Digest>,
    leaves: Vec<Digest>,
}

impl Stranger {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = IssuerSettings::new(folder.path().join("keys"), ORIGIN);
        let passphrase = Zeroizing::new("of a stranger".to_owned());
        let keys =
            IssuerKeys::open_or_create(settings, passphrase, Arc::new(SystemEntropy), SystemClock.now());
        Self {
            keys: keys.unwrap(),
            _folder: folder,
        }
    }

    pub fn log_key(&self) -> String {
        self.keys.public_keys(SystemClock.now()).unwrap().log_vkey
    }

    /// Writes the public keys over those of a pack.
    pub fn write_keys(&self, folder: &Path) {
        let keys = self.keys.public_keys(SystemClock.now()).unwrap();
        for (name, text) in [
            ("jwks.json", &keys.jwks_json),
            ("public.pem", &keys.public_pem),
            ("allowed_signers", &keys.allowed_signers),
            ("log.vkey", &keys.log_vkey),
            ("ca.pem", &keys.root_certificates()),
        ] {
            fs::write(folder.join(name), text).unwrap();
        }
    }

    /// A status list with one row, that of a statement, which runs out so many seconds from now.
    pub fn list(&self, statement: &[u8], state: StandingState, runs_out_in: i64) -> String {
        let now = SystemClock.now();
        let seconds = now.as_microsecond() / 1_000_000;
        let stated: serde_json::Value = serde_json::from_slice(statement).unwrap();
        let id = stated["id"].as_str().map(|id| id.parse().unwrap());
        let list = StatusList {
            schema: LIST_SCHEMA.into(),
            iss: "A stranger".into(),
            iat: seconds - 7_200,
            exp: seconds + runs_out_in,
            certificates: vec![StatusRow {
                id: id.unwrap_or(CertificateId::from(uuid::Uuid::nil())),
                statement: Digest::of(statement),
                state,
                since: now,
                document: None,
                attested_again: None,
            }],
            compromised_keys: Vec::new(),
            compromised_other_keys: Vec::new(),
        };
        futures::executor::block_on(self.keys.sign_statement(Typ::StatusList, &list.bytes(), now)).unwrap()
    }

    /// A log of these entries.
    pub fn log(&self, entries: &[Vec<u8>]) -> Log<'_> {
        let (mut tree, mut nodes) = (Tree::new(), HashMap::new());
        let leaves: Vec<Digest> = entries.iter().map(|entry| merkle::leaf(entry)).collect();
        for leaf in &leaves {
            tree.append(*leaf, |node| {
                nodes.insert(node.place, node.hash);
            });
        }
        Log {
            stranger: self,
            nodes,
            leaves,
        }
    }
}

impl Log<'_> {
    pub fn leaf(&self, index: usize) -> Digest {
        self.leaves[index]
    }

    fn checkpoint(&self, size: u64) -> String {
        let mut tree = Tree::new();
        for leaf in &self.leaves[..size as usize] {
            tree.append(*leaf, |_| ());
        }
        let text = Checkpoint {
            origin: ORIGIN.into(),
            size,
            root: tree.root(),
        }
        .text();
        futures::executor::block_on(self.stranger.keys.sign_checkpoint(&text, SystemClock.now())).unwrap()
    }

    /// The proof of an entry at a size.
    pub fn proof(&self, index: u64, size: u64) -> String {
        let hashes = merkle::inclusion(index, size, &self.nodes).unwrap();
        Proof::new(index, hashes, &self.checkpoint(size))
            .unwrap()
            .to_string()
    }

    /// The proof that it grew from one size to another.
    pub fn growth(&self, old: u64, new: u64) -> String {
        let hashes = merkle::consistency(old, new, &self.nodes).unwrap();
        format!("old {old}\n{}\n{}", lines(&hashes), self.checkpoint(new))
    }
}
