//! All private keys of an issuer in one encrypted file, for a safe place outside: written by one command, restored by
//! another.
//!
//! The file is encrypted PKCS#8 as our key files are ([`crate::pem`]: scrypt, AES-256-CBC, a passphrase of its own). In
//! place of a key it holds JSON: names of files and what they hold, under a digest that tells an altered file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use const_oid::ObjectIdentifier;
use der::asn1::OctetStringRef;
use domain::digest::Digest;
use domain::time::Entropy;
use pkcs8::{PrivateKeyInfoRef, SecretDocument};
use serde::{Deserialize, Serialize};
use spki::AlgorithmIdentifierRef;
use zeroize::{Zeroize, Zeroizing};

use crate::file;
use crate::pem::{self, PemError, Work};

const VERSION: u32 = 1;
/// RFC 5652: plain data, which is no key.
const ID_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
/// The shortest passphrase taken: the file is made to lie where others may try for years.
pub const SHORTEST: usize = 16;

/// Key files by their names. Wiped when dropped, never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bundle(BTreeMap<String, Zeroizing<Vec<u8>>>);

/// What lies in the file, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    /// SHA-256 over names and contents.
    digest: Digest,
    /// Base64 by name.
    files: BTreeMap<String, String>,
}

impl Drop for Written {
    fn drop(&mut self) {
        self.files.values_mut().for_each(Zeroize::zeroize);
    }
}

/// The escrow cannot be written or restored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EscrowError {
    /// Wrong passphrase, or no file of ours.
    #[error("the escrow file cannot be opened, and nothing was touched")]
    Pem(#[source] PemError),
    /// Opened, but altered or of another version.
    #[error("the escrow file was altered or written by another version; nothing was touched")]
    Altered,
    /// Too easy to guess.
    #[error("the passphrase of an escrow file has at least {SHORTEST} characters")]
    TooShort,
    /// It could not be encrypted.
    #[error("the keys cannot be encrypted")]
    Encode(#[source] pkcs8::Error),
    /// There is something already.
    #[error("{}: is not empty; keys are restored into a folder of their own, and nothing was touched", .0.display())]
    NotEmpty(PathBuf),
    /// Reading or writing failed.
    #[error("{}: cannot be {doing}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// `read` or `written`.
        doing: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Bundle {
    /// Adds a file.
    pub fn add(&mut self, name: impl Into<String>, bytes: Zeroizing<Vec<u8>>) {
        self.0.insert(name.into(), bytes);
    }

    /// Reads a file and adds it under a name.
    pub fn read(&mut self, name: impl Into<String>, path: &Path) -> Result<(), EscrowError> {
        let bytes = std::fs::read(path).map_err(|source| EscrowError::File {
            path: path.into(),
            doing: "read",
            source,
        })?;
        self.add(name, Zeroizing::new(bytes));
        Ok(())
    }

    /// The names of the files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn digest(&self) -> Digest {
        let mut whole = Zeroizing::new(Vec::new());
        for (name, bytes) in &self.0 {
            for part in [name.as_bytes(), bytes] {
                whole.extend_from_slice(&(part.len() as u64).to_be_bytes());
                whole.extend_from_slice(part);
            }
        }
        Digest::of(&whole)
    }

    /// The text of the encrypted file.
    pub fn encrypt(
        &self,
        passphrase: &str,
        work: Work,
        entropy: &dyn Entropy,
    ) -> Result<Zeroizing<String>, EscrowError> {
        if passphrase.chars().count() < SHORTEST {
            return Err(EscrowError::TooShort);
        }
        let files = self.0.iter();
        let written = Written {
            version: VERSION,
            digest: self.digest(),
            files: files
                .map(|(name, bytes)| (name.clone(), STANDARD.encode(bytes)))
                .collect(),
        };
        let json = Zeroizing::new(serde_json::to_vec(&written).expect("text always has a JSON form"));
        let encode = |error: der::Error| EscrowError::Encode(pkcs8::Error::Asn1(error));
        let algorithm = AlgorithmIdentifierRef {
            oid: ID_DATA,
            parameters: None,
        };
        let octets = OctetStringRef::new(&json).map_err(encode)?;
        let plain = SecretDocument::encode_msg(&PrivateKeyInfoRef::new(algorithm, octets)).map_err(encode)?;
        pem::seal(&plain, passphrase, work, entropy).map_err(EscrowError::Encode)
    }

    /// Opens such a file.
    pub fn decrypt(text: &str, passphrase: &str) -> Result<Self, EscrowError> {
        let plain = pem::open(text, passphrase).map_err(EscrowError::Pem)?;
        let info = PrivateKeyInfoRef::try_from(plain.as_bytes())
            .map_err(|_| EscrowError::Pem(PemError::Passphrase))?;
        if info.algorithm.oid != ID_DATA {
            return Err(EscrowError::Pem(PemError::Kind));
        }
        let written: Written =
            serde_json::from_slice(info.private_key.as_bytes()).map_err(|_| EscrowError::Altered)?;
        let mut bundle = Self::default();
        for (name, text) in &written.files {
            let bytes = STANDARD
                .decode(text.as_bytes())
                .map_err(|_| EscrowError::Altered)?;
            bundle.add(name.clone(), Zeroizing::new(bytes));
        }
        // A name leads nowhere but into the folder.
        let plain_names = bundle
            .names()
            .all(|name| !name.is_empty() && !name.starts_with('.') && !name.contains('/'));
        match plain_names && written.version == VERSION && written.digest == bundle.digest() {
            true => Ok(bundle),
            false => Err(EscrowError::Altered),
        }
    }

    /// Writes the files into a folder, which is made, or is empty.
    pub fn restore(&self, folder: &Path) -> Result<(), EscrowError> {
        let unwritten = |path: &Path, source| EscrowError::File {
            path: path.into(),
            doing: "written",
            source,
        };
        file::make_folder(folder).map_err(|error| unwritten(folder, error))?;
        let mut entries = std::fs::read_dir(folder).map_err(|error| unwritten(folder, error))?;
        if entries.next().is_some() {
            return Err(EscrowError::NotEmpty(folder.into()));
        }
        for (name, bytes) in &self.0 {
            let path = folder.join(name);
            file::create(&path, bytes).map_err(|error| unwritten(&path, error))?;
        }
        Ok(())
    }
}
