//! The issuer's keys at work: statements and documents by the document key, checkpoints by the log key.
//!
//! Keys are made at the first start and kept in a folder (see [`crate::ledger`]). When another process rotates them, that is
//! noticed before the next signature. An expired or retired key never signs.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::key::KeyKind;
use domain::signature::jwk::KeySet;
use domain::signature::note::{NoteError, VerifierKey};
use domain::time::{Entropy, Timestamp};
use zeroize::Zeroizing;

use crate::escrow::EscrowError;
use crate::ledger::{KeyRecord, Kind, Ledger, LedgerError};
use crate::pdf_seal::{CertificateError, SealAlgorithm};
use crate::pem::{PemError, Work};

mod folder;
mod keeper;
mod mark;
mod seals;
mod signer;

use folder::{Loaded, check_name, create, load, stamp};

const DAY: u64 = 24 * 3600;

/// Where the keys are, whose they are, and how long new ones last.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// The folder of keys.
    pub folder: PathBuf,
    /// The name of the log, of its key, and of the signer for `ssh-keygen`: a URL without scheme.
    pub origin: String,
    /// How long a new document key signs.
    pub document_lifetime: Duration,
    /// How long a new log key signs.
    pub log_lifetime: Duration,
    /// How long a new seal signs.
    pub seal_lifetime: Duration,
    /// How PDFs are sealed, in this order: the last seal covers the whole file.
    pub seals: Vec<SealAlgorithm>,
    /// How much work a guess at the passphrase of a new key is.
    pub work: Work,
}

/// The signing keys of an issuer. Private halves are wiped when dropped and never printed.
pub struct IssuerKeys {
    settings: IssuerSettings,
    passphrase: Zeroizing<String>,
    entropy: Arc<dyn Entropy>,
    loaded: RwLock<Loaded>,
}

/// The keys cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The list of keys.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// No keys yet.
    #[error("{}: holds no signing keys yet; they are made when the server first starts", .0.display())]
    NoKeys(PathBuf),
    /// Keys without their list.
    #[error("{}: holds key files but no keys.json; restore it from a backup", .0.display())]
    Orphans(PathBuf),
    /// The keys are of another log.
    #[error("the keys are those of the log {kept}, but the setting names the log {set}")]
    Origin {
        /// The log of the keys.
        kept: String,
        /// The log of the setting.
        set: String,
    },
    /// The name of the log cannot name a key.
    #[error(transparent)]
    Name(#[from] NoteError),
    /// A key file does not open.
    #[error("{}: cannot be used, and nothing was changed", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: PemError,
    },
    /// The file holds another key than `keys.json` says.
    #[error("{}: holds another key than keys.json says", .0.display())]
    OtherKey(PathBuf),
    /// A seal or its root has no certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The keys cannot be put together for a safe place outside.
    #[error(transparent)]
    Escrow(#[from] EscrowError),
    /// One was made ahead before.
    #[error("a next {kind} key is there already: {kid}")]
    NextExists {
        /// Of which kind.
        kind: Kind,
        /// Which.
        kid: String,
    },
    /// Whoever trusts a root trusts the seals under it at once.
    #[error("a {0} key needs no overlap: rotate it, and it signs at once")]
    NoOverlap(KeyKind),
    /// No key of that name.
    #[error("there is no key {0} (lethe keys list)")]
    NoSuchKey(String),
    /// Marked once, a key stays marked.
    #[error("the key {0} is marked as compromised already")]
    MarkedBefore(String),
    /// The private half of a seal cannot be written.
    #[error("the key of a seal cannot be encrypted")]
    Encode(#[source] pkcs8::Error),
}

impl IssuerSettings {
    /// Document keys and seals for a year, log keys for five: whoever follows the log must learn each new one. PDFs are
    /// sealed as viewers know it.
    pub fn new(folder: impl Into<PathBuf>, origin: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            origin: origin.into(),
            document_lifetime: Duration::from_secs(365 * DAY),
            log_lifetime: Duration::from_secs(5 * 365 * DAY),
            seal_lifetime: Duration::from_secs(365 * DAY),
            seals: vec![SealAlgorithm::P256],
            work: Work::USUAL,
        }
    }

    fn lifetime(&self, kind: Kind) -> Duration {
        match kind {
            Kind::Document => self.document_lifetime,
            Kind::Log => self.log_lifetime,
        }
    }
}

impl IssuerKeys {
    /// Opens the keys of a folder.
    pub fn open(
        settings: IssuerSettings,
        passphrase: Zeroizing<String>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, IssuerError> {
        let loaded = load(&settings, &passphrase)?;
        Ok(Self {
            settings,
            passphrase,
            entropy,
            loaded: RwLock::new(loaded),
        })
    }

    /// Opens the keys of a folder; makes folder and keys where there are none.
    pub fn open_or_create(
        settings: IssuerSettings,
        passphrase: Zeroizing<String>,
        entropy: Arc<dyn Entropy>,
        now: Timestamp,
    ) -> Result<Self, IssuerError> {
        check_name(&settings)?;
        if Ledger::read(&settings.folder)?.is_none() {
            create(&settings, &passphrase, &*entropy, now)?;
        }
        seals::provide(&settings, &passphrase, &*entropy, now)?;
        Self::open(settings, passphrase, entropy)
    }

    /// All keys there are and were, oldest first.
    pub fn records(&self) -> Result<Vec<KeyRecord>, IssuerError> {
        self.with(|loaded| loaded.records.clone())
    }

    /// The document keys, present one first, for checking what they signed.
    pub fn document_keys(&self) -> Result<KeySet, IssuerError> {
        let keys = self.of_kind(Kind::Document)?;
        Ok(KeySet::new(keys.iter().map(KeyRecord::jwk).collect()))
    }

    /// The log keys, present one first, for checking checkpoints.
    pub fn log_keys(&self) -> Result<Vec<VerifierKey>, IssuerError> {
        let keys = self.of_kind(Kind::Log)?;
        let verifier = |key: &KeyRecord| VerifierKey::new(&self.settings.origin, key.public);
        keys.iter()
            .map(|key| verifier(key).map_err(IssuerError::from))
            .collect()
    }

    fn of_kind(&self, kind: Kind) -> Result<Vec<KeyRecord>, IssuerError> {
        self.with(|loaded| {
            loaded
                .records
                .iter()
                .rev()
                .filter(|key| key.kind == kind)
                .cloned()
                .collect()
        })
    }

    /// Looks at the keys as they are in the folder now.
    fn with<T>(&self, look: impl FnOnce(&Loaded) -> T) -> Result<T, IssuerError> {
        self.refresh()?;
        Ok(look(&self.loaded.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Reads the folder again when `keys.json` was replaced.
    fn refresh(&self) -> Result<(), IssuerError> {
        let stamp = stamp(&self.settings.folder);
        if stamp.is_none() || self.loaded.read().unwrap_or_else(PoisonError::into_inner).stamp != stamp {
            let fresh = load(&self.settings, &self.passphrase)?;
            *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
        Ok(())
    }
}

impl fmt::Debug for IssuerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerKeys")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
