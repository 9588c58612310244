//! The `KeyKeeper` port on the issuer's keys: made ahead, rotated, marked.

use domain::key::{Compromise, KeyAccount, KeyKind};
use domain::port::keeper::{KeyKeeper, Rotation};
use domain::port::signer::SignError;
use domain::time::Timestamp;

use super::folder::{commit, make};
use super::mark::Replaced;
use super::signer::broken;
use super::{IssuerError, IssuerKeys};
use crate::escrow::Bundle;
use crate::ledger::{self, KeyRecord, Kind, Ledger, next_second, second_of};
use crate::pdf_seal::{Authority, SealAlgorithm, SealRecord};

impl IssuerKeys {
    /// Makes a key of a kind that is published at once and signs from a moment on; its validity counts from then.
    pub fn prepare_next(
        &self,
        kind: Kind,
        signs_from: Timestamp,
        now: Timestamp,
    ) -> Result<KeyRecord, IssuerError> {
        self.change(|ledger| {
            if let Some(next) = ledger.next(kind, now) {
                return Err(IssuerError::NextExists {
                    kind,
                    kid: next.kid.clone(),
                });
            }
            let fresh = make(&self.settings, kind, &self.passphrase, &*self.entropy, now)?;
            let signs_from = second_of(signs_from).max(fresh.not_before);
            let next = KeyRecord {
                not_after: signs_from.after(self.settings.lifetime(kind)),
                signs_from: Some(signs_from),
                ..fresh
            };
            ledger.keys.push(next.clone());
            Ok(next)
        })
    }

    /// Puts the next key of a kind, or a fresh one, in place of those that sign: their public halves stay, their private
    /// halves go. Gives what signs now, and what signs no more.
    pub fn rotate(&self, kind: Kind, now: Timestamp) -> Result<KeyRecord, IssuerError> {
        self.replace(kind, now).map(|(fresh, _)| fresh)
    }

    fn replace(&self, kind: Kind, now: Timestamp) -> Result<(KeyRecord, Vec<String>), IssuerError> {
        self.change(|ledger| {
            let fresh = match ledger.next(kind, now).map(|next| next.kid.clone()) {
                Some(kid) => kid,
                None => {
                    let fresh = make(&self.settings, kind, &self.passphrase, &*self.entropy, now)?;
                    ledger.keys.push(fresh.clone());
                    fresh.kid
                }
            };
            let mut retired = Vec::new();
            let mut present = None;
            for key in ledger.keys.iter_mut().filter(|key| key.kind == kind) {
                if key.kid == fresh {
                    key.signs_from = key.signs_from.map(|_| second_of(now));
                    present = Some(key.clone());
                } else if key.retired_at.is_none() {
                    key.retire(now);
                    retired.push(key.kid.clone());
                }
            }
            let present = present.ok_or(IssuerError::NoSuchKey(fresh))?;
            Ok((present, retired))
        })
    }

    /// Retires the keys in whose place others of their kind, made ahead, sign by now.
    fn retire_those_followed(&self, now: Timestamp) -> Result<Vec<String>, IssuerError> {
        let followed = |keys: &[KeyRecord]| -> Vec<String> {
            let is_followed = |(place, key): &(usize, &KeyRecord)| {
                let mut newer = keys[place + 1..].iter();
                key.retired_at.is_none() && newer.any(|other| other.kind == key.kind && other.may_sign(now))
            };
            let found = keys.iter().enumerate().filter(is_followed);
            found.map(|(_, key)| key.kid.clone()).collect()
        };
        if self.with(|loaded| followed(&loaded.records).is_empty())? {
            return Ok(Vec::new());
        }
        self.change(|ledger| {
            let names = followed(&ledger.keys);
            let those = ledger.keys.iter_mut().filter(|key| names.contains(&key.kid));
            those.for_each(|key| key.retire(now));
            Ok(names)
        })
    }

    /// Changes the list of keys under its lock, and looks at it again.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut Ledger) -> Result<T, IssuerError>,
    ) -> Result<T, IssuerError> {
        let folder = &self.settings.folder;
        let _lock = ledger::lock(folder)?;
        let mut ledger = Ledger::read(folder)?.ok_or_else(|| IssuerError::NoKeys(folder.clone()))?;
        let done = change(&mut ledger)?;
        commit(folder, &ledger)?;
        self.refresh()?;
        Ok(done)
    }

    /// Every key, seal and root, oldest first. Seals of algorithms that the settings no longer name count as retired: they
    /// seal nothing.
    fn accounts(&self) -> Result<Vec<KeyAccount>, IssuerError> {
        let asked_for = |algorithm: SealAlgorithm| self.settings.seals.contains(&algorithm);
        self.with(|loaded| {
            let keys = loaded.records.iter().map(of_key);
            let roots = loaded.authorities.iter();
            let roots = roots
                .filter(|root| asked_for(root.algorithm) || !root.is_kept())
                .map(of_root);
            let seals = loaded.authorities.iter().flat_map(|root| {
                let seals = root.seals.iter().map(|seal| of_seal(root.algorithm, seal));
                seals.collect::<Vec<_>>()
            });
            let seals = seals.filter(|seal| {
                seal.retired_at.is_some()
                    || self
                        .settings
                        .seals
                        .iter()
                        .any(|algorithm| algorithm.title() == seal.algorithm)
            });
            let mut seals: Vec<KeyAccount> = seals.collect();
            seals.sort_by_key(|seal| seal.not_before);
            keys.chain(roots).chain(seals).collect()
        })
    }
}

impl KeyKeeper for IssuerKeys {
    fn keys(&self) -> Result<Vec<KeyAccount>, SignError> {
        self.accounts().map_err(broken)
    }

    fn prepare(&self, kind: KeyKind, signs_from: Timestamp, now: Timestamp) -> Result<KeyAccount, SignError> {
        let next = match signing_kind(kind) {
            Some(kind) => self.prepare_next(kind, signs_from, now),
            None => Err(IssuerError::NoOverlap(kind)),
        };
        next.map(|key| of_key(&key)).map_err(broken)
    }

    fn rotate(&self, kind: KeyKind, now: Timestamp) -> Result<Rotation, SignError> {
        let done = match (signing_kind(kind), kind) {
            (Some(kind), _) => self.replace(kind, now).map(|(fresh, retired)| Rotation {
                retired,
                fresh: vec![of_key(&fresh)],
            }),
            (None, KeyKind::Root) => self.rotate_roots(now).map(|fresh| Rotation {
                retired: Vec::new(),
                fresh: fresh.iter().map(of_root).collect(),
            }),
            (None, _) => self.seals_in_use().and_then(|retired| {
                let fresh = self.rotate_seals(now)?;
                let fresh = fresh.iter().map(|(algorithm, seal)| of_seal(*algorithm, seal));
                Ok(Rotation {
                    retired,
                    fresh: fresh.collect(),
                })
            }),
        };
        done.map_err(broken)
    }

    fn retire_followed(&self, now: Timestamp) -> Result<Vec<String>, SignError> {
        self.retire_those_followed(now).map_err(broken)
    }

    fn mark_compromised(&self, id: &str, mark: Compromise) -> Result<Rotation, SignError> {
        let Replaced { retired, fresh } = self.mark(id, &mark).map_err(broken)?;
        let keys = self.keys()?;
        let fresh = keys.into_iter().filter(|key| fresh.contains(&key.id));
        Ok(Rotation {
            retired,
            fresh: fresh.collect(),
        })
    }
}

impl IssuerKeys {
    /// The list of keys, and every key file that is in force, for a safe place outside. They stay encrypted under their own
    /// passphrase.
    pub fn escrow(&self) -> Result<Bundle, IssuerError> {
        let folder = &self.settings.folder;
        let _lock = ledger::lock(folder)?;
        let ledger = Ledger::read(folder)?.ok_or_else(|| IssuerError::NoKeys(folder.clone()))?;
        let mut bundle = Bundle::default();
        let list = Ledger::path(folder);
        let list_name = list
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        bundle.read(list_name, &list)?;
        for (name, in_use) in ledger.files() {
            if in_use {
                let path = folder.join(&name);
                bundle.read(name, &path)?;
            }
        }
        Ok(bundle)
    }

    fn seals_in_use(&self) -> Result<Vec<String>, IssuerError> {
        let seals = self.seal_records()?.into_iter();
        let in_use = seals
            .filter(|(algorithm, seal)| seal.retired_at.is_none() && self.settings.seals.contains(algorithm));
        Ok(in_use.map(|(_, seal)| seal.name()).collect())
    }
}

impl Ledger {
    /// The key of a kind that is published and does not sign yet.
    fn next(&self, kind: Kind, now: Timestamp) -> Option<&KeyRecord> {
        let mut newest = self.keys.iter().rev();
        newest.find(|key| key.kind == kind && key.retired_at.is_none() && key.begins() > now)
    }
}

const fn signing_kind(kind: KeyKind) -> Option<Kind> {
    match kind {
        KeyKind::Document => Some(Kind::Document),
        KeyKind::Log => Some(Kind::Log),
        KeyKind::Seal | KeyKind::Root => None,
    }
}

fn of_key(key: &KeyRecord) -> KeyAccount {
    KeyAccount {
        id: key.kid.clone(),
        kind: match key.kind {
            Kind::Document => KeyKind::Document,
            Kind::Log => KeyKind::Log,
        },
        algorithm: SealAlgorithm::Ed25519.title().into(),
        not_before: key.not_before,
        signs_from: key.begins(),
        not_after: key.not_after,
        retired_at: key.retired_at,
        compromise: key.compromise.clone(),
    }
}

fn of_seal(algorithm: SealAlgorithm, seal: &SealRecord) -> KeyAccount {
    KeyAccount {
        id: seal.name(),
        kind: KeyKind::Seal,
        algorithm: algorithm.title().into(),
        not_before: seal.not_before,
        signs_from: seal.not_before,
        not_after: seal.not_after,
        retired_at: seal.retired_at,
        compromise: seal.compromise.clone(),
    }
}

fn of_root(root: &Authority) -> KeyAccount {
    KeyAccount {
        id: root.name(),
        kind: KeyKind::Root,
        algorithm: root.algorithm.title().into(),
        not_before: root.not_before,
        signs_from: root.not_before,
        not_after: root.not_after,
        retired_at: root.compromise.as_ref().map(|mark| next_second(mark.marked_at)),
        compromise: root.compromise.clone(),
    }
}
