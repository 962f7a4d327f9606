//! Adding people by the thousand, and what they are found by.

use super::hashes::{self, Of};
use super::sql::{Sql, insert_many};
use crate::engine::{GiftRow, OrConflict, field};
use crate::error::{StoreError, StoreResult};
use crate::records::SupporterRecord;
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::{BlindColumn, BlindIndex};
use rusqlite::Connection;
use std::ops::Range;

const INSERT: &str = "INSERT OR FAIL INTO supporter (ordinal, id, joined, version, mail_key, sealed) VALUES";
const INSERT_BLIND: &str = "INSERT OR IGNORE INTO blind (field, hash, ordinal) VALUES";
const ADD_FURTHER: &str = "INSERT OR IGNORE INTO further (ordinal, field, hash) VALUES ($1, $2, $3)";
pub(super) const REMOVE_BLIND: &str = "DELETE FROM blind WHERE field = $1 AND hash = $2";
pub(super) const REMOVE_FURTHER: [&str; 2] = [
    "DELETE FROM blind WHERE (field, hash) IN (SELECT field, hash FROM further WHERE ordinal = $1)",
    "DELETE FROM further WHERE ordinal = $1",
];
const BLIND_OF: &str = "SELECT hash, ordinal FROM blind WHERE field = $1";
const MAIL_KEYS: &str =
    "SELECT ordinal, mail_key FROM supporter WHERE ordinal > $1 ORDER BY ordinal LIMIT 50000";
const FIND_BLIND: &str = "SELECT ordinal FROM blind WHERE field = $1 AND hash = $2";
const SET_FACTS: &str = "INSERT OR REPLACE INTO fact (ordinal, facts) VALUES";
const ADD_GIFT: &str =
    "INSERT INTO gift (ordinal, day, cents, source, occurrence) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (ordinal, day, cents, source, occurrence) DO NOTHING";

fn kind(column: BlindColumn) -> Of {
    match column {
        BlindColumn::Email => Of::Email,
        BlindColumn::Phone => Of::Phone,
    }
}

pub(super) fn add_supporters(connection: &Connection, records: &[SupporterRecord]) -> StoreResult<()> {
    insert_many(connection, INSERT, 6, records, |bind, record| {
        bind.next(record.ordinal.0)?;
        bind.next(record.id.0.as_bytes())?;
        bind.next(record.joined.as_microsecond())?;
        bind.next(record.version)?;
        bind.next(record.mail_key.map(|key| key.0))?;
        bind.next(record.sealed.as_slice())
    })
    .or_conflict(|| "one of these supporters is on the list already".to_owned())?;
    set_mail_keys(connection, records)
}

pub(super) fn set_mail_keys(connection: &Connection, records: &[SupporterRecord]) -> StoreResult<()> {
    hashes::edit(
        connection,
        Of::Mail,
        records,
        |record| record.ordinal,
        |slot, record| {
            slot.set(record.mail_key.map(|key| key.0));
            Ok(())
        },
    )
}

pub(super) fn remove_hashes(connection: &Connection, ordinal: Ordinal) -> StoreResult<()> {
    for column in [BlindColumn::Email, BlindColumn::Phone] {
        if let Some(hash) = hashes::take(connection, kind(column), ordinal)? {
            connection.run(REMOVE_BLIND, (field(column), hash))?;
        }
    }
    hashes::take(connection, Of::Mail, ordinal)?;
    for statement in REMOVE_FURTHER {
        connection.run(statement, (ordinal.0,))?;
    }
    Ok(())
}

pub(super) fn add_blind(
    connection: &Connection,
    column: BlindColumn,
    rows: &[(BlindIndex, Ordinal)],
) -> StoreResult<()> {
    // In the order of the tree: neighbouring keys fall on the same page.
    let mut sorted = rows.to_vec();
    sorted.sort_unstable_by_key(|row| row.0);
    let added = insert_many(connection, INSERT_BLIND, 3, &sorted, |bind, (index, ordinal)| {
        bind.next(field(column))?;
        bind.next(index.0)?;
        bind.next(ordinal.0)
    })?;
    if added < sorted.len() {
        check_holders(connection, column, &sorted)?;
    }
    sorted.sort_unstable_by_key(|row| row.1);
    keep_hashes(connection, column, &sorted)
}

/// Keeps by position what people are found by; the rows come in the order of ordinals.
fn keep_hashes(
    connection: &Connection,
    column: BlindColumn,
    rows: &[(BlindIndex, Ordinal)],
) -> StoreResult<()> {
    hashes::edit(
        connection,
        kind(column),
        rows,
        |row| row.1,
        |slot, (index, ordinal)| {
            match slot.get()? {
                None => slot.set(Some(index.0)),
                Some(held) if held == index.0 => {}
                Some(_) => drop(connection.run(ADD_FURTHER, (ordinal.0, field(column), index.0))?),
            }
            Ok(())
        },
    )
}

fn check_holders(
    connection: &Connection,
    column: BlindColumn,
    rows: &[(BlindIndex, Ordinal)],
) -> StoreResult<()> {
    for (index, ordinal) in rows {
        let holder = connection.number(FIND_BLIND, (field(column), index.0))?;
        if holder != u64::from(ordinal.0) {
            return Err(StoreError::Conflict(format!(
                "what supporter {} is found by already belongs to supporter {holder}",
                ordinal.0
            )));
        }
    }
    Ok(())
}

/// Fills the blocks of hashes from the tables that they repeat, page by page of people.
pub(super) fn rebuild_hashes(connection: &Connection) -> StoreResult<()> {
    connection.execute_batch("DELETE FROM hash_block; DELETE FROM further")?;
    let mut place = -1_i64;
    loop {
        let rows: Vec<(Ordinal, Option<[u8; 16]>)> =
            connection.all(MAIL_KEYS, (place,), |row| Ok((Ordinal(row.get(0)?), row.get(1)?)))?;
        let Some(last) = rows.last() else { break };
        place = i64::from(last.0.0);
        hashes::edit(
            connection,
            Of::Mail,
            &rows,
            |row| row.0,
            |slot, row| {
                slot.set(row.1);
                Ok(())
            },
        )?;
    }
    for column in [BlindColumn::Email, BlindColumn::Phone] {
        let mut rows: Vec<(BlindIndex, Ordinal)> = connection
            .all(BLIND_OF, (field(column),), |row| Ok((BlindIndex(row.get(0)?), Ordinal(row.get(1)?))))?;
        rows.sort_unstable_by_key(|row| row.1);
        keep_hashes(connection, column, &rows)?;
    }
    Ok(())
}

pub(super) fn find_blind(
    connection: &Connection,
    column: BlindColumn,
    keys: &[BlindIndex],
) -> StoreResult<Vec<Option<Ordinal>>> {
    let mut sorted: Vec<(usize, &BlindIndex)> = keys.iter().enumerate().collect();
    sorted.sort_unstable_by_key(|entry| entry.1);
    let mut found = vec![None; keys.len()];
    let mut find = connection.prepare_cached(FIND_BLIND)?;
    for (place, key) in sorted {
        let mut rows = find.query((field(column), key.0))?;
        if let (Some(row), Some(slot)) = (rows.next()?, found.get_mut(place)) {
            *slot = Some(Ordinal(row.get(0)?));
        }
    }
    Ok(found)
}

pub(super) fn put_facts(
    connection: &Connection,
    rows: &[(Ordinal, Range<usize>)],
    bytes: &[u8],
) -> StoreResult<()> {
    // An empty list takes the place of what was there before: no row and no facts read the same.
    insert_many(connection, SET_FACTS, 2, rows, |bind, (ordinal, range)| {
        bind.next(ordinal.0)?;
        bind.next(bytes.get(range.clone()).unwrap_or_default())
    })?;
    Ok(())
}

pub(super) fn add_gifts(connection: &Connection, rows: &[GiftRow]) -> StoreResult<u64> {
    let mut add = connection.prepare_cached(ADD_GIFT)?;
    let mut new = 0;
    for row in rows {
        new += add.execute((row.ordinal, row.day, row.cents, row.source, row.occurrence))?;
    }
    Ok(new as u64)
}
