//! The folder of keys: making, opening, and noticing that another process changed it.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::thread::ScopedJoinHandle;

use domain::signature::note::VerifierKey;
use domain::time::{Entropy, Timestamp};
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use super::{IssuerError, IssuerSettings, seals};
use crate::ledger::{self, KeyRecord, Kind, Ledger, LedgerError};
use crate::pdf_seal::SealKey;
use crate::pdf_seal::{Authority, SealRecord};
use crate::{file, pem};

/// What is in the folder, opened.
pub(super) struct Loaded {
    /// Tells whether `keys.json` was replaced since.
    pub(super) stamp: Option<Stamp>,
    pub(super) records: Vec<KeyRecord>,
    /// Of the keys that are not retired.
    pub(super) secrets: Vec<SigningKey>,
    pub(super) authorities: Vec<Authority>,
    /// Of the seals that are not retired, by the names of their keys.
    pub(super) seals: Vec<(String, SealKey)>,
}

/// A file's inode, time of change in nanoseconds, and length.
pub(super) type Stamp = (u64, i64, i64, u64);

impl Loaded {
    /// The private half of a key.
    pub(super) fn secret(&self, record: &KeyRecord) -> Option<&SigningKey> {
        self.secrets
            .iter()
            .find(|secret| secret.verifying_key() == record.public)
    }

    /// The private half of a seal.
    pub(super) fn seal(&self, record: &SealRecord) -> Option<&SealKey> {
        let name = record.name();
        let mut seals = self.seals.iter();
        seals.find(|(known, _)| *known == name).map(|(_, key)| key)
    }
}

pub(super) fn check_name(settings: &IssuerSettings) -> Result<(), IssuerError> {
    // Whether a name can name a key does not depend on the key.
    let any = SigningKey::from_bytes(&[1; 32]).verifying_key();
    VerifierKey::new(&settings.origin, any)?;
    Ok(())
}

/// Opens the keys in use. When another process changes the list meanwhile, begins again.
pub(super) fn load(settings: &IssuerSettings, passphrase: &str) -> Result<Loaded, IssuerError> {
    check_name(settings)?;
    loop {
        let before = stamp(&settings.folder);
        let loaded = load_once(settings, passphrase, before);
        if loaded.is_ok() || stamp(&settings.folder) == before {
            return loaded;
        }
    }
}

fn load_once(
    settings: &IssuerSettings,
    passphrase: &str,
    stamp: Option<Stamp>,
) -> Result<Loaded, IssuerError> {
    let folder = &settings.folder;
    let ledger = Ledger::read(folder)?.ok_or_else(|| IssuerError::NoKeys(folder.clone()))?;
    if ledger.origin != settings.origin {
        return Err(IssuerError::Origin {
            kept: ledger.origin,
            set: settings.origin.clone(),
        });
    }
    settle(folder, &ledger)?;
    // At the same time: finding out what a passphrase opens takes a tenth of a second for each, by design.
    let (secrets, seals) = std::thread::scope(|scope| {
        let in_use = ledger.keys.iter().filter(|key| key.retired_at.is_none());
        let keys = in_use
            .map(|key| scope.spawn(|| open_key(&folder.join(key.file_name()), key, passphrase)))
            .collect();
        let sealing = ledger.seals().filter(|(_, seal)| seal.retired_at.is_none());
        let seals = sealing
            .map(|(algorithm, seal)| {
                scope.spawn(move || {
                    let path = folder.join(seal.file_name(algorithm));
                    Ok((seal.name(), seals::open(&path, algorithm, passphrase)?))
                })
            })
            .collect();
        (opened(keys), opened(seals))
    });
    Ok(Loaded {
        stamp,
        secrets: secrets?,
        seals: seals?,
        records: ledger.keys,
        authorities: ledger.authorities,
    })
}

/// What was opened, or the first reason why something could not be.
fn opened<T>(opening: Vec<ScopedJoinHandle<'_, Result<T, IssuerError>>>) -> Result<Vec<T>, IssuerError> {
    let joined = opening.into_iter().map(|one| match one.join() {
        Ok(opened) => opened,
        Err(panic) => std::panic::resume_unwind(panic),
    });
    joined.collect()
}

/// Writes the list of keys, which is what counts, and then makes the key files follow it.
pub(super) fn commit(folder: &Path, ledger: &Ledger) -> Result<(), LedgerError> {
    ledger.write(folder)?;
    settle(folder, ledger)
}

/// Puts the files of listed keys in force and deletes those of retired ones: also what a crash left undone.
fn settle(folder: &Path, ledger: &Ledger) -> Result<(), LedgerError> {
    for (name, in_use) in ledger.files() {
        let path = folder.join(name);
        let done = match in_use {
            true => file::settle(&path),
            false => file::remove_if_there(&path),
        };
        done.map_err(|error| unwritten(&path, error))?;
    }
    Ok(())
}

/// The text of a key file.
pub(super) fn read_key(path: &Path) -> Result<String, LedgerError> {
    std::fs::read_to_string(path).map_err(|source| LedgerError::File {
        path: path.into(),
        doing: "read",
        source,
    })
}

fn open_key(path: &Path, record: &KeyRecord, passphrase: &str) -> Result<SigningKey, IssuerError> {
    let text = read_key(path)?;
    let key = pem::decrypt(&text, passphrase).map_err(|source| IssuerError::Key {
        path: path.into(),
        source,
    })?;
    if key.verifying_key() == record.public {
        Ok(key)
    } else {
        Err(IssuerError::OtherKey(path.into()))
    }
}

/// Makes folder and first keys, unless another process is first.
pub(super) fn create(
    settings: &IssuerSettings,
    passphrase: &str,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<(), IssuerError> {
    let folder = &settings.folder;
    file::make_folder(folder).map_err(|error| unwritten(folder, error))?;
    let _lock = ledger::lock(folder)?;
    if Ledger::read(folder)?.is_some() {
        return Ok(());
    }
    if holds_key_files(folder)? {
        return Err(IssuerError::Orphans(folder.clone()));
    }
    let mut ledger = Ledger::new(&settings.origin);
    for kind in [Kind::Document, Kind::Log] {
        ledger.keys.push(make(settings, kind, passphrase, entropy, now)?);
    }
    for algorithm in &settings.seals {
        seals::add(&mut ledger, settings, *algorithm, passphrase, entropy, now)?;
    }
    Ok(commit(folder, &ledger)?)
}

/// Makes a key whose file is not yet in force: [`commit`] puts it there.
pub(super) fn make(
    settings: &IssuerSettings,
    kind: Kind,
    passphrase: &str,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<KeyRecord, IssuerError> {
    let mut seed = Zeroizing::new([0; 32]);
    entropy.fill(&mut seed[..]);
    let key = SigningKey::from_bytes(&seed);
    let record = KeyRecord::new(kind, key.verifying_key(), now, settings.lifetime(kind));
    let path = settings.folder.join(record.file_name());
    file::prepare(
        &path,
        pem::encrypt(&key, passphrase, settings.work, entropy).as_bytes(),
    )
    .map_err(|error| unwritten(&path, error))?;
    Ok(record)
}

fn holds_key_files(folder: &Path) -> Result<bool, IssuerError> {
    let entries = std::fs::read_dir(folder).map_err(|source| LedgerError::File {
        path: folder.into(),
        doing: "read",
        source,
    })?;
    Ok(entries.flatten().any(|entry| {
        entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "pem")
    }))
}

pub(super) fn stamp(folder: &Path) -> Option<Stamp> {
    let meta = std::fs::metadata(Ledger::path(folder)).ok()?;
    Some((meta.ino(), meta.mtime(), meta.mtime_nsec(), meta.len()))
}

pub(super) fn unwritten(path: &Path, source: std::io::Error) -> LedgerError {
    LedgerError::File {
        path: path.into(),
        doing: "written",
        source,
    }
}
