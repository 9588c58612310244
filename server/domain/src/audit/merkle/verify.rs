//! Checking proofs: that an entry is in a tree, that a tree only grew.

use super::{Tree, parent};
use crate::digest::Digest;

/// A proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofMismatch {
    /// Index or sizes make no sense.
    #[error("no entry of that index is in a tree of that size")]
    Range,
    /// Too many or too few hashes.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// It leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Checks an inclusion proof (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofMismatch> {
    if index >= size {
        return Err(ProofMismatch::Range);
    }
    let (mut place, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofMismatch::Length);
        }
        if place & 1 == 1 || place == last {
            hash = parent(sibling, &hash);
            // On the right edge, levels without a left neighbour are passed over.
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = parent(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofMismatch::Length);
    }
    if hash == *root {
        Ok(())
    } else {
        Err(ProofMismatch::Root)
    }
}

/// Checks a consistency proof (RFC 9162, 2.1.4.2) between two sizes and their roots.
pub fn verify_consistency(
    old: (u64, &Digest),
    new: (u64, &Digest),
    proof: &[Digest],
) -> Result<(), ProofMismatch> {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size {
        return Err(ProofMismatch::Range);
    }
    if old_size == 0 || old_size == new_size {
        let same = if old_size == 0 {
            *old_root == Tree::new().root()
        } else {
            old_root == new_root
        };
        return match (proof.is_empty(), same) {
            (false, _) => Err(ProofMismatch::Length),
            (true, false) => Err(ProofMismatch::Root),
            (true, true) => Ok(()),
        };
    }
    // A complete old tree is its own first node; else the proof names it.
    let whole = old_size.is_power_of_two();
    let (first, rest) = match (whole, proof.split_first()) {
        (true, _) => (old_root, proof),
        (false, Some((first, rest))) => (first, rest),
        (false, None) => return Err(ProofMismatch::Length),
    };
    let skip = (old_size - 1).trailing_ones();
    let (mut place, mut last) = ((old_size - 1) >> skip, (new_size - 1) >> skip);
    let (mut old_hash, mut new_hash) = (*first, *first);
    for hash in rest {
        if last == 0 {
            return Err(ProofMismatch::Length);
        }
        if place & 1 == 1 || place == last {
            old_hash = parent(hash, &old_hash);
            new_hash = parent(hash, &new_hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = parent(&new_hash, hash);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofMismatch::Length);
    }
    if old_hash == *old_root && new_hash == *new_root {
        Ok(())
    } else {
        Err(ProofMismatch::Root)
    }
}
