//! The seals of an issuer: made, replaced, and at work.

use std::path::Path;

use domain::port::signer::{Seal, SignError};
use domain::time::{Entropy, Timestamp};

use super::folder::{commit, read_key, unwritten};
use super::signer::{PDF, broken};
use super::{IssuerError, IssuerKeys, IssuerSettings};
use crate::ledger::{self, Ledger, next_second, second_of};
use crate::pdf_seal::{Authority, SealAlgorithm, SealKey, SealRecord, fresh_authority, fresh_seal, signed};
use crate::{file, pem};

impl IssuerKeys {
    /// Makes a fresh seal of each algorithm in use and retires those before it: their certificates stay.
    pub fn rotate_seals(&self, now: Timestamp) -> Result<Vec<(SealAlgorithm, SealRecord)>, IssuerError> {
        let folder = &self.settings.folder;
        let _lock = ledger::lock(folder)?;
        let mut ledger = Ledger::read(folder)?.ok_or_else(|| IssuerError::NoKeys(folder.clone()))?;
        let mut fresh = Vec::new();
        for algorithm in &self.settings.seals {
            let seal = add(
                &mut ledger,
                &self.settings,
                *algorithm,
                &self.passphrase,
                &*self.entropy,
                now,
            )?;
            fresh.push((*algorithm, seal));
        }
        commit(folder, &ledger)?;
        self.refresh()?;
        Ok(fresh)
    }

    /// Every seal there is and was.
    pub fn seal_records(&self) -> Result<Vec<(SealAlgorithm, SealRecord)>, IssuerError> {
        self.with(|loaded| {
            let of = |authority: &Authority| {
                let seals = authority.seals.iter().cloned();
                seals.map(|seal| (authority.algorithm, seal)).collect::<Vec<_>>()
            };
            loaded.authorities.iter().flat_map(of).collect()
        })
    }

    /// The roots in use, in the order in which documents are sealed: those of the seals that sign, else the newest. A root
    /// that is marked is in nobody's use.
    pub(super) fn authorities(&self) -> Result<Vec<Authority>, IssuerError> {
        self.with(|loaded| {
            let in_use = |algorithm: &SealAlgorithm| {
                let of = || {
                    let all = loaded.authorities.iter().rev();
                    all.filter(|authority| authority.algorithm == *algorithm && authority.is_kept())
                };
                let signs = |authority: &&Authority| {
                    let mut seals = authority.seals.iter();
                    seals.any(|seal| seal.retired_at.is_none())
                };
                of().find(signs).or_else(|| of().next()).cloned()
            };
            self.settings.seals.iter().filter_map(in_use).collect()
        })
    }

    /// Every root there is and was, oldest first.
    pub(super) fn roots(&self) -> Result<Vec<Authority>, IssuerError> {
        self.with(|loaded| loaded.authorities.clone())
    }

    /// Makes a fresh root of each algorithm in use, beside the one before it: it is published at once, and seals that are
    /// made from now on stand under it. Those before stay as they are.
    pub fn rotate_roots(&self, now: Timestamp) -> Result<Vec<Authority>, IssuerError> {
        let folder = &self.settings.folder;
        let _lock = ledger::lock(folder)?;
        let mut ledger = Ledger::read(folder)?.ok_or_else(|| IssuerError::NoKeys(folder.clone()))?;
        let mut fresh = Vec::new();
        for algorithm in &self.settings.seals {
            let made = fresh_authority(&self.settings.origin, *algorithm, &*self.entropy, second_of(now))?;
            let (authority, key) = made;
            write(
                &self.settings,
                authority.file_name(),
                &key,
                &self.passphrase,
                &*self.entropy,
            )?;
            ledger.authorities.push(authority.clone());
            fresh.push(authority);
        }
        commit(folder, &ledger)?;
        self.refresh()?;
        Ok(fresh)
    }

    /// The seals that a document of a moment carries.
    pub(super) fn seals_at(&self, at: Timestamp) -> Result<Vec<Seal>, SignError> {
        let authorities = self.authorities().map_err(broken)?;
        let seal = |algorithm: &SealAlgorithm| {
            let authority = authorities.iter().find(|known| known.algorithm == *algorithm)?;
            let seal = authority.seals.iter().rev().find(|seal| seal.may_sign(at))?;
            Some(Seal {
                algorithm: algorithm.word(),
                certificate: seal.certificate.clone(),
                root: authority.certificate.clone(),
                crl: authority.crl.clone(),
            })
        };
        let seals = self.settings.seals.iter();
        seals
            .map(|algorithm| seal(algorithm).ok_or(SignError::NoValidKey { kind: "seal", at }))
            .collect()
    }

    /// Signs what a seal covers.
    pub(super) fn sealed(&self, seal: &Seal, covered: &[&[u8]], at: Timestamp) -> Result<Vec<u8>, SignError> {
        if !covered.first().is_some_and(|first| first.starts_with(PDF)) {
            return Err(SignError::Broken("only a PDF is sealed".into()));
        }
        let cms = self.with(|loaded| {
            let mut records = loaded.authorities.iter().flat_map(|authority| &authority.seals);
            let record = records.find(|record| record.certificate == seal.certificate)?;
            let key = loaded.seal(record).filter(|_| record.may_sign(at))?;
            Some(signed(key, [&seal.certificate, &seal.root], covered))
        });
        cms.map_err(broken)?
            .ok_or(SignError::NoValidKey { kind: "seal", at })?
            .map_err(broken)
    }
}

/// Makes the seals that the settings ask for and that are not there yet.
pub(super) fn provide(
    settings: &IssuerSettings,
    passphrase: &str,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<(), IssuerError> {
    let lacking = |ledger: &Ledger| -> Vec<SealAlgorithm> {
        let lacks = |algorithm: &&SealAlgorithm| ledger.authority(**algorithm).is_none();
        settings.seals.iter().filter(lacks).copied().collect()
    };
    let folder = &settings.folder;
    let before = Ledger::read(folder)?.ok_or_else(|| IssuerError::NoKeys(folder.clone()))?;
    if lacking(&before).is_empty() {
        return Ok(());
    }
    let _lock = ledger::lock(folder)?;
    let mut ledger = Ledger::read(folder)?.ok_or_else(|| IssuerError::NoKeys(folder.clone()))?;
    for algorithm in lacking(&ledger) {
        add(&mut ledger, settings, algorithm, passphrase, entropy, now)?;
    }
    Ok(commit(folder, &ledger)?)
}

/// Adds a fresh seal, under a fresh root where there is none that lasts, and retires those before it. Their files are not
/// in force until the list is: [`commit`] puts them there.
pub(super) fn add(
    ledger: &mut Ledger,
    settings: &IssuerSettings,
    algorithm: SealAlgorithm,
    passphrase: &str,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<SealRecord, IssuerError> {
    let from = second_of(now);
    let write = |name: String, key: &SealKey| write(settings, name, key, passphrase, entropy);
    let lasting = ledger
        .authority(algorithm)
        .filter(|authority| authority.carries_a_seal_of(from));
    let (authority, root) = match lasting {
        Some(authority) => {
            let path = settings.folder.join(authority.file_name());
            (authority.clone(), open(&path, algorithm, passphrase)?)
        }
        None => {
            let (authority, root) = fresh_authority(&settings.origin, algorithm, entropy, from)?;
            write(authority.file_name(), &root)?;
            ledger.authorities.push(authority.clone());
            (authority, root)
        }
    };
    let (seal, key) = fresh_seal(
        &settings.origin,
        &authority,
        &root,
        settings.seal_lifetime,
        entropy,
        from,
    )?;
    write(seal.file_name(algorithm), &key)?;
    let same = ledger
        .authorities
        .iter_mut()
        .filter(|authority| authority.algorithm == algorithm);
    for known in same {
        let signing = known.seals.iter_mut().filter(|seal| seal.retired_at.is_none());
        signing.for_each(|seal| seal.retired_at = Some(next_second(now)));
        if known.certificate == authority.certificate {
            known.seals.push(seal.clone());
        }
    }
    Ok(seal)
}

/// Writes the file of a seal or a root. It is not in force until the list is.
fn write(
    settings: &IssuerSettings,
    name: String,
    key: &SealKey,
    passphrase: &str,
    entropy: &dyn Entropy,
) -> Result<(), IssuerError> {
    let path = settings.folder.join(name);
    let plain = key.to_pkcs8().map_err(IssuerError::Encode)?;
    let text = pem::seal(&plain, passphrase, settings.work, entropy).map_err(IssuerError::Encode)?;
    Ok(file::prepare(&path, text.as_bytes()).map_err(|error| unwritten(&path, error))?)
}

/// Opens the file of a seal or a root.
pub(super) fn open(path: &Path, algorithm: SealAlgorithm, passphrase: &str) -> Result<SealKey, IssuerError> {
    let text = read_key(path)?;
    let refused = |source| IssuerError::Key {
        path: path.into(),
        source,
    };
    let plain = pem::open(&text, passphrase).map_err(refused)?;
    SealKey::from_pkcs8(algorithm, &plain).map_err(|_| refused(pem::PemError::Kind))
}
