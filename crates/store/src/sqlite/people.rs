//! Adding people by the thousand, and what they are found by.

use super::hashes::{self, Of};
use super::recent;
use super::sql::{Sql, insert_many};
use crate::engine::{GiftRow, OrConflict, field};
use crate::error::StoreResult;
use crate::records::SupporterRecord;
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::{BlindColumn, BlindIndex};
use rusqlite::Connection;
use std::ops::Range;

const INSERT: &str = "INSERT OR FAIL INTO supporter (ordinal, id, joined, version, mail_key, sealed) VALUES";
pub(super) const INSERT_BLIND: &str = "INSERT OR IGNORE INTO blind (field, hash, ordinal) VALUES";
pub(super) const ADD_FURTHER: &str =
    "INSERT OR IGNORE INTO further (ordinal, field, hash) VALUES ($1, $2, $3)";
pub(super) const REMOVE_BLIND: &str = "DELETE FROM blind WHERE field = $1 AND hash = $2";
pub(super) const REMOVE_FURTHER: [&str; 2] = [
    "DELETE FROM blind WHERE (field, hash) IN (SELECT field, hash FROM further WHERE ordinal = $1 AND field = $2)",
    "DELETE FROM further WHERE ordinal = $1 AND field = $2",
];
const BLIND_OF: &str = "SELECT hash, ordinal FROM blind WHERE field = $1";
const MAIL_KEYS: &str =
    "SELECT ordinal, mail_key FROM supporter WHERE ordinal > $1 ORDER BY ordinal LIMIT 50000";
pub(super) const FIND_BLIND: &str = "SELECT ordinal FROM blind WHERE field = $1 AND hash = $2";
const SET_FACTS: &str = "INSERT OR REPLACE INTO fact (ordinal, facts) VALUES";
const ADD_GIFT: &str =
    "INSERT INTO gift (ordinal, day, cents, source, occurrence) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (ordinal, day, cents, source, occurrence) DO NOTHING";

pub(super) fn kind(column: BlindColumn) -> Of {
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
        remove_blind(connection, column, ordinal)?;
    }
    hashes::take(connection, Of::Mail, ordinal).map(drop)
}

pub(super) fn remove_blind(
    connection: &Connection,
    column: BlindColumn,
    ordinal: Ordinal,
) -> StoreResult<()> {
    if let Some(hash) = hashes::take(connection, kind(column), ordinal)? {
        connection.run(REMOVE_BLIND, (field(column), hash))?;
    }
    for statement in REMOVE_FURTHER {
        connection.run(statement, (ordinal.0, field(column)))?;
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
        recent::keep(connection, column, &rows)?;
    }
    Ok(())
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
