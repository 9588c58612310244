//! The log as static files (C2SP tlog-tiles): hashes and entries in tiles of 256.
//!
//! `tile/<level>/<n>` holds the nodes of level `8 * level`, `tile/entries/<n>` the entries themselves; the last tile of
//! a level is partial and ends in `.p/<width>`. Numbers are written in groups of three: 1234067 is `x001/x234/067`.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::checkpoint::decimal;
use super::merkle::Place;
use crate::digest::Digest;

/// How many hashes or entries a full tile holds.
pub const WIDTH: u64 = 256;
/// Levels of the tree per level of tiles.
const HEIGHT: u8 = 8;
/// The highest level of tiles: beyond are more than 2^64 entries.
const HIGHEST: u8 = 7;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// Hashes of a level of tiles.
    Hashes(u8),
    /// Entries.
    Entries,
}

/// One tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// What it holds.
    pub holds: Holds,
    /// Its number in its level, from 0.
    pub number: u64,
    /// How many, from 1 to [`WIDTH`].
    pub width: u64,
}

/// The path is not that of a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile: expected tile/<level or entries>/<number>[.p/<width>]")]
pub struct TilePathError;

/// An entry longer than 65,535 bytes, or a bundle that is cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a bundle of entries: each is preceded by its length in two bytes")]
pub struct BundleError;

impl Tile {
    /// Whether the log of a size has this tile: exactly this width, or a narrower one of earlier days.
    pub fn exists_at(&self, size: u64) -> bool {
        self.indices().end <= size >> self.level()
    }

    /// The indices of its entries, or of its nodes in their level.
    pub const fn indices(&self) -> Range<u64> {
        let start = self.number * WIDTH;
        start..start + self.width
    }

    /// The nodes whose hashes make up the tile.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        let level = self.level();
        self.indices().map(move |index| Place { level, index })
    }

    /// The level of its nodes in the tree; entries count as leaves.
    pub const fn level(&self) -> u8 {
        match self.holds {
            Holds::Hashes(level) => level * HEIGHT,
            Holds::Entries => 0,
        }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holds {
            Holds::Hashes(level) => write!(f, "tile/{level}/")?,
            Holds::Entries => write!(f, "tile/entries/")?,
        }
        let groups = self.number.checked_ilog(1000).unwrap_or(0);
        for group in (1..=groups).rev() {
            write!(f, "x{:03}/", self.number / 1000_u64.pow(group) % 1000)?;
        }
        write!(f, "{:03}", self.number % 1000)?;
        if self.width < WIDTH {
            write!(f, ".p/{}", self.width)
        } else {
            Ok(())
        }
    }
}

impl FromStr for Tile {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<Self, TilePathError> {
        let parse = || {
            let (kind, number) = path.strip_prefix("tile/")?.split_once('/')?;
            let holds = match kind {
                "entries" => Holds::Entries,
                level => Holds::Hashes(
                    u8::try_from(decimal(level)?)
                        .ok()
                        .filter(|level| *level <= HIGHEST)?,
                ),
            };
            let (number, width) = match number.split_once(".p/") {
                Some((number, width)) => (number, decimal(width)?),
                None => (number, WIDTH),
            };
            let digits = number.replace(['x', '/'], "");
            let number = digits.parse().ok().filter(|number| *number < u64::MAX / WIDTH)?;
            Some(Self { holds, number, width })
        };
        let tile = parse()
            .filter(|tile| (1..=WIDTH).contains(&tile.width))
            .ok_or(TilePathError)?;
        // One path for one tile: anything that is not written as we would write it is refused.
        if tile.to_string() == path {
            Ok(tile)
        } else {
            Err(TilePathError)
        }
    }
}

/// The bytes of a tile of hashes.
pub fn of_hashes<'a>(hashes: impl IntoIterator<Item = &'a Digest>) -> Vec<u8> {
    hashes.into_iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The bytes of a tile of entries: each preceded by its length (16 bits, big-endian).
pub fn of_entries<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BundleError> {
    let mut bundle = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| BundleError)?;
        bundle.extend(length.to_be_bytes());
        bundle.extend(entry);
    }
    Ok(bundle)
}

/// The entries of such a tile.
pub fn entries(mut bundle: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let (length, rest) = bundle.split_first_chunk().ok_or(BundleError)?;
        let (entry, rest) = rest
            .split_at_checked(u16::from_be_bytes(*length).into())
            .ok_or(BundleError)?;
        entries.push(entry);
        bundle = rest;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = |holds, number, width| Tile { holds, number, width };
        for (tile, path) in [
            (tile(Holds::Hashes(0), 0, 256), "tile/0/000"),
            (tile(Holds::Hashes(3), 1_234_067, 256), "tile/3/x001/x234/067"),
            (tile(Holds::Hashes(1), 1_000, 1), "tile/1/x001/000.p/1"),
            (tile(Holds::Entries, 999, 255), "tile/entries/999.p/255"),
        ] {
            assert_eq!((tile.to_string().as_str(), path.parse()), (path, Ok(tile)));
        }
    }

    #[test]
    fn other_paths_are_refused() {
        for path in [
            "tile/0/0",
            "tile/8/000",
            "tile/00/000",
            "tile/0/1000",
            "tile/0/x000/001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/257",
            "tile/0/../../000",
            "tile/0/+00",
            "tile/entries/",
            "tile/0/x184/x467/x440/x737/x095/x516/x150",
        ] {
            assert_eq!(path.parse::<Tile>(), Err(TilePathError), "{path}");
        }
    }

    #[test]
    fn a_tile_exists_once_its_last_node_does() {
        let tile: Tile = "tile/1/000.p/2".parse().unwrap();
        assert_eq!(
            [511, 512, 10_000].map(|size| tile.exists_at(size)),
            [false, true, true]
        );
        assert_eq!(
            tile.places()
                .map(|place| (place.level, place.index))
                .collect::<Vec<_>>(),
            [(8, 0), (8, 1)]
        );
    }

    #[test]
    fn a_bundle_is_read_back() {
        let bundle = of_entries([&b"one"[..], b"", b"three"]).unwrap();
        assert_eq!(entries(&bundle).unwrap(), [&b"one"[..], b"", b"three"]);
        assert_eq!(entries(&bundle[..bundle.len() - 1]), Err(BundleError));
        assert_eq!(of_entries([&vec![0; 65_536][..]]), Err(BundleError));
    }
}
