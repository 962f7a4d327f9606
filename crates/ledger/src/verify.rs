//! Checking a served folder offline, with nothing but the files and the log's public key.
//!
//! Everything is computed again from the entries: their hashes, every tile above them, the root. What does not fit is
//! named by file and place. It cannot tell whether the log showed somebody else another history: for that, give it a
//! checkpoint that was kept from earlier, or compare checkpoints with others.

mod error;
mod files;
mod leftovers;

pub use error::{Blame, VerifyError};

use crate::checkpoint::{self, Checkpoint, MAX_NOTE_BYTES, VerifierKey};
use crate::hash::{HASH_BYTES, Hash, leaf_hash};
use crate::publish::CHECKPOINT_FILE;
use crate::tiles::{Entries, TILE_WIDTH, Tile, TileKind, decode_hashes};
use crate::tree::Frontier;
use files::{Files, Found};
use std::path::Path;

/// What was checked and found whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The signed checkpoint, whose root the entries give.
    pub checkpoint: Checkpoint,
    /// The size of the earlier checkpoint that this log was found to continue, if one was given.
    pub continues: Option<u64>,
    /// The length of all entries together, in bytes.
    pub entry_bytes: u64,
    /// Tiles and bundles that the checkpoint needs, all checked.
    pub tiles: u64,
    /// Narrower tiles of earlier checkpoints, all found to agree.
    pub earlier_tiles: u64,
    /// Tiles that reach beyond the checkpoint: written before a publication was cut off. Their part below the
    /// checkpoint agrees; the rest nothing vouches for.
    pub tiles_beyond: u64,
    /// Files beside the log that nothing vouches for, by path, at most 100.
    pub not_covered: Vec<String>,
}

/// Checks every file of the served folder `dir` under the log's `key`.
///
/// With `expected_earlier`, also that the log continues that checkpoint: that its first entries give that root. The
/// caller vouches for where the earlier checkpoint came from. Memory is bounded by one bundle (16 MiB).
pub fn verify_dir(
    dir: &Path,
    key: &VerifierKey,
    expected_earlier: Option<&Checkpoint>,
) -> Result<Report, VerifyError> {
    verify_entries(dir, key, expected_earlier, &mut |_, _| {})
}

/// The same, and shows each entry with its position to `visit` as it goes. What was shown is in the log only when
/// the whole is `Ok`: the signed root is compared at the end.
pub fn verify_entries(
    dir: &Path,
    key: &VerifierKey,
    expected_earlier: Option<&Checkpoint>,
    visit: &mut dyn FnMut(u64, &[u8]),
) -> Result<Report, VerifyError> {
    let files = Files::new(dir);
    let note = files.read(CHECKPOINT_FILE, MAX_NOTE_BYTES)?.ok_or(VerifyError::NoCheckpoint)?;
    let note = String::from_utf8(note)
        .map_err(|error| VerifyError::NotText { byte: error.utf8_error().valid_up_to() })?;
    let checkpoint = checkpoint::parse_and_verify(&note, key).map_err(VerifyError::Checkpoint)?;
    if let Some(earlier) = expected_earlier
        && (earlier.origin != checkpoint.origin || earlier.size > checkpoint.size)
    {
        return Err(VerifyError::not_continued(earlier, &checkpoint));
    }
    let mut walk = Walk::new(files, &checkpoint, expected_earlier, visit);
    walk.entries()?;
    walk.upper_tiles()?;
    let leftovers = leftovers::check(&walk.files, checkpoint.size)?;
    Ok(Report {
        continues: expected_earlier.map(|earlier| earlier.size),
        entry_bytes: walk.entry_bytes,
        tiles: walk.tiles,
        earlier_tiles: leftovers.earlier,
        tiles_beyond: leftovers.beyond,
        not_covered: leftovers.not_covered,
        checkpoint,
    })
}

/// One pass over the entries from the first to the last, growing the tree beside the files.
struct Walk<'a> {
    files: Files<'a>,
    checkpoint: &'a Checkpoint,
    earlier: Option<&'a Checkpoint>,
    tree: Frontier,
    /// For each level of tiles from 1 up: the computed hashes of the tile being filled.
    rows: Vec<Row>,
    entry_bytes: u64,
    tiles: u64,
    visit: &'a mut dyn FnMut(u64, &[u8]),
}

#[derive(Default)]
struct Row {
    tile: u64,
    hashes: Vec<Hash>,
}

impl<'a> Walk<'a> {
    fn new(
        files: Files<'a>,
        checkpoint: &'a Checkpoint,
        earlier: Option<&'a Checkpoint>,
        visit: &'a mut dyn FnMut(u64, &[u8]),
    ) -> Self {
        let (tree, rows) = (Frontier::new(), Vec::new());
        Self { files, checkpoint, earlier, tree, rows, entry_bytes: 0, tiles: 0, visit }
    }

    fn entries(&mut self) -> Result<(), VerifyError> {
        self.check_earlier()?;
        for index in 0..self.checkpoint.size.div_ceil(TILE_WIDTH) {
            let leaves = self.bundle(index)?;
            if u64::try_from(leaves.len()) == Ok(TILE_WIDTH) {
                self.raise(0, leaves.into_iter().collect::<Frontier>().root())?;
            }
        }
        let root = self.tree.root();
        if root == self.checkpoint.root {
            return Ok(());
        }
        Err(VerifyError::OtherRoot {
            size: self.checkpoint.size,
            signed: self.checkpoint.root,
            computed: root,
        })
    }

    /// Checks a bundle against the tile of its entries' hashes, and gives those.
    fn bundle(&mut self, index: u64) -> Result<Vec<Hash>, VerifyError> {
        let tile = Tile { kind: TileKind::Hashes(0), index, width: 0 };
        let tile = tile.with_width(tile.width_at(self.checkpoint.size));
        let bundle = Tile { kind: TileKind::Entries, ..tile };
        let recorded = self.files.required(tile)?;
        let hashes = read_hashes(&recorded, tile.width)?;
        let found = self.files.required(bundle)?;
        let mut entries = Entries::new(&found.bytes, bundle.width);
        let mut computed = Vec::with_capacity(hashes.len());
        for (number, hash) in (tile.first()..).zip(hashes) {
            let Some(placed) = entries.next() else { break };
            let (place, entry) = placed.map_err(|problem| found.damaged(problem))?;
            let leaf = leaf_hash(entry);
            if leaf != hash {
                let from = computed.len() * HASH_BYTES;
                return Err(VerifyError::Entry {
                    index: number,
                    bundle: found.path,
                    bundle_bytes: place,
                    tile: recorded.path,
                    tile_bytes: from..from + HASH_BYTES,
                    blame: self.blame(number, leaf),
                });
            }
            self.entry_bytes += u64::try_from(entry.len()).unwrap_or(0);
            (self.visit)(number, entry);
            self.tree.push(leaf);
            self.check_earlier()?;
            computed.push(leaf);
        }
        if found.is_exact {
            entries.finish().map_err(|problem| found.damaged(problem))?;
        }
        self.tiles += 2;
        Ok(computed)
    }

    fn check_earlier(&self) -> Result<(), VerifyError> {
        match self.earlier {
            Some(earlier) if earlier.size == self.tree.size() && earlier.root != self.tree.root() => {
                Err(VerifyError::not_continued(earlier, self.checkpoint))
            }
            _ => Ok(()),
        }
    }

    /// Puts the root of a full tile of `level` into the level above, whose tile is checked as soon as it is full.
    fn raise(&mut self, level: u8, root: Hash) -> Result<(), VerifyError> {
        if self.rows.len() <= usize::from(level) {
            self.rows.push(Row::default());
        }
        let Some(row) = self.rows.get_mut(usize::from(level)) else { return Ok(()) };
        row.hashes.push(root);
        if u64::try_from(row.hashes.len()) != Ok(TILE_WIDTH) {
            return Ok(());
        }
        let full = std::mem::take(&mut row.hashes);
        let index = row.tile;
        row.tile += 1;
        self.upper_tile(level + 1, index, &full)?;
        self.raise(level + 1, full.into_iter().collect::<Frontier>().root())
    }

    /// Checks the tiles at the right edge, which are not full.
    fn upper_tiles(&mut self) -> Result<(), VerifyError> {
        let rows = std::mem::take(&mut self.rows);
        for (level, row) in (1..).zip(&rows).filter(|(_, row)| !row.hashes.is_empty()) {
            self.upper_tile(level, row.tile, &row.hashes)?;
        }
        Ok(())
    }

    fn upper_tile(&mut self, level: u8, index: u64, computed: &[Hash]) -> Result<(), VerifyError> {
        let width = u16::try_from(computed.len()).unwrap_or(u16::MAX);
        let tile = Tile { kind: TileKind::Hashes(level), index, width };
        let found = self.files.required(tile)?;
        let recorded = read_hashes(&found, width)?;
        if let Some(position) =
            recorded.iter().zip(computed).position(|(recorded, computed)| recorded != computed)
        {
            let below = tile.first() + u64::try_from(position).unwrap_or(0);
            let below = Tile { kind: TileKind::Hashes(level - 1), index: below, width: 256 };
            let from = position * HASH_BYTES;
            let (tile, bytes, below) = (found.path, from..from + HASH_BYTES, below.path());
            return Err(VerifyError::Upper { tile, bytes, below });
        }
        self.tiles += 1;
        Ok(())
    }

    /// Which side of a mismatch the signed root takes, if the rest is whole: the recorded hash or the entry's.
    fn blame(&self, entry: u64, computed: Hash) -> Blame {
        let (mut as_recorded, mut as_computed) = (Frontier::new(), Frontier::new());
        for index in 0..self.checkpoint.size.div_ceil(TILE_WIDTH) {
            let tile = Tile { kind: TileKind::Hashes(0), index, width: 0 };
            let tile = tile.with_width(tile.width_at(self.checkpoint.size));
            let Ok(hashes) = self.files.required(tile).and_then(|found| read_hashes(&found, tile.width))
            else {
                return Blame::Unknown;
            };
            for hash in hashes {
                let here = as_computed.size() == entry;
                as_computed.push(if here { computed } else { hash });
                as_recorded.push(hash);
            }
        }
        if as_recorded.root() == self.checkpoint.root {
            Blame::Entry
        } else if as_computed.root() == self.checkpoint.root {
            Blame::Tile
        } else {
            Blame::Unknown
        }
    }
}

/// The first `width` hashes of a tile: all of them, unless it stands in for a narrower one.
fn read_hashes(found: &Found, width: u16) -> Result<Vec<Hash>, VerifyError> {
    let needed = usize::from(width) * HASH_BYTES;
    let bytes = match found.bytes.get(..needed) {
        Some(bytes) if !found.is_exact => bytes,
        _ => &found.bytes,
    };
    decode_hashes(bytes, width).map_err(|problem| found.damaged(problem))
}
