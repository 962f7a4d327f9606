//! Where statements of consent go, and who is stopped.

use super::bulk::copy;
use super::link::{Connection, Param};
use crate::areas::consents::PER_PERSON;
use crate::engine::Columns;
use crate::error::StoreResult;
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::SuppressionHash;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

const ADD: &str = "COPY consent (place, statements) FROM STDIN BINARY";
const LAST_OF: &str = "SELECT asked.ordinal,
    (SELECT max(place) FROM consent WHERE place >= asked.ordinal * $2 AND place < (asked.ordinal + 1) * $2)
    FROM unnest($1::bigint[]) AS asked (ordinal)";
const ARE_STOPPED: &str = "SELECT hash FROM suppression WHERE scope = $1 AND hash = ANY($2)";
const STOPPED: &str = "SELECT ordinal FROM supporter
    WHERE mail_key IN (SELECT hash FROM suppression WHERE scope = ANY($1)) ORDER BY ordinal";

pub(super) fn last_places(connection: &Connection, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<i64>>> {
    if ordinals.is_empty() {
        return Ok(Vec::new());
    }
    let asked: Vec<i64> = ordinals.iter().map(|ordinal| i64::from(ordinal.0)).collect();
    let mut found: HashMap<u32, i64> = HashMap::new();
    connection.each_row(LAST_OF, &[&asked as Param<'_>, &PER_PERSON], |row| {
        let row: &dyn Columns = row;
        if let Some(last) = row.get(1)? {
            found.insert(row.get(0)?, last);
        }
        Ok(())
    })?;
    Ok(ordinals.iter().map(|ordinal| found.get(&ordinal.0).copied()).collect())
}

pub(super) fn add_statements(
    connection: &Connection,
    rows: &[(i64, Range<usize>)],
    bytes: &[u8],
) -> StoreResult<()> {
    let added = copy(connection, ADD, 2, rows, |cells, (place, range)| {
        cells.long(*place);
        cells.bytes(bytes.get(range.clone()).unwrap_or_default())
    });
    added.map(drop)
}

pub(super) fn are_stopped(
    connection: &Connection,
    scope: u32,
    hashes: &[SuppressionHash],
) -> StoreResult<Vec<bool>> {
    let asked: Vec<&[u8]> = hashes.iter().map(|hash| hash.0.as_slice()).collect();
    let mut stopped: HashSet<[u8; 16]> = HashSet::new();
    connection.each_row(ARE_STOPPED, &[&i64::from(scope), &asked], |row| {
        stopped.insert((row as &dyn Columns).get(0)?);
        Ok(())
    })?;
    Ok(hashes.iter().map(|hash| stopped.contains(&hash.0)).collect())
}

pub(super) fn stopped_supporters(connection: &Connection, scopes: &[u32]) -> StoreResult<Vec<Ordinal>> {
    let scopes: Vec<i64> = scopes.iter().copied().map(i64::from).collect();
    let mut stopped = Vec::new();
    connection.each_row(STOPPED, &[&scopes as Param<'_>], |row| {
        stopped.push(Ordinal((row as &dyn Columns).get(0)?));
        Ok(())
    })?;
    Ok(stopped)
}
