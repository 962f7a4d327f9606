//! Following somebody else's log: each new checkpoint is proven to continue the one that was seen before, every new
//! entry is checked against it, and a log that shows two histories is caught with both signatures in hand.
//!
//! It sees what one place shows it. That others are shown the same, it learns from the checkpoints that witnesses,
//! mirrors and other followers hold: see [`compare`].

mod known;
mod notebook;
mod served;

pub use known::Known;
pub use notebook::{Notebook, NotebookError};
pub use served::Source;

use crate::checkpoint::{self, Checkpoint, CheckpointError, MAX_NOTE_BYTES, VerifierKey};
use crate::hash::{Hash, leaf_hash, node_hash};
use crate::publish::CHECKPOINT_FILE;
use crate::tiles::{Entries, TILE_WIDTH, Tile, TileError, TileKind, decode_hashes};
use crate::tree::{self, Frontier, NodeReader};
use served::Served;

/// What was found when all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The same checkpoint as before.
    Unchanged,
    /// It grew from so many entries, all of the new ones checked. From zero when it was seen for the first time.
    Grew {
        /// Entries before.
        from: u64,
    },
    /// It shows a checkpoint that is older than the known one, and was found to have grown into it.
    Older {
        /// Entries in what it shows.
        shown: u64,
    },
}

/// Why the log is not followed further. The known checkpoint stays the known one.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The place cannot be asked.
    #[error("`{path}` cannot be fetched: {source}")]
    Source {
        /// The path below the log's address.
        path: String,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file of the log is not there.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A file is not what its path promises.
    #[error("`{path}` is damaged: {problem}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: TileError,
    },
    /// The checkpoint is not signed by the log.
    #[error("the checkpoint does not hold: {0}")]
    Checkpoint(#[source] CheckpointError),
    /// The hashes that are served do not lead to the signed root, so nothing can be proven from them.
    #[error("the tiles do not give the root that the checkpoint of {size} entries signs")]
    TilesOfOther {
        /// The checkpoint's size.
        size: u64,
    },
    /// An entry is not the one whose hash is under the signed root.
    #[error("entry {index} in `{path}` does not hash to what the tiles record")]
    Entry {
        /// The entry's position.
        index: u64,
        /// The bundle that holds it.
        path: String,
    },
    /// The tree cannot be computed.
    #[error("the tree cannot be computed: {0}")]
    Tree(#[from] tree::Error),
    /// The log signed two checkpoints of which neither continues the other.
    #[error(
        "the log forked: it signed {} entries and {} entries that do not belong to one history",
        .0.earlier.size, .0.later.size
    )]
    Forked(Box<Fork>),
}

impl FollowError {
    /// Whether the log itself is wrong, and not the way to it.
    pub fn accuses(&self) -> bool {
        !matches!(self, Self::Source { .. } | Self::Missing(_))
    }
}

/// Two signed checkpoints of one log that contradict each other: the evidence of a fork.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The one that was known.
    pub earlier: Checkpoint,
    /// Its note, word for word.
    pub earlier_note: String,
    /// The one that was shown.
    pub later: Checkpoint,
    /// Its note, word for word.
    pub later_note: String,
}

/// Looks at the log once: fetches its checkpoint, proves it against what is `known`, checks every new entry, and hands
/// each to `entry` with its index. Gives what is known from now on. Memory is bounded by one bundle (16 MiB).
pub fn follow(
    source: &mut dyn Source,
    key: &VerifierKey,
    known: Option<&Known>,
    entry: &mut dyn FnMut(u64, &[u8]),
) -> Result<(Found, Known), FollowError> {
    let bytes = fetch(source, CHECKPOINT_FILE, MAX_NOTE_BYTES)?;
    let bytes = bytes.ok_or_else(|| FollowError::Missing(CHECKPOINT_FILE.to_owned()))?;
    let note = String::from_utf8(bytes)
        .map_err(|_| FollowError::Checkpoint(CheckpointError::Note("it is not UTF-8")))?;
    let next = checkpoint::parse_and_verify(&note, key).map_err(FollowError::Checkpoint)?;
    let (from, mut grown) = match known {
        None => (0, Frontier::new()),
        Some(known) => {
            let served = Served::new(source, next.size.max(known.checkpoint.size));
            consistent(&served, &known.checkpoint, &known.note, &next, &note)?;
            if next.size < known.checkpoint.size {
                return Ok((Found::Older { shown: next.size }, known.clone()));
            }
            (known.checkpoint.size, known.tree.clone())
        }
    };
    let found = if known.is_some_and(|known| known.checkpoint.size == next.size) {
        Found::Unchanged
    } else {
        check_entries(source, from, &next, &mut grown, entry)?;
        Found::Grew { from }
    };
    // The newer note of an unchanged checkpoint may have more cosignatures.
    Ok((found, Known { checkpoint: next, note, tree: grown }))
}

/// What another place's checkpoint of the same log says beside what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// It is of the same history.
    Agrees {
        /// Entries in it.
        size: u64,
    },
    /// It has more entries than the log has shown here: look again, and ask why if that lasts.
    Ahead {
        /// Entries in it.
        size: u64,
    },
}

/// Compares a checkpoint that somebody else holds with what is known, by the tiles that `source` serves.
pub fn compare(
    source: &mut dyn Source,
    key: &VerifierKey,
    known: &Known,
    other_note: &str,
) -> Result<Compared, FollowError> {
    let other = checkpoint::parse_and_verify(other_note, key).map_err(FollowError::Checkpoint)?;
    if other.size > known.checkpoint.size {
        return Ok(Compared::Ahead { size: other.size });
    }
    let served = Served::new(source, known.checkpoint.size);
    consistent(&served, &known.checkpoint, &known.note, &other, other_note)?;
    Ok(Compared::Agrees { size: other.size })
}

fn fetch(source: &mut dyn Source, path: &str, limit: usize) -> Result<Option<Vec<u8>>, FollowError> {
    source.fetch(path, limit).map_err(|error| FollowError::Source { path: path.to_owned(), source: error })
}

/// Proves that the smaller of two signed trees is the beginning of the larger, or that it is not.
///
/// The hashes that are read are first shown to be under the larger signed root, so a contradiction is the log's own.
fn consistent(
    served: &Served<'_>,
    known: &Checkpoint,
    known_note: &str,
    shown: &Checkpoint,
    shown_note: &str,
) -> Result<(), FollowError> {
    let (smaller, larger) = if known.size <= shown.size { (known, shown) } else { (shown, known) };
    let same = if smaller.size == larger.size {
        smaller.root == larger.root
    } else {
        let (peaks, root) = bridge(smaller.size, larger.size, served).map_err(|error| served.why(error))?;
        if root != larger.root {
            return Err(FollowError::TilesOfOther { size: larger.size });
        }
        Frontier::of_peaks(smaller.size, peaks).is_some_and(|tree| tree.root() == smaller.root)
    };
    if same {
        return Ok(());
    }
    Err(FollowError::Forked(Box::new(Fork {
        earlier: known.clone(),
        earlier_note: known_note.to_owned(),
        later: shown.clone(),
        later_note: shown_note.to_owned(),
    })))
}

/// The roots of the complete subtrees of the first `old` entries, left to right, and the root over `new` entries that
/// was computed through them. If the second is the signed one, the first are what that signature stands for.
fn bridge<R: NodeReader>(old: u64, new: u64, reader: &R) -> Result<(Vec<Hash>, Hash), tree::Error> {
    let mut peaks = Vec::new();
    let root = if new == 0 { crate::hash::empty_root() } else { walk(0, new, old, reader, &mut peaks)? };
    Ok((peaks, root))
}

fn walk<R: NodeReader>(
    low: u64,
    high: u64,
    old: u64,
    reader: &R,
    peaks: &mut Vec<Hash>,
) -> Result<Hash, tree::Error> {
    let length = high - low;
    if length.is_power_of_two() && (high <= old || low >= old) {
        let level = u8::try_from(length.ilog2()).unwrap_or(u8::MAX);
        let hash = reader.node(level, low >> level)?;
        if high <= old {
            peaks.push(hash);
        }
        return Ok(hash);
    }
    let middle = low + (1 << (length - 1).ilog2());
    let left = walk(low, middle, old, reader, peaks)?;
    let right = walk(middle, high, old, reader, peaks)?;
    Ok(node_hash(&left, &right))
}

/// Fetches the entries from `from` on, checks each against the tile of its hash and all against the signed root.
fn check_entries(
    source: &mut dyn Source,
    from: u64,
    next: &Checkpoint,
    grown: &mut Frontier,
    entry: &mut dyn FnMut(u64, &[u8]),
) -> Result<(), FollowError> {
    for index in from / TILE_WIDTH..next.size.div_ceil(TILE_WIDTH) {
        let tile = Tile { kind: TileKind::Hashes(0), index, width: 0 };
        let tile = tile.with_width(tile.width_at(next.size));
        let bundle = Tile { kind: TileKind::Entries, ..tile };
        let (_, recorded) = served::tile(source, tile)?;
        let recorded = decode_hashes(&recorded, tile.width)
            .map_err(|problem| FollowError::Damaged { path: tile.path(), problem })?;
        let (path, bytes) = served::tile(source, bundle)?;
        let mut entries = Entries::new(&bytes, bundle.width);
        for (number, hash) in (tile.first()..).zip(&recorded) {
            let Some(placed) = entries.next() else { break };
            let (_, bytes) =
                placed.map_err(|problem| FollowError::Damaged { path: path.clone(), problem })?;
            if leaf_hash(bytes) != *hash {
                return Err(FollowError::Entry { index: number, path });
            }
            if number >= from {
                grown.push(*hash);
                entry(number, bytes);
            }
        }
    }
    if grown.size() == next.size && grown.root() == next.root {
        return Ok(());
    }
    Err(FollowError::TilesOfOther { size: next.size })
}

#[cfg(test)]
mod tests;
