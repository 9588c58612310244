//! A reader of logs that others wrote finds its way through our tiles, and agrees with our proofs.

use std::collections::HashMap;

use domain::audit::merkle::{self, Place, Tree};
use domain::audit::tile;
use domain::digest::Digest;
use tlog_tiles::{Error, Hash, Tile, TileHashReader, TileReader};

/// Three levels of tiles.
const SIZE: u64 = 66_000;

/// Our log, as its tiles show it.
struct Published {
    nodes: HashMap<Place, Digest>,
    size: u64,
}

impl TileReader for Published {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |theirs: &Tile| {
            let (level, number) = (theirs.level(), theirs.level_index());
            let ours = tile::Tile {
                holds: tile::Holds::Hashes(level),
                number,
                width: theirs.width().into(),
            };
            // By the path, as a reader over HTTP would ask.
            let ours: tile::Tile = ours.to_string().parse().map_err(|_| Error::InvalidTile)?;
            if !ours.exists_at(self.size) {
                return Err(Error::InvalidTile);
            }
            let hashes: Vec<_> = ours.places().map(|place| self.nodes[&place]).collect();
            Ok(tile::of_hashes(&hashes))
        };
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn theirs(hashes: &[Digest]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(*hash.as_bytes())).collect()
}

#[test]
fn their_proofs_from_our_tiles_are_our_proofs() {
    let (mut tree, mut nodes) = (Tree::new(), HashMap::new());
    for n in 0..SIZE {
        tree.append(merkle::leaf(&n.to_be_bytes()), |node| {
            nodes.insert(node.place, node.hash);
        });
    }
    let root = Hash(*tree.root().as_bytes());
    let log = Published { nodes, size: SIZE };
    // This reader checks every tile against the root.
    let reader = TileHashReader::new(SIZE, root, &log);
    for index in [0, 255, 256, 4_711, 65_535, 65_536, SIZE - 1] {
        let ours = theirs(&merkle::inclusion(index, SIZE, &log.nodes).unwrap());
        assert_eq!(
            tlog_tiles::prove_record(SIZE, index, &reader).unwrap(),
            ours,
            "entry {index}"
        );
    }
    for old in [1, 256, 4_711, 65_536, SIZE - 1, SIZE] {
        let ours = theirs(&merkle::consistency(old, SIZE, &log.nodes).unwrap());
        assert_eq!(
            tlog_tiles::prove_tree(SIZE, old, &reader).unwrap(),
            ours,
            "from size {old}"
        );
        let old_root = Hash(*Tree::resume(old, &log.nodes).unwrap().root().as_bytes());
        tlog_tiles::check_tree(&ours, SIZE, root, old, old_root).unwrap();
    }
}
