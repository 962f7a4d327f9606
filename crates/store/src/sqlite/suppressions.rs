//! Stops. There is no statement here, or anywhere, that deletes or weakens one.

use super::hashes::{self, Of};
use super::sql::{Db, Sql, SqliteTx, instant};
use super::words::Words;
use crate::error::{StoreError, StoreResult};
use crate::traits::Suppressions;
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::SuppressionHash;
use jiff::Timestamp;
use rusqlite::Connection;
use std::collections::HashSet;

const ADD: &str = "INSERT INTO suppression (hash, scope, reason, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (hash, scope) DO NOTHING";
const STOPS: &str = "SELECT scope, reason, at FROM suppression WHERE hash = $1 ORDER BY at, scope";
const ALL: &str = "SELECT hash, scope, reason, at FROM suppression ORDER BY hash, scope";
const IS_STOPPED: &str = "SELECT 1 FROM suppression WHERE hash = $1 AND scope = $2";
pub(super) const STOPPED: &str = "SELECT hash FROM suppression WHERE scope = $1";
const COUNT: &str = "SELECT count(*) FROM suppression";

fn number(reason: SuppressionReason) -> u8 {
    match reason {
        SuppressionReason::Unsubscribed => 0,
        SuppressionReason::Complained => 1,
        SuppressionReason::Bounced => 2,
        SuppressionReason::Erased => 3,
        SuppressionReason::Imported => 4,
        SuppressionReason::Objected => 5,
    }
}

fn reason(number: u8) -> StoreResult<SuppressionReason> {
    let known = SuppressionReason::ALL.get(usize::from(number)).copied();
    known.ok_or_else(|| StoreError::Damaged(format!("there is no reason of a stop {number}")))
}

fn scope(words: &mut Words, connection: &Connection, word: u32) -> StoreResult<SuppressionScope> {
    let scope = words.text(connection, word)?.parse();
    scope.map_err(|_| StoreError::Damaged("a stop's scope is unknown".to_owned()))
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

fn are_stopped(db: &mut Db<'_>, hashes: &[SuppressionHash]) -> StoreResult<Vec<bool>> {
    let mut stopped = vec![false; hashes.len()];
    let everything = SuppressionScope::Everything.to_string();
    let Some(scope) = db.words.known(db.connection, &everything)? else { return Ok(stopped) };
    let mut sorted: Vec<(usize, &SuppressionHash)> = hashes.iter().enumerate().collect();
    sorted.sort_unstable_by_key(|entry| entry.1);
    let mut find = db.connection.prepare_cached(IS_STOPPED)?;
    for (place, hash) in sorted {
        if let Some(slot) = stopped.get_mut(place) {
            *slot = find.exists((hash.0, scope))?;
        }
    }
    Ok(stopped)
}

impl Suppressions for SqliteTx<'_> {
    fn suppress(
        &mut self,
        hash: SuppressionHash,
        scope: &SuppressionScope,
        reason: SuppressionReason,
        at: Timestamp,
    ) -> StoreResult<bool> {
        self.run(|db| {
            let scope = db.words.id(db.connection, &scope.to_string())?;
            Ok(db.connection.run(ADD, (hash.0, scope, number(reason), at.as_microsecond()))? == 1)
        })
    }

    fn stops_of(
        &mut self,
        hash: SuppressionHash,
    ) -> StoreResult<Vec<(SuppressionScope, SuppressionReason, Timestamp)>> {
        self.run(|db| {
            let connection = db.connection;
            connection.all(STOPS, (hash.0,), |row| {
                let scope = scope(db.words, connection, row.get(0)?)?;
                Ok((scope, reason(row.get(1)?)?, instant(row.get(2)?)?))
            })
        })
    }

    fn every_stop(
        &mut self,
    ) -> StoreResult<Vec<(SuppressionHash, SuppressionScope, SuppressionReason, Timestamp)>> {
        self.run(|db| {
            let connection = db.connection;
            connection.all(ALL, (), |row| {
                let scope = scope(db.words, connection, row.get(1)?)?;
                Ok((SuppressionHash(row.get(0)?), scope, reason(row.get(2)?)?, instant(row.get(3)?)?))
            })
        })
    }

    fn are_stopped(&mut self, hashes: &[SuppressionHash]) -> StoreResult<Vec<bool>> {
        self.run(|db| are_stopped(db, hashes))
    }

    fn stopped_supporters(&mut self, scopes: &[SuppressionScope]) -> StoreResult<Vec<Ordinal>> {
        self.run(|db| {
            let mut stopped: HashSet<[u8; 16]> = HashSet::new();
            for scope in scopes {
                let Some(word) = db.words.known(db.connection, &scope.to_string())? else { continue };
                db.connection.each(STOPPED, (word,), |row| {
                    stopped.insert(row.get(0)?);
                    Ok(())
                })?;
            }
            with_one_of(db.connection, &stopped)
        })
    }

    fn suppression_count(&mut self) -> StoreResult<u64> {
        self.run(|db| db.connection.number(COUNT, ()))
    }
}
