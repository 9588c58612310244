//! Marking what somebody else may have had: it never signs again, and another takes its place.

use domain::key::Compromise;

use super::folder::make;
use super::{IssuerError, IssuerKeys, seals};
use crate::ledger::{Ledger, second_of};
use crate::pdf_seal::{Authority, SealRecord};

/// Names of keys, seals and roots.
#[derive(Default)]
pub(super) struct Replaced {
    /// What signs no more.
    pub(super) retired: Vec<String>,
    /// What was made in its place.
    pub(super) fresh: Vec<String>,
}

impl IssuerKeys {
    /// Marks a key, a seal or a root. Its private half goes, and a fresh one takes its place where it was in use.
    pub(super) fn mark(&self, id: &str, mark: &Compromise) -> Result<Replaced, IssuerError> {
        self.change(|ledger| {
            if ledger.keys.iter().any(|key| key.kid == id) {
                self.mark_key(ledger, id, mark)
            } else {
                self.mark_seals(ledger, id, mark)
            }
        })
    }

    fn mark_key(&self, ledger: &mut Ledger, id: &str, mark: &Compromise) -> Result<Replaced, IssuerError> {
        let now = mark.marked_at;
        let key = ledger.keys.iter_mut().find(|key| key.kid == id);
        let key = key.ok_or_else(|| IssuerError::NoSuchKey(id.into()))?;
        if key.compromise.replace(mark.clone()).is_some() {
            return Err(IssuerError::MarkedBefore(id.into()));
        }
        let kind = key.kind;
        if key.retired_at.is_some() {
            return Ok(Replaced::default());
        }
        key.retire(now);
        let mut keys = ledger.keys.iter();
        if keys.any(|key| key.kind == kind && key.may_sign(now)) {
            return Ok(Replaced {
                retired: vec![id.to_owned()],
                fresh: Vec::new(),
            });
        }
        let fresh = make(&self.settings, kind, &self.passphrase, &*self.entropy, now)?;
        ledger.keys.push(fresh.clone());
        Ok(Replaced {
            retired: vec![id.to_owned()],
            fresh: vec![fresh.kid],
        })
    }

    /// Marks a seal, or a root with all its seals. The root lists them as revoked, which is the last thing that a marked
    /// root does.
    fn mark_seals(&self, ledger: &mut Ledger, id: &str, mark: &Compromise) -> Result<Replaced, IssuerError> {
        let now = mark.marked_at;
        let of = |root: &&mut Authority| root.name() == id || root.seals.iter().any(|seal| seal.name() == id);
        let root = ledger.authorities.iter_mut().find(of);
        let root = root.ok_or_else(|| IssuerError::NoSuchKey(id.into()))?;
        let algorithm = root.algorithm;
        let path = self.settings.folder.join(root.file_name());
        let before = in_use(root);
        if root.name() == id {
            if !root.is_kept() {
                return Err(IssuerError::MarkedBefore(id.into()));
            }
            root.mark(mark);
        } else {
            let seal = root.seals.iter_mut().find(|seal| seal.name() == id);
            let seal = seal.filter(|seal| seal.compromise.is_none());
            seal.ok_or_else(|| IssuerError::MarkedBefore(id.into()))?
                .mark(mark);
        }
        let key = seals::open(&path, algorithm, &self.passphrase)?;
        root.revoke_marked(&key, second_of(now))?;
        let after = in_use(root);
        let mut retired: Vec<String> = before.into_iter().filter(|seal| !after.contains(seal)).collect();
        let sealing = !retired.is_empty();
        if root.name() == id {
            retired.push(id.to_owned());
        }
        if !sealing || !self.settings.seals.contains(&algorithm) {
            return Ok(Replaced {
                retired,
                fresh: Vec::new(),
            });
        }
        let (passphrase, entropy) = (&self.passphrase, &*self.entropy);
        let known = ledger.authorities.len();
        let fresh = seals::add(ledger, &self.settings, algorithm, passphrase, entropy, now)?;
        let roots = ledger.authorities.iter().skip(known).map(Authority::name);
        Ok(Replaced {
            retired,
            fresh: roots.chain([fresh.name()]).collect(),
        })
    }
}

/// The seals under a root that are not retired.
fn in_use(root: &Authority) -> Vec<String> {
    let seals = root.seals.iter().filter(|seal| seal.retired_at.is_none());
    seals.map(SealRecord::name).collect()
}
