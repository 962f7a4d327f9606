//! Reading foreign files with limits.

use super::VerifyError;
use crate::tiles::{Tile, TileError};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A served folder.
pub(super) struct Files<'a> {
    root: &'a Path,
}

/// A tile's bytes and where they were found.
pub(super) struct Found {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    /// Whether it is the tile asked for and not the full one in its stead, which goes on after what is needed.
    pub(super) is_exact: bool,
}

impl Found {
    pub(super) fn damaged(&self, problem: TileError) -> VerifyError {
        VerifyError::Damaged { path: self.path.clone(), problem }
    }
}

impl<'a> Files<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root }
    }

    pub(super) fn root(&self) -> &'a Path {
        self.root
    }

    /// A file of at most `limit` bytes, or nothing if it is not there.
    pub(super) fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, VerifyError> {
        let disk = |source| VerifyError::Disk { path: path.to_owned(), source };
        let file = match File::open(self.root.join(path)) {
            Ok(file) => file,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(disk(error)),
        };
        let mut bytes = Vec::new();
        let more_than_allowed = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        file.take(more_than_allowed).read_to_end(&mut bytes).map_err(disk)?;
        if bytes.len() > limit {
            return Err(VerifyError::TooLong { path: path.to_owned(), limit });
        }
        Ok(Some(bytes))
    }

    /// A tile that the checkpoint needs; the full one will do for a partial one (C2SP tlog-tiles, "Partial Tiles").
    pub(super) fn required(&self, tile: Tile) -> Result<Found, VerifyError> {
        let path = tile.path();
        if let Some(bytes) = self.read(&path, tile.max_bytes())? {
            return Ok(Found { path, bytes, is_exact: true });
        }
        let full = tile.with_width(256);
        let full_path = full.path();
        match self.read(&full_path, full.max_bytes())? {
            Some(bytes) => Ok(Found { path: full_path, bytes, is_exact: tile.is_full() }),
            None => Err(VerifyError::Missing { path }),
        }
    }
}

/// Nothing at the path, be it that a part of the path is a file instead of a folder.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
