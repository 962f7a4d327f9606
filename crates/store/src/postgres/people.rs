//! Adding people by the thousand, and what they are found by.

use super::bulk::copy;
use super::link::{Connection, Param};
use crate::engine::{Columns, GiftRow, OrConflict, field};
use crate::error::{StoreError, StoreResult};
use crate::records::SupporterRecord;
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::{BlindColumn, BlindIndex};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

const ADD: &str = "COPY supporter (ordinal, id, joined, version, mail_key, sealed) FROM STDIN BINARY";
const ADD_BLIND: &str = "COPY blind (field, hash, ordinal) FROM STDIN BINARY";
const MERGE_BLIND: &str = "INSERT INTO blind (field, hash, ordinal)
    SELECT $1, hash, ordinal FROM unnest($2::bytea[], $3::bigint[]) AS new (hash, ordinal)
    ON CONFLICT (field, hash) DO NOTHING";
const FIND_BLIND: &str = "SELECT hash, ordinal FROM blind WHERE field = $1 AND hash = ANY($2)";
const REMOVE_BLIND: &str = "DELETE FROM blind WHERE ordinal = $1";
const REMOVE_BLIND_OF: &str = "DELETE FROM blind WHERE ordinal = $1 AND field = $2";
const HIGHEST_FACT: &str = "SELECT max(ordinal) FROM fact";
const ADD_FACTS: &str = "COPY fact (ordinal, facts) FROM STDIN BINARY";
const PUT_FACTS: &str = "INSERT INTO fact (ordinal, facts)
    SELECT ordinal, facts FROM unnest($1::bigint[], $2::bytea[]) AS new (ordinal, facts)
    ON CONFLICT (ordinal) DO UPDATE SET facts = excluded.facts";
const ADD_GIFTS: &str = "INSERT INTO gift (ordinal, day, cents, source, occurrence)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
    ON CONFLICT (ordinal, day, cents, source, occurrence) DO NOTHING";

/// How many values one question asks for.
const TOGETHER: usize = 5_000;

pub(super) fn add_supporters(connection: &Connection, records: &[SupporterRecord]) -> StoreResult<()> {
    let added = copy(connection, ADD, 6, records, |cells, record| {
        cells.long(record.ordinal.0);
        cells.bytes(record.id.0.as_bytes())?;
        cells.long(record.joined.as_microsecond());
        cells.long(record.version);
        match &record.mail_key {
            Some(key) => cells.bytes(&key.0)?,
            None => cells.null(),
        }
        cells.bytes(&record.sealed)
    });
    added.map(drop).or_conflict(|| "one of these supporters is on the list already".to_owned())
}

pub(super) fn remove_hashes(connection: &Connection, ordinal: Ordinal) -> StoreResult<()> {
    connection.execute_with(REMOVE_BLIND, &[&i64::from(ordinal.0)]).map(drop)
}

pub(super) fn remove_blind(
    connection: &Connection,
    column: BlindColumn,
    ordinal: Ordinal,
) -> StoreResult<()> {
    let field = i16::from(field(column));
    connection.execute_with(REMOVE_BLIND_OF, &[&i64::from(ordinal.0), &field]).map(drop)
}

pub(super) fn add_blind(
    connection: &Connection,
    column: BlindColumn,
    rows: &[(BlindIndex, Ordinal)],
) -> StoreResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    // In the order of the tree: neighbouring keys fall on the same page.
    let mut sorted = rows.to_vec();
    sorted.sort_unstable_by_key(|row| row.0);
    let field = i16::from(field(column));
    // Almost always everything is new, and then a plain COPY is the fastest way in.
    connection.batch("SAVEPOINT blind")?;
    let added = copy(connection, ADD_BLIND, 3, &sorted, |cells, (index, ordinal)| {
        cells.short(field);
        cells.bytes(&index.0)?;
        cells.long(ordinal.0);
        Ok(())
    });
    match added {
        Ok(_) => connection.batch("RELEASE SAVEPOINT blind"),
        Err(StoreError::Conflict(_)) => {
            connection.batch("ROLLBACK TO SAVEPOINT blind; RELEASE SAVEPOINT blind")?;
            merge_blind(connection, column, &sorted)
        }
        Err(other) => Err(other),
    }
}

fn merge_blind(
    connection: &Connection,
    column: BlindColumn,
    sorted: &[(BlindIndex, Ordinal)],
) -> StoreResult<()> {
    let hashes: Vec<&[u8]> = sorted.iter().map(|row| row.0.0.as_slice()).collect();
    let ordinals: Vec<i64> = sorted.iter().map(|row| i64::from(row.1.0)).collect();
    connection.execute_with(MERGE_BLIND, &[&i16::from(field(column)), &hashes as Param<'_>, &ordinals])?;
    let keys: Vec<BlindIndex> = sorted.iter().map(|row| row.0).collect();
    for (holder, (_, ordinal)) in find_blind(connection, column, &keys)?.into_iter().zip(sorted) {
        if let Some(holder) = holder.filter(|holder| holder != ordinal) {
            return Err(StoreError::Conflict(format!(
                "what supporter {} is found by already belongs to supporter {}",
                ordinal.0, holder.0
            )));
        }
    }
    Ok(())
}

pub(super) fn find_blind(
    connection: &Connection,
    column: BlindColumn,
    keys: &[BlindIndex],
) -> StoreResult<Vec<Option<Ordinal>>> {
    let mut sorted: Vec<&[u8]> = keys.iter().map(|key| key.0.as_slice()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut found: HashMap<[u8; 16], Ordinal> = HashMap::new();
    for together in sorted.chunks(TOGETHER) {
        let asked: [Param<'_>; 2] = [&i16::from(field(column)), &together];
        connection.each_row(FIND_BLIND, &asked, |row| {
            let row: &dyn Columns = row;
            found.insert(row.get(0)?, Ordinal(row.get(1)?));
            Ok(())
        })?;
    }
    Ok(keys.iter().map(|key| found.get(&key.0).copied()).collect())
}

pub(super) fn put_facts(
    connection: &Connection,
    rows: &[(Ordinal, Range<usize>)],
    bytes: &[u8],
) -> StoreResult<()> {
    let packed = |range: &Range<usize>| bytes.get(range.clone()).unwrap_or_default();
    // One row a person, the last: the server refuses to change a row twice with one statement.
    let last: BTreeMap<Ordinal, &Range<usize>> =
        rows.iter().map(|(ordinal, range)| (*ordinal, range)).collect();
    let highest = connection.rows(HIGHEST_FACT, &[])?;
    let highest: Option<i64> = highest.first().map_or(Ok(None), |row| (row as &dyn Columns).get(0))?;
    if last.keys().next().is_some_and(|first| highest.is_none_or(|highest| i64::from(first.0) > highest)) {
        let added = copy(connection, ADD_FACTS, 2, last, |cells, (ordinal, range)| {
            cells.long(ordinal.0);
            cells.bytes(packed(range))
        });
        return added.map(drop);
    }
    let ordinals: Vec<i64> = last.keys().map(|ordinal| i64::from(ordinal.0)).collect();
    let facts: Vec<&[u8]> = last.values().map(|range| packed(range)).collect();
    connection.execute_with(PUT_FACTS, &[&ordinals as Param<'_>, &facts]).map(drop)
}

pub(super) fn add_gifts(connection: &Connection, rows: &[GiftRow]) -> StoreResult<u64> {
    let column = |of: fn(&GiftRow) -> i64| rows.iter().map(of).collect::<Vec<i64>>();
    let columns = [
        column(|row| row.ordinal.into()),
        column(|row| row.day),
        column(|row| row.cents),
        column(|row| row.source.into()),
        column(|row| row.occurrence.into()),
    ];
    let columns: Vec<Param<'_>> = columns.iter().map(|column| column as Param<'_>).collect();
    connection.execute_with(ADD_GIFTS, &columns)
}
