//! Who is stopped, found without an index of mail keys.

use super::hashes::{self, Of};
use super::sql::Sql;
use crate::error::StoreResult;
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::SuppressionHash;
use rusqlite::Connection;
use std::collections::HashSet;

const IS_STOPPED: &str = "SELECT 1 FROM suppression WHERE hash = $1 AND scope = $2";
pub(super) const STOPPED: &str = "SELECT hash FROM suppression WHERE scope = $1";

pub(super) fn are_stopped(
    connection: &Connection,
    scope: u32,
    hashes: &[SuppressionHash],
) -> StoreResult<Vec<bool>> {
    let mut stopped = vec![false; hashes.len()];
    let mut sorted: Vec<(usize, &SuppressionHash)> = hashes.iter().enumerate().collect();
    sorted.sort_unstable_by_key(|entry| entry.1);
    let mut find = connection.prepare_cached(IS_STOPPED)?;
    for (place, hash) in sorted {
        if let Some(slot) = stopped.get_mut(place) {
            *slot = find.exists((hash.0, scope))?;
        }
    }
    Ok(stopped)
}

pub(super) fn stopped_supporters(connection: &Connection, scopes: &[u32]) -> StoreResult<Vec<Ordinal>> {
    let mut stopped: HashSet<[u8; 16]> = HashSet::new();
    for scope in scopes {
        connection.each(STOPPED, (scope,), |row| {
            stopped.insert(row.get(0)?);
            Ok(())
        })?;
    }
    with_one_of(connection, &stopped)
}

/// The supporters whose mail key is one of these: read through from the first to the last, because an index of
/// all keys would cost each import more than each of these reads.
fn with_one_of(connection: &Connection, keys: &HashSet<[u8; 16]>) -> StoreResult<Vec<Ordinal>> {
    let mut found = Vec::new();
    if keys.is_empty() {
        return Ok(found);
    }
    // Which first two bytes occur at all turns most people away without hashing.
    let start = |key: &[u8; 16]| usize::from(u16::from_be_bytes([key[0], key[1]]));
    let mut starts = vec![false; 1 << 16];
    for key in keys {
        if let Some(known) = starts.get_mut(start(key)) {
            *known = true;
        }
    }
    hashes::each(connection, Of::Mail, |ordinal, key| {
        if starts.get(start(&key)).is_some_and(|known| *known) && keys.contains(&key) {
            found.push(Ordinal(ordinal));
        }
    })?;
    Ok(found)
}
