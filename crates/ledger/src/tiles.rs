//! Where the served files lie and what is in them (C2SP tlog-tiles): tiles of 256 hashes, bundles of 256 entries.

mod bundle;
mod path;

pub use bundle::{Entries, PlacedEntry, encode_entries};

use crate::hash::{HASH_BYTES, Hash};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;
/// A tile stands for this many levels of the tree.
pub const TILE_HEIGHT: u8 = 8;
/// The longest entry, in bytes, as its length is written in two.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;
/// The longest hash tile, in bytes.
pub const MAX_TILE_BYTES: usize = 256 * HASH_BYTES;
/// The longest bundle, in bytes.
pub const MAX_BUNDLE_BYTES: usize = 256 * (2 + MAX_ENTRY_BYTES);

/// Why bytes are not the tile or bundle that their path promises.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TileError {
    /// A hash tile has 32 bytes for every hash.
    #[error("it has {found} bytes instead of {expected}")]
    Length {
        /// Bytes there are.
        found: usize,
        /// Bytes there should be.
        expected: usize,
    },
    /// A bundle ends inside an entry, or before it.
    #[error("entry {position} of the bundle, at byte {byte}, runs past the end of the file")]
    Short {
        /// The entry's place in the bundle, from zero.
        position: u64,
        /// Where the entry's length is written, from zero.
        byte: usize,
    },
    /// A bundle goes on after its last entry.
    #[error("{count} extra bytes follow its last entry, from byte {byte} on")]
    Extra {
        /// Where they begin, from zero.
        byte: usize,
        /// How many there are.
        count: usize,
    },
    /// An entry is too long to be written.
    #[error("entry {position} of the bundle has {bytes} bytes; at most 65535 fit")]
    EntryTooLong {
        /// The entry's place in the bundle, from zero.
        position: u64,
        /// Its length.
        bytes: usize,
    },
}

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TileKind {
    /// Hashes of subtrees of 256 to the power of this many leaves; 0 for the hashes of entries.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// One served tile or bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Its position among its kind, from zero.
    pub index: u64,
    /// How many hashes or entries: 256 when full, fewer at the right edge of the tree.
    pub width: u16,
}

impl Tile {
    /// Whether it will never change.
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }

    /// The position of its first hash within its level of tiles, or of its first entry in the log.
    pub fn first(&self) -> u64 {
        self.index.saturating_mul(TILE_WIDTH)
    }

    /// The same tile when it was narrower or has grown.
    #[must_use]
    pub fn with_width(self, width: u16) -> Self {
        Self { width, ..self }
    }

    /// The level of the tree whose nodes the tile holds: 0 for entries and their hashes, then 8, 16, and so on.
    pub fn tree_level(&self) -> u8 {
        match self.kind {
            TileKind::Entries => 0,
            TileKind::Hashes(level) => level.saturating_mul(TILE_HEIGHT),
        }
    }

    /// How many hashes or entries a tree of `size` has at this tile's place: 256 if it has them all.
    pub fn width_at(&self, size: u64) -> u16 {
        let here = row_length(size, self.tree_level()).saturating_sub(self.first()).min(TILE_WIDTH);
        u16::try_from(here).unwrap_or(u16::MAX)
    }

    /// The longest file that can be such a tile, in bytes.
    pub fn max_bytes(&self) -> usize {
        let width = usize::from(self.width);
        match self.kind {
            TileKind::Hashes(_) => width * HASH_BYTES,
            TileKind::Entries => width * (2 + MAX_ENTRY_BYTES),
        }
    }
}

/// Complete subtrees at a level of a tree of `size`.
fn row_length(size: u64, tree_level: u8) -> u64 {
    size.checked_shr(u32::from(tree_level)).unwrap_or(0)
}

/// The tiles and bundles of a tree of `new` entries that a tree of `old` entries does not have, lowest first.
/// With `old` zero: all that a tree of `new` entries needs.
pub fn new_tiles(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    let kinds = std::iter::once(TileKind::Entries).chain((0..8).map(TileKind::Hashes));
    kinds.flat_map(move |kind| {
        let tree_level = Tile { kind, index: 0, width: 0 }.tree_level();
        let (before, now) = (row_length(old, tree_level), row_length(new, tree_level));
        let first = if before < now { before / TILE_WIDTH } else { now.div_ceil(TILE_WIDTH) };
        (first..now.div_ceil(TILE_WIDTH)).map(move |index| {
            let tile = Tile { kind, index, width: 0 };
            tile.with_width(tile.width_at(new))
        })
    })
}

/// A hash tile's bytes.
pub fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Reads a hash tile of exactly `width` hashes.
pub fn decode_hashes(bytes: &[u8], width: u16) -> Result<Vec<Hash>, TileError> {
    let expected = usize::from(width) * HASH_BYTES;
    if bytes.len() != expected {
        return Err(TileError::Length { found: bytes.len(), expected });
    }
    Ok(bytes.chunks_exact(HASH_BYTES).filter_map(Hash::from_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification() {
        let all: Vec<_> = new_tiles(0, 70_000).collect();
        let hashes =
            |level, width| move |tile: &&Tile| tile.kind == TileKind::Hashes(level) && tile.width == width;
        assert_eq!(all.iter().filter(hashes(0, 256)).count(), 273);
        assert_eq!(all.iter().filter(hashes(0, 112)).count(), 1);
        assert_eq!(all.iter().filter(hashes(1, 256)).count(), 1);
        assert_eq!(all.iter().filter(hashes(1, 17)).count(), 1);
        assert_eq!(all.iter().filter(hashes(2, 1)).count(), 1);
        assert_eq!(all.len(), 2 * 274 + 3);
    }

    #[test]
    fn a_full_tile_brings_its_parent_and_nothing_new_brings_nothing() {
        let paths = |old, new| new_tiles(old, new).map(|tile| tile.path()).collect::<Vec<_>>();
        assert_eq!(paths(255, 256), ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(paths(256, 257), ["tile/entries/001.p/1", "tile/0/001.p/1"]);
        assert!(paths(0, 0).is_empty());
        assert!(paths(300, 300).is_empty());
    }

    #[test]
    fn hash_tiles_read_back_and_wrong_lengths_do_not() {
        let hashes = [Hash([1; 32]), Hash([2; 32])];
        let bytes = encode_hashes(&hashes);
        assert_eq!(decode_hashes(&bytes, 2).unwrap(), hashes);
        let wrong = TileError::Length { found: 64, expected: 96 };
        assert_eq!(decode_hashes(&bytes, 3), Err(wrong));
    }
}
