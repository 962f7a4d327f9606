//! The tiles of a log as some place serves them, read as the hashes of its tree. Nothing here is trusted: whoever reads
//! compares what comes out with a signed root.

use super::{FollowError, fetch};
use crate::hash::{Hash, node_hash};
use crate::tiles::{TILE_HEIGHT, Tile, TileKind, decode_hashes};
use crate::tree::{Error, NodeReader};
use std::cell::RefCell;
use std::fmt;

/// Where a log's files come from: a folder, a web server.
pub trait Source {
    /// The file at `path` (with `/` between its parts), if it is there; an error when it has more than `limit` bytes.
    fn fetch(
        &mut self,
        path: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, Box<dyn std::error::Error + Send + Sync>>;
}

/// A tile's path as it was found, and its bytes: cut to the width asked for when the full one stood in for it.
pub(super) fn tile(source: &mut dyn Source, tile: Tile) -> Result<(String, Vec<u8>), FollowError> {
    let path = tile.path();
    if let Some(bytes) = fetch(source, &path, tile.max_bytes())? {
        return Ok((path, bytes));
    }
    if !tile.is_full() {
        let full = tile.with_width(256);
        if let Some(mut bytes) = fetch(source, &full.path(), full.max_bytes())? {
            if let TileKind::Hashes(_) = tile.kind {
                bytes.truncate(tile.max_bytes());
            }
            return Ok((full.path(), bytes));
        }
    }
    Err(FollowError::Missing(path))
}

/// A served tree of `size` entries.
pub(super) struct Served<'a> {
    inner: RefCell<Inner<'a>>,
    size: u64,
}

struct Inner<'a> {
    source: &'a mut dyn Source,
    last: Option<(Tile, Vec<Hash>)>,
    failed: Option<FollowError>,
}

impl fmt::Debug for Served<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Served").field("size", &self.size).finish_non_exhaustive()
    }
}

impl<'a> Served<'a> {
    pub(super) fn new(source: &'a mut dyn Source, size: u64) -> Self {
        Self { inner: RefCell::new(Inner { source, last: None, failed: None }), size }
    }

    /// What was behind an error of the tree: the place that could not be asked, the file that is damaged.
    pub(super) fn why(&self, error: Error) -> FollowError {
        self.inner.borrow_mut().failed.take().unwrap_or(FollowError::Tree(error))
    }
}

impl Inner<'_> {
    fn hashes(&mut self, place: Tile) -> Result<&[Hash], FollowError> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != place) {
            let (path, bytes) = tile(self.source, place)?;
            let hashes = decode_hashes(&bytes, place.width)
                .map_err(|problem| FollowError::Damaged { path, problem })?;
            self.last = Some((place, hashes));
        }
        Ok(self.last.as_ref().map_or(&[], |(_, hashes)| hashes))
    }
}

impl NodeReader for Served<'_> {
    fn node(&self, level: u8, index: u64) -> Result<Hash, Error> {
        let missing = || Error::MissingNode { level, index };
        let (kind, height) = (TileKind::Hashes(level / TILE_HEIGHT), level % TILE_HEIGHT);
        // The subtree's lowest hashes in its tile: 2^height of them, from here on.
        let first = index.checked_mul(1 << height).ok_or_else(missing)?;
        let place = Tile { kind, index: first >> TILE_HEIGHT, width: 0 };
        let place = place.with_width(place.width_at(self.size));
        let within = usize::try_from(first - place.first()).map_err(|_| missing())?;
        let mut inner = self.inner.borrow_mut();
        let row = match inner.hashes(place) {
            Ok(hashes) => hashes.get(within..within + (1 << height)).map(<[Hash]>::to_vec),
            Err(error) => {
                inner.failed = Some(error);
                None
            }
        };
        let mut row = row.ok_or_else(missing)?;
        while row.len() > 1 {
            row = row.chunks_exact(2).filter_map(pair).collect();
        }
        row.first().copied().ok_or_else(missing)
    }
}

fn pair(pair: &[Hash]) -> Option<Hash> {
    let [left, right] = pair else { return None };
    Some(node_hash(left, right))
}
