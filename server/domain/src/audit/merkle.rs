//! The Merkle tree of the log (RFC 6962, 2.1): appending, roots, and proofs that an entry is in it and that it only grew.
//!
//! A *node* is the root of a complete subtree: at level `l`, the node of index `i` covers the entries from
//! `i * 2^l` to `(i + 1) * 2^l`. A node never changes once it exists, so nodes are stored and never updated. A tree of
//! `n` entries has fewer than `2 n` of them, and every root and proof is made from at most about 100.

use std::collections::HashMap;
use std::ops::Range;

use sha2::Digest as _;

use crate::digest::Digest;

mod verify;

pub use verify::{ProofMismatch, verify_consistency, verify_inclusion};

/// The place of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// 0 for entries; one more for each doubling.
    pub level: u8,
    /// From 0, left to right, within its level.
    pub index: u64,
}

/// A node and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Where it stands.
    pub place: Place,
    /// Its hash.
    pub hash: Digest,
}

/// Reads stored nodes.
pub trait Nodes {
    /// The node there, if it is stored.
    fn node(&self, place: Place) -> Option<Digest>;
}

impl<F: Fn(Place) -> Option<Digest>> Nodes for F {
    fn node(&self, place: Place) -> Option<Digest> {
        self(place)
    }
}

impl Nodes for HashMap<Place, Digest> {
    fn node(&self, place: Place) -> Option<Digest> {
        self.get(&place).copied()
    }
}

/// A root or proof cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MerkleError {
    /// A node is not stored.
    #[error("the log lacks node {index} of level {level}", level = .0.level, index = .0.index)]
    Missing(Place),
    /// There is no such entry or size.
    #[error("{asked} lies beyond the tree of {size} entries")]
    Beyond {
        /// The index or size asked for.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
}

/// The hash of an entry.
pub fn leaf(entry: &[u8]) -> Digest {
    let mut hash = sha2::Sha256::new();
    hash.update([0x00]);
    hash.update(entry);
    Digest::from(<[u8; 32]>::from(hash.finalize()))
}

/// The hash of a node over its two children.
pub fn parent(left: &Digest, right: &Digest) -> Digest {
    let mut hash = sha2::Sha256::new();
    hash.update([0x01]);
    hash.update(left.as_bytes());
    hash.update(right.as_bytes());
    Digest::from(<[u8; 32]>::from(hash.finalize()))
}

/// The right edge of a growing tree: all that is needed to append and to know the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    size: u64,
    /// The complete subtrees of `size`, largest first: one for each set bit.
    peaks: Vec<Digest>,
}

impl Tree {
    /// A tree without entries.
    pub const fn new() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
        }
    }

    /// The tree of stored nodes, at a size. Needs the nodes of [`needed_for_root`].
    pub fn resume(size: u64, nodes: &impl Nodes) -> Result<Self, MerkleError> {
        let peaks = subtrees(0..size).map(|place| nodes.node(place).ok_or(MerkleError::Missing(place)));
        Ok(Self {
            size,
            peaks: peaks.collect::<Result<_, _>>()?,
        })
    }

    /// Appends an entry by its [`leaf`] hash. Every node that becomes complete is handed out, the entry's own first:
    /// storing them all is enough for every later root and proof.
    pub fn append(&mut self, leaf: Digest, mut complete: impl FnMut(Node)) {
        let mut node = Node {
            place: Place {
                level: 0,
                index: self.size,
            },
            hash: leaf,
        };
        complete(node);
        // Each trailing set bit of the old size is a subtree as large as the one that has just become complete.
        while node.place.index & 1 == 1 {
            let left = self
                .peaks
                .pop()
                .expect("an odd index has a left neighbour among the peaks");
            let place = Place {
                level: node.place.level + 1,
                index: node.place.index >> 1,
            };
            node = Node {
                place,
                hash: parent(&left, &node.hash),
            };
            complete(node);
        }
        self.peaks.push(node.hash);
        self.size += 1;
    }

    /// How many entries it has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Its root; of an empty tree, SHA-256 of nothing.
    pub fn root(&self) -> Digest {
        fold(&self.peaks).unwrap_or_else(|| Digest::of(b""))
    }
}

impl Extend<Digest> for Tree {
    fn extend<I: IntoIterator<Item = Digest>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.append(leaf, |_| ()));
    }
}

impl FromIterator<Digest> for Tree {
    /// The tree of all entries, by their [`leaf`] hashes: how a whole log is verified.
    fn from_iter<I: IntoIterator<Item = Digest>>(leaves: I) -> Self {
        let mut tree = Self::new();
        tree.extend(leaves);
        tree
    }
}

/// The nodes from which [`Tree::resume`] makes the tree of a size.
pub fn needed_for_root(size: u64) -> Vec<Place> {
    subtrees(0..size).collect()
}

/// The nodes from which [`inclusion`] makes a proof.
pub fn needed_for_inclusion(index: u64, size: u64) -> Result<Vec<Place>, MerkleError> {
    Ok(inclusion_path(index, size)?
        .into_iter()
        .flat_map(subtrees)
        .collect())
}

/// The nodes from which [`consistency`] makes a proof.
pub fn needed_for_consistency(old: u64, new: u64) -> Result<Vec<Place>, MerkleError> {
    Ok(consistency_path(old, new)?
        .into_iter()
        .flat_map(subtrees)
        .collect())
}

/// The proof that the entry of an index is in the tree of a size: from the leaf's sibling up to the root's child.
pub fn inclusion(index: u64, size: u64, nodes: &impl Nodes) -> Result<Vec<Digest>, MerkleError> {
    inclusion_path(index, size)?
        .into_iter()
        .map(|range| hash_of(range, nodes))
        .collect()
}

/// The proof that the tree of size `new` is that of size `old`, with entries appended.
pub fn consistency(old: u64, new: u64, nodes: &impl Nodes) -> Result<Vec<Digest>, MerkleError> {
    consistency_path(old, new)?
        .into_iter()
        .map(|range| hash_of(range, nodes))
        .collect()
}

/// The largest power of two smaller than `n`, for `n` of at least 2: where RFC 6962 splits a tree.
const fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The complete subtrees that make up a range, left to right. The range must be one that RFC 6962 splits off.
fn subtrees(mut range: Range<u64>) -> impl Iterator<Item = Place> {
    std::iter::from_fn(move || {
        let level = u8::try_from((range.end - range.start).checked_ilog2()?).expect("at most 63");
        let place = Place {
            level,
            index: range.start >> level,
        };
        range.start += 1 << level;
        Some(place)
    })
}

/// The hash of a range from its complete subtrees.
fn hash_of(range: Range<u64>, nodes: &impl Nodes) -> Result<Digest, MerkleError> {
    let parts = subtrees(range).map(|place| nodes.node(place).ok_or(MerkleError::Missing(place)));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    Ok(fold(&parts).expect("a proof names no empty range"))
}

/// Joins complete subtrees, largest first, from the right.
fn fold(peaks: &[Digest]) -> Option<Digest> {
    peaks
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| parent(&left, &right))
}

/// The ranges whose hashes prove that an entry is in (RFC 6962, 2.1.1), from the leaf up.
fn inclusion_path(index: u64, size: u64) -> Result<Vec<Range<u64>>, MerkleError> {
    if index >= size {
        return Err(MerkleError::Beyond { asked: index, size });
    }
    let mut path = Vec::new();
    let mut tree = 0..size;
    while tree.end - tree.start > 1 {
        let middle = tree.start + split(tree.end - tree.start);
        if index < middle {
            path.push(middle..tree.end);
            tree.end = middle;
        } else {
            path.push(tree.start..middle);
            tree.start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The ranges whose hashes prove that a tree only grew (RFC 6962, 2.1.2), from the lowest up.
fn consistency_path(old: u64, new: u64) -> Result<Vec<Range<u64>>, MerkleError> {
    if old > new {
        return Err(MerkleError::Beyond {
            asked: old,
            size: new,
        });
    }
    let mut path = Vec::new();
    let mut tree = 0..new;
    if old == 0 {
        return Ok(path);
    }
    while tree.end != old {
        let middle = tree.start + split(tree.end - tree.start);
        if old <= middle {
            path.push(middle..tree.end);
            tree.end = middle;
        } else {
            path.push(tree.start..middle);
            tree.start = middle;
        }
    }
    if tree.start != 0 {
        path.push(tree);
    }
    path.reverse();
    Ok(path)
}

#[cfg(test)]
mod tests;
