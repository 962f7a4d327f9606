//! Writing the served folder, a step at a time, so that what lies there can be checked at every instant.
//!
//! INVARIANT: a published checkpoint never goes back and never contradicts an earlier one, and every file that it
//! needs is on the disk before it is.

use crate::checkpoint::{Checkpoint, CheckpointError, Note};
use crate::cosignature::with_signatures_of;
use crate::disk::{Disk, Folder};
use crate::hash::leaf_hash;
use crate::tiles::{TILE_WIDTH, Tile, TileError, TileKind, encode_entries, encode_hashes, new_tiles};
use crate::tree::{self, NodeReader};
use std::io;
use std::path::Path;

/// The file of the signed checkpoint.
pub const CHECKPOINT_FILE: &str = "checkpoint";
pub use crate::disk::TEMPORARY_FILE;

/// A log that can be published: entries beside the hashes over them, one snapshot.
pub trait LogSource: NodeReader {
    /// How many entries there are.
    fn size(&self) -> u64;

    /// The entry at `index`, as it was hashed.
    fn entry(&self, index: u64) -> Result<Vec<u8>, tree::Error>;

    /// `count` entries from `first` on; a store that can read a range at once should.
    fn entries(&self, first: u64, count: u64) -> Result<Vec<Vec<u8>>, tree::Error> {
        (first..first.saturating_add(count)).map(|index| self.entry(index)).collect()
    }
}

/// Why the folder was not brought up to date. Whatever lay there before can still be checked.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The checkpoint to publish cannot be read.
    #[error("the checkpoint to publish cannot be read: {0}")]
    Checkpoint(#[source] CheckpointError),
    /// The checkpoint in the folder cannot be read.
    #[error("the checkpoint already in the folder cannot be read: {0}")]
    Published(#[source] CheckpointError),
    /// The log's own hashes do not give the checkpoint's root.
    #[error("the log's root at {size} entries is not the root of the checkpoint to publish")]
    OtherRoot {
        /// The checkpoint's size.
        size: u64,
    },
    /// The folder holds a later checkpoint, or one of another history or another log.
    #[error(
        "the folder holds a checkpoint of `{origin}` at {published} entries, which the one at {size} does not continue"
    )]
    NotContinued {
        /// The published checkpoint's origin.
        origin: String,
        /// The published checkpoint's size.
        published: u64,
        /// The new checkpoint's size.
        size: u64,
    },
    /// The store's entry is not the one that was hashed.
    #[error("entry {0} in the store does not hash to what the log recorded")]
    Entry(u64),
    /// The log cannot be read.
    #[error("the log cannot be read: {0}")]
    Log(#[from] tree::Error),
    /// The log gave something that cannot be a tile.
    #[error("the log does not fit into tiles: {0}")]
    Tile(#[from] TileError),
    /// The folder cannot be read or written.
    #[error("`{path}` in the served folder cannot be written or read: {source}")]
    Disk {
        /// The path below the folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

/// What a publication did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Entries that the checkpoint before covered; 0 if there was none.
    pub from: u64,
    /// Entries that the new one covers.
    pub size: u64,
    /// Tiles and bundles written.
    pub tiles: usize,
}

/// Brings the served folder `dir` up to the signed checkpoint `checkpoint_note` of `log`.
///
/// Writes the tiles and bundles that are new since the checkpoint in the folder, then the checkpoint, each through a
/// temporary file, a sync and a rename, and at last removes partial tiles that have become full. Doing it again does no
/// harm. The log may have grown beyond the checkpoint. One publisher at a time: the caller holds the lock.
///
/// Without a `checkpoint` file in the folder everything is written again, which is how a damaged folder is repaired.
pub fn publish<S: LogSource + ?Sized>(
    dir: &Path,
    log: &S,
    checkpoint_note: &str,
) -> Result<Published, PublishError> {
    publish_to(&mut Folder::new(dir), log, checkpoint_note)
}

fn publish_to<S: LogSource + ?Sized>(
    disk: &mut impl Disk,
    log: &S,
    note: &str,
) -> Result<Published, PublishError> {
    let at = |path: &str| {
        let path = path.to_owned();
        move |source| PublishError::Disk { path, source }
    };
    let next = Checkpoint::from_note_unverified(note).map_err(PublishError::Checkpoint)?;
    if next.size > log.size() || tree::root(next.size, log)? != next.root {
        return Err(PublishError::OtherRoot { size: next.size });
    }
    let (from, note) = match disk.read(CHECKPOINT_FILE).map_err(at(CHECKPOINT_FILE))? {
        Some(earlier) => {
            let earlier = as_text(&earlier)?;
            // The same checkpoint once more keeps the cosignatures that it has.
            let note = with_signatures_of(note, earlier).map_err(PublishError::Published)?;
            (continued_from(earlier, &next, log)?, note)
        }
        None => (0, note.to_owned()),
    };
    let mut tiles = 0;
    for tile in new_tiles(from, next.size) {
        let path = tile.path();
        disk.put(&path, &tile_bytes(tile, log)?).map_err(at(&path))?;
        tiles += 1;
    }
    disk.sync().map_err(at("tile"))?;
    disk.put(CHECKPOINT_FILE, note.as_bytes()).map_err(at(CHECKPOINT_FILE))?;
    disk.sync().map_err(at(CHECKPOINT_FILE))?;
    for tile in new_tiles(from, next.size).filter(Tile::is_full) {
        let partials = format!("{}.p", tile.path());
        disk.remove_folder(&partials).map_err(at(&partials))?;
    }
    Ok(Published { from, size: next.size, tiles })
}

/// Puts the signatures of `note` onto the checkpoint in the served folder `dir`, all at once; `false`, and nothing is
/// changed, when the folder has moved on to another checkpoint. The caller has verified them, and holds the lock.
pub fn add_signatures(dir: &Path, note: &str) -> Result<bool, PublishError> {
    add_signatures_to(&mut Folder::new(dir), note)
}

fn add_signatures_to(disk: &mut impl Disk, note: &str) -> Result<bool, PublishError> {
    let at = |source| PublishError::Disk { path: CHECKPOINT_FILE.to_owned(), source };
    let Some(published) = disk.read(CHECKPOINT_FILE).map_err(at)? else { return Ok(false) };
    let published = as_text(&published)?;
    let text = |note: &str| Note::parse(note).map(|note| note.text);
    if text(published).map_err(PublishError::Published)? != text(note).map_err(PublishError::Checkpoint)? {
        return Ok(false);
    }
    let note = with_signatures_of(note, published).map_err(PublishError::Published)?;
    disk.put(CHECKPOINT_FILE, note.as_bytes()).map_err(at)?;
    disk.sync().map_err(at)?;
    Ok(true)
}

fn as_text(note: &[u8]) -> Result<&str, PublishError> {
    std::str::from_utf8(note).map_err(|_| PublishError::Published(CheckpointError::Note("it is not UTF-8")))
}

/// The size of the published checkpoint, once the log is known to have grown out of it.
fn continued_from<S: LogSource + ?Sized>(
    note: &str,
    next: &Checkpoint,
    log: &S,
) -> Result<u64, PublishError> {
    let published = Checkpoint::from_note_unverified(note).map_err(PublishError::Published)?;
    let continues = published.origin == next.origin
        && published.size <= next.size
        && tree::root(published.size, log)? == published.root;
    if continues {
        return Ok(published.size);
    }
    Err(PublishError::NotContinued { origin: published.origin, published: published.size, size: next.size })
}

fn tile_bytes<S: LogSource + ?Sized>(tile: Tile, log: &S) -> Result<Vec<u8>, PublishError> {
    let (first, count) = (tile.first(), u64::from(tile.width).min(TILE_WIDTH));
    let hashes = log.nodes(tile.tree_level(), first, count)?;
    if hashes.len() != usize::from(tile.width) {
        return Err(tree::Error::MissingNode { level: tile.tree_level(), index: first }.into());
    }
    if tile.kind != TileKind::Entries {
        return Ok(encode_hashes(&hashes));
    }
    let entries = log.entries(first, count)?;
    if entries.len() != hashes.len() {
        return Err(tree::Error::MissingEntry(first).into());
    }
    for ((index, entry), hash) in (first..).zip(&entries).zip(&hashes) {
        if leaf_hash(entry) != *hash {
            return Err(PublishError::Entry(index));
        }
    }
    Ok(encode_entries(&entries)?)
}

#[cfg(test)]
mod tests;
