//! What is wrong with a served folder, and where.

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::tiles::TileError;
use std::fmt;
use std::io;
use std::ops::Range;

/// Which of two files that disagree the signed root speaks against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The recorded hashes give the signed root, so the entry was changed.
    Entry,
    /// The entry's own hash gives the signed root, so the tile was changed.
    Tile,
    /// More than this one thing is wrong.
    Unknown,
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entry => "the signed root agrees with the tile, so the entry was changed",
            Self::Tile => "the signed root agrees with the entry, so the tile was changed",
            Self::Unknown => "the signed root agrees with neither, so more is wrong",
        })
    }
}

/// The first thing that does not fit. Byte positions count from zero; ranges end before their second number.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// There is no checkpoint.
    #[error("`checkpoint` is missing")]
    NoCheckpoint,
    /// The checkpoint is not text.
    #[error("`checkpoint` is not UTF-8 at byte {byte}")]
    NotText {
        /// The first such byte.
        byte: usize,
    },
    /// The checkpoint is not signed by the log.
    #[error("`checkpoint` does not hold: {0}")]
    Checkpoint(#[source] CheckpointError),
    /// A tile or bundle is not there.
    #[error("`{path}` is missing")]
    Missing {
        /// Where it should be.
        path: String,
    },
    /// A tile or bundle does not have its form.
    #[error("`{path}` is damaged: {problem}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: TileError,
    },
    /// A file is longer than any such file.
    #[error("`{path}` has more than the {limit} bytes that it can have")]
    TooLong {
        /// The file.
        path: String,
        /// The most bytes.
        limit: usize,
    },
    /// An entry and its recorded hash disagree.
    #[error(
        "entry {index} in `{bundle}` (bytes {}..{}) does not hash to what `{tile}` records (bytes {}..{}): {blame}",
        bundle_bytes.start, bundle_bytes.end, tile_bytes.start, tile_bytes.end
    )]
    Entry {
        /// The entry's position in the log.
        index: u64,
        /// The bundle that holds it.
        bundle: String,
        /// Where in the bundle.
        bundle_bytes: Range<usize>,
        /// The tile that records its hash.
        tile: String,
        /// Where in the tile.
        tile_bytes: Range<usize>,
        /// Which of the two is wrong.
        blame: Blame,
    },
    /// A hash in a tile above the entries' is not that of the tile below it.
    #[error("`{tile}` (bytes {}..{}) does not record the root of `{below}`, which agrees with its entries", bytes.start, bytes.end)]
    Upper {
        /// The tile that is wrong.
        tile: String,
        /// Where in it.
        bytes: Range<usize>,
        /// The tile that it should record.
        below: String,
    },
    /// All files agree with each other, and not with the signature.
    #[error("the {size} entries give the root {computed}, but `checkpoint` signs {signed}")]
    OtherRoot {
        /// How many entries.
        size: u64,
        /// The root in the checkpoint.
        signed: Hash,
        /// The root of the entries.
        computed: Hash,
    },
    /// The log is not the one that was seen before.
    #[error(
        "`checkpoint` ({now} entries of `{origin}`) does not continue the earlier checkpoint ({earlier} entries of `{earlier_origin}`): the log was rewritten or cut"
    )]
    NotContinued {
        /// The log's size.
        now: u64,
        /// The log's name.
        origin: String,
        /// The size of the earlier checkpoint.
        earlier: u64,
        /// The name in the earlier checkpoint.
        earlier_origin: String,
    },
    /// Two tiles for the same place disagree.
    #[error("`{path}` differs from `{other}` at byte {byte}")]
    Differs {
        /// The tile of an earlier or interrupted publication.
        path: String,
        /// The tile that was checked.
        other: String,
        /// The first byte that differs.
        byte: usize,
    },
    /// Something lies between the tiles that is none.
    #[error("`{path}` is not a tile of this log")]
    Unexpected {
        /// What lies there.
        path: String,
    },
    /// The folder cannot be read.
    #[error("`{path}` cannot be read: {source}")]
    Disk {
        /// The file or folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

impl VerifyError {
    pub(super) fn not_continued(earlier: &Checkpoint, now: &Checkpoint) -> Self {
        Self::NotContinued {
            now: now.size,
            origin: now.origin.clone(),
            earlier: earlier.size,
            earlier_origin: earlier.origin.clone(),
        }
    }

    /// The file that is wrong; with an undecided [`Blame`], the bundle.
    pub fn file(&self) -> &str {
        match self {
            Self::NoCheckpoint
            | Self::NotText { .. }
            | Self::Checkpoint(_)
            | Self::OtherRoot { .. }
            | Self::NotContinued { .. } => crate::publish::CHECKPOINT_FILE,
            Self::Entry { tile, blame: Blame::Tile, .. } | Self::Upper { tile, .. } => tile,
            Self::Entry { bundle, .. } => bundle,
            Self::Missing { path }
            | Self::Damaged { path, .. }
            | Self::TooLong { path, .. }
            | Self::Differs { path, .. }
            | Self::Unexpected { path }
            | Self::Disk { path, .. } => path,
        }
    }
}
