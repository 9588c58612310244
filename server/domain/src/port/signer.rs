//! Signing: statements and documents with the document key, checkpoints with the log key, pages with the seals.

use async_trait::async_trait;

use crate::signature::jws::Typ;
use crate::time::Timestamp;

/// Signing failed; nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// No key of this kind is valid at that moment. An expired key never signs.
    #[error("no {kind} key is valid at {at}: rotate the keys (lethe keys rotate), the certificate waits")]
    NoValidKey {
        /// `document`, `log` or `seal`.
        kind: &'static str,
        /// When a signature was asked for.
        at: Timestamp,
    },
    /// The key cannot be used.
    #[error("the signing key cannot be used: {0}")]
    Broken(String),
}

/// A detached signature over the bytes of a document, in two wrappings of the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detached {
    /// Raw Ed25519 (RFC 8032), 64 bytes.
    pub raw: Vec<u8>,
    /// SSHSIG, armoured (`-----BEGIN SSH SIGNATURE-----`), namespace `lethe-certificate`.
    pub sshsig: String,
}

/// A seal for viewers of PDFs, with everything that a viewer needs to check it without asking anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// `p256` or `ed25519`.
    pub algorithm: &'static str,
    /// Its X.509 certificate, DER.
    pub certificate: Vec<u8>,
    /// The certificate of its root, DER.
    pub root: Vec<u8>,
    /// What the root has revoked, a CRL in DER.
    pub crl: Vec<u8>,
}

/// A root of seals, as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The first 16 hexadecimal characters of the SHA-256 of its certificate.
    pub id: String,
    /// `p256` or `ed25519`.
    pub algorithm: &'static str,
    /// Its certificate, PEM.
    pub pem: String,
    /// What it has revoked, a CRL in DER.
    pub crl: Vec<u8>,
    /// It is not marked as compromised.
    pub trusted: bool,
}

/// What outsiders need to check signatures, as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeys {
    /// JWK set (RFC 7517) of the present and all retired document keys, with validity dates.
    pub jwks_json: String,
    /// The present document key, SubjectPublicKeyInfo PEM, as openssl reads it.
    pub public_pem: String,
    /// `allowed_signers` line for `ssh-keygen -Y verify`.
    pub allowed_signers: String,
    /// The log key, SubjectPublicKeyInfo PEM.
    pub log_pem: String,
    /// The log's verifier key line (C2SP signed-note `name+hash+base64`).
    pub log_vkey: String,
    /// The log's verifier key lines, the present one first: also those before it, and one that is to follow it.
    pub log_vkeys: Vec<String>,
    /// The roots of the seals in use; the last is that of the seal which covers the whole file.
    pub roots: Vec<Root>,
    /// Roots under which seals stood before or will stand.
    pub other_roots: Vec<Root>,
}

impl PublicKeys {
    /// The certificates of all roots but marked ones, PEM one after the other, those in use first.
    pub fn root_certificates(&self) -> String {
        let all = self.roots.iter().chain(&self.other_roots);
        let trusted = all.filter(|root| root.trusted);
        trusted.map(|root| root.pem.as_str()).collect()
    }

    /// The lists of revoked certificates with the names of their files. Where two roots are in use, the second kind is named;
    /// the list of one that is not in use has its id.
    pub fn revocation_lists(&self) -> Vec<(String, &[u8])> {
        let last = self.roots.len().saturating_sub(1);
        let named = |(place, root): (usize, &'_ Root)| match place == last {
            true => "crl.der".to_owned(),
            false => format!("crl-{}.der", root.algorithm),
        };
        let in_use = self.roots.iter().enumerate();
        let in_use = in_use.map(|(place, root)| (named((place, root)), root.crl.as_slice()));
        let others = self.other_roots.iter();
        let others = others.map(|root| (format!("crl-{}.der", root.id), root.crl.as_slice()));
        in_use.chain(others).collect()
    }
}

/// The keys of the issuer at work. Signing is CPU-only and quick; it is never done inside a transaction.
#[async_trait]
pub trait Signer: Send + Sync {
    /// The thumbprint (RFC 7638) of the document key valid at a moment.
    fn document_key(&self, at: Timestamp) -> Result<String, SignError>;

    /// Compact JWS (RFC 7515, `EdDSA`) over a statement's exact bytes, of a type.
    async fn sign_statement(&self, typ: Typ, statement: &[u8], at: Timestamp) -> Result<String, SignError>;

    /// Detached signatures over the final bytes of a PDF.
    async fn sign_document(&self, pdf: &[u8], at: Timestamp) -> Result<Detached, SignError>;

    /// The seals that a document of a moment carries, in the order in which they are set.
    fn seals(&self, at: Timestamp) -> Result<Vec<Seal>, SignError>;

    /// The signature that a seal sets in a PDF: CMS in DER (PAdES, `ETSI.CAdES.detached`) over all bytes but its own
    /// place. The same bytes are always signed the same.
    fn seal(&self, seal: &Seal, covered: &[&[u8]], at: Timestamp) -> Result<Vec<u8>, SignError>;

    /// Signs the text of a checkpoint (C2SP tlog-checkpoint: origin, size, base64 root, each line
    /// ended by a newline) and gives the whole signed note.
    async fn sign_checkpoint(&self, text: &str, at: Timestamp) -> Result<String, SignError>;

    /// The origin line of the log: its name, which is also the name of its key.
    fn log_origin(&self) -> &str;

    /// The public halves.
    fn public_keys(&self, at: Timestamp) -> Result<PublicKeys, SignError>;
}
