//! The files that the checkpoint does not need: tiles of earlier checkpoints and of cut-off publications, and others.

use super::VerifyError;
use super::files::Files;
use crate::publish::{CHECKPOINT_FILE, TEMPORARY_FILE};
use crate::tiles::{Entries, Tile, TileKind};
use std::fs;

/// The most paths that are listed as not covered.
const MAX_LISTED: usize = 100;
/// The deepest path of a tile: `tile`, its kind, seven groups, its width.
const MAX_DEPTH: usize = 10;

/// What was found.
#[derive(Default)]
pub(super) struct Leftovers {
    pub(super) earlier: u64,
    pub(super) beyond: u64,
    pub(super) not_covered: Vec<String>,
}

/// Walks all files and compares each tile that the checkpoint of `size` does not need with the one that it needs.
pub(super) fn check(files: &Files<'_>, size: u64) -> Result<Leftovers, VerifyError> {
    let mut leftovers = Leftovers::default();
    let mut folders = vec![(String::new(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let disk = |source| VerifyError::Disk { path: folder.clone(), source };
        for child in fs::read_dir(files.root().join(&folder)).map_err(disk)? {
            let child = child.map_err(disk)?;
            let name = child.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            let kind = child.file_type().map_err(disk)?;
            if kind.is_dir() && (path == "tile" || depth > 0) {
                if depth == MAX_DEPTH {
                    return Err(VerifyError::Unexpected { path });
                }
                folders.push((path, depth + 1));
            } else if depth > 0 {
                let tile = Some(&path).filter(|_| kind.is_file()).and_then(|path| Tile::parse_path(path));
                let tile = tile.ok_or_else(|| VerifyError::Unexpected { path: path.clone() })?;
                compare(files, tile, size, &mut leftovers)?;
            } else if path != CHECKPOINT_FILE
                && path != TEMPORARY_FILE
                && leftovers.not_covered.len() < MAX_LISTED
            {
                leftovers.not_covered.push(path);
            }
        }
    }
    leftovers.not_covered.sort();
    Ok(leftovers)
}

fn compare(files: &Files<'_>, tile: Tile, size: u64, leftovers: &mut Leftovers) -> Result<(), VerifyError> {
    let needed = tile.with_width(tile.width_at(size));
    if tile == needed {
        return Ok(());
    }
    let missing = || VerifyError::Missing { path: tile.path() };
    let bytes = files.read(&tile.path(), tile.max_bytes())?.ok_or_else(missing)?;
    let end = end_of(tile, &bytes, tile.width)?;
    if end != bytes.len() {
        let problem = crate::tiles::TileError::Extra { byte: end, count: bytes.len().saturating_sub(end) };
        return Err(VerifyError::Damaged { path: tile.path(), problem });
    }
    if tile.width < needed.width {
        leftovers.earlier += 1;
    } else {
        leftovers.beyond += 1;
    }
    if needed.width == 0 {
        return Ok(());
    }
    let checked = files.required(needed)?;
    let shared = tile.width.min(needed.width);
    let end = end_of(needed, &checked.bytes, shared)?;
    let both = bytes.iter().zip(checked.bytes.iter().take(end));
    let differing = both.clone().position(|(ours, checked)| ours != checked);
    match differing.or_else(|| (bytes.len() < end).then_some(bytes.len())) {
        Some(byte) => Err(VerifyError::Differs { path: tile.path(), other: checked.path, byte }),
        None => Ok(()),
    }
}

/// Where the first `width` hashes or entries end.
fn end_of(tile: Tile, bytes: &[u8], width: u16) -> Result<usize, VerifyError> {
    let damaged = |problem| VerifyError::Damaged { path: tile.path(), problem };
    if tile.kind == TileKind::Entries {
        let mut entries = Entries::new(bytes, width);
        entries.by_ref().try_for_each(|entry| entry.map(drop)).map_err(damaged)?;
        return Ok(entries.at());
    }
    let expected = usize::from(width) * crate::hash::HASH_BYTES;
    if bytes.len() < expected {
        return Err(damaged(crate::tiles::TileError::Length { found: bytes.len(), expected }));
    }
    Ok(expected)
}
