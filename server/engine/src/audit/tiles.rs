//! Tiles of the tree (C2SP tlog-tiles): the hashes of every eighth level, 256 to a tile. Nodes of the levels between are
//! made from them when they are needed.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::merkle::{self, Node, Nodes, Place};
use domain::digest::Digest;
use domain::port::store::Tx;

use crate::Error;

/// Levels from one tile to the one above it.
const HEIGHT: u8 = 8;
/// Hashes in a full tile.
const WIDTH: u64 = 256;

/// Some tiles, by level and number.
#[derive(Debug, Default)]
pub(super) struct Tiles {
    hashes: BTreeMap<(u8, u64), Vec<u8>>,
    changed: BTreeSet<(u8, u64)>,
}

impl Tiles {
    /// Tiles as stored.
    pub(super) fn of(stored: Vec<(u8, u64, Vec<u8>)>) -> Self {
        let hashes = stored
            .into_iter()
            .map(|(level, number, hashes)| ((level, number), hashes))
            .collect();
        Self {
            hashes,
            changed: BTreeSet::new(),
        }
    }

    /// The tiles that hold, or yield, some nodes.
    pub(super) async fn load(tx: &mut dyn Tx, places: &[Place]) -> Result<Self, Error> {
        let mut hashes = BTreeMap::new();
        for tile in places
            .iter()
            .map(|place| tile_of(*place))
            .collect::<BTreeSet<_>>()
        {
            if let Some(bytes) = tx.log().tile(tile.0, tile.1).await? {
                hashes.insert(tile, bytes);
            }
        }
        Ok(Self {
            hashes,
            changed: BTreeSet::new(),
        })
    }

    /// Keeps a new node, if it is of a level that tiles hold. Nodes come in order, so each goes to the end of its tile.
    pub(super) fn put(&mut self, node: Node) {
        if node.place.level.is_multiple_of(HEIGHT) {
            let tile = tile_of(node.place);
            self.hashes
                .entry(tile)
                .or_default()
                .extend_from_slice(node.hash.as_bytes());
            self.changed.insert(tile);
        }
    }

    /// The tiles that grew.
    pub(super) fn changed(&self) -> Vec<(u8, u64, Vec<u8>)> {
        let grown = self
            .changed
            .iter()
            .filter_map(|tile| self.hashes.get(tile).map(|hashes| (tile, hashes)));
        grown
            .map(|((level, number), hashes)| (*level, *number, hashes.clone()))
            .collect()
    }

    fn stored(&self, level: u8, index: u64) -> Option<Digest> {
        let bytes = self.hashes.get(&(level, index / WIDTH))?;
        let from = usize::try_from(index % WIDTH).ok()? * 32;
        Digest::try_from(bytes.get(from..from + 32)?).ok()
    }
}

/// Which tile holds a node, or the hashes that it is made from.
fn tile_of(place: Place) -> (u8, u64) {
    let (level, above) = (place.level / HEIGHT, place.level % HEIGHT);
    (level, (place.index << above) / WIDTH)
}

impl Nodes for Tiles {
    fn node(&self, place: Place) -> Option<Digest> {
        let (level, above) = (place.level / HEIGHT, place.level % HEIGHT);
        let first = place.index << above;
        let mut row: Vec<Digest> = (first..first + (1 << above))
            .map(|index| self.stored(level, index))
            .collect::<Option<_>>()?;
        while row.len() > 1 {
            row = row
                .chunks(2)
                .map(|pair| merkle::parent(&pair[0], &pair[1]))
                .collect();
        }
        row.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_resumed_from_tiles_grows_like_one_that_never_stopped() {
        let mut whole = merkle::Tree::new();
        let mut tiles = Tiles::default();
        for n in 0_u32..1_500 {
            let leaf = merkle::leaf(&n.to_be_bytes());
            let mut resumed = merkle::Tree::resume(u64::from(n), &tiles).unwrap();
            assert_eq!(resumed.root(), whole.root(), "size {n}");
            whole.append(leaf, |_| {});
            resumed.append(leaf, |node| tiles.put(node));
        }
    }

    #[test]
    fn proofs_made_from_tiles_hold() {
        let mut tree = merkle::Tree::new();
        let mut tiles = Tiles::default();
        for n in 0_u32..700 {
            tree.append(merkle::leaf(&n.to_be_bytes()), |node| tiles.put(node));
        }
        for index in [0_u64, 1, 255, 256, 511, 698, 699] {
            let proof = merkle::inclusion(index, 700, &tiles).unwrap();
            let leaf = merkle::leaf(&u32::try_from(index).unwrap().to_be_bytes());
            assert!(
                merkle::verify_inclusion(&leaf, index, 700, &proof, &tree.root()).is_ok(),
                "index {index}"
            );
        }
    }
}
