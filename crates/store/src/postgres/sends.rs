//! Recipients, a batch with one statement: each statement costs a way to the server and back.

use super::bulk::copy;
use super::link::{Connection, Param};
use crate::areas::deliveries::State;
use crate::engine::{Claim, Claimed, Columns};
use crate::error::StoreResult;
use crate::records::DeliveryResult;
use hustings_domain::ids::Ordinal;
use std::collections::BTreeMap;

const PLAN: &str =
    "COPY delivery (loan_no, seq, ordinal, state, epoch, attempts, code, at) FROM STDIN BINARY";
const HOLD: &str = "COPY held_back (loan_no, ordinal) FROM STDIN BINARY";
const TAKE: &str = "WITH pending AS (
        SELECT seq, state FROM delivery
        WHERE loan_no = $1 AND state = 0 AND state IN (0, 1, 4) AND seq < $2 ORDER BY seq LIMIT $3
    ), waited AS (
        SELECT seq, state FROM delivery
        WHERE loan_no = $1 AND state = 4 AND state IN (0, 1, 4) AND seq < $2 AND at <= $4 ORDER BY seq LIMIT $3
    ), picked AS (
        SELECT seq, state FROM (SELECT * FROM pending UNION ALL SELECT * FROM waited) AS either ORDER BY seq LIMIT $3
    )
    UPDATE delivery SET state = 1, epoch = $5, at = $6 FROM picked
    WHERE delivery.loan_no = $1 AND delivery.seq = picked.seq
    RETURNING delivery.seq, picked.state, delivery.ordinal, delivery.attempts, delivery.code";
const SETTLE: &str =
    "UPDATE delivery SET state = said.state, code = said.code, at = $2, attempts = attempts + said.tried
    FROM unnest($3::bigint[], $4::smallint[], $5::integer[], $6::integer[]) AS said (seq, state, code, tried)
    WHERE delivery.loan_no = $1 AND delivery.seq = said.seq AND delivery.state = 1 AND delivery.epoch = $7
    RETURNING delivery.state";
const RECOVER: &str =
    "UPDATE delivery SET state = said.state, code = said.code, at = $2, attempts = attempts + said.tried
    FROM unnest($3::bigint[], $4::smallint[], $5::integer[], $6::integer[]) AS said (seq, state, code, tried)
    WHERE delivery.loan_no = $1 AND delivery.seq = said.seq AND delivery.state = 1
    RETURNING delivery.state";

pub(super) fn add(connection: &Connection, loan: i64, ordinals: &[Ordinal], at: i64) -> StoreResult<()> {
    let rows = (0_u32..).zip(ordinals);
    let added = copy(connection, PLAN, 8, rows, |cells, (seq, ordinal)| {
        cells.long(loan);
        cells.long(seq);
        cells.long(ordinal.0);
        cells.short(0);
        cells.long(0);
        cells.int(0);
        cells.null();
        cells.long(at);
        Ok(())
    });
    added.map(drop)
}

pub(super) fn hold_back(connection: &Connection, loan: i64, ordinals: &[Ordinal]) -> StoreResult<()> {
    let added = copy(connection, HOLD, 2, ordinals, |cells, ordinal| {
        cells.long(loan);
        cells.long(ordinal.0);
        Ok(())
    });
    added.map(drop)
}

pub(super) fn take(connection: &Connection, order: &Claim) -> StoreResult<Vec<Claimed>> {
    let (below, limit) = (i64::from(order.below), i64::from(order.limit));
    let before = order.retry_deferred_before.as_microsecond();
    let order: [Param<'_>; 6] = [&order.loan, &below, &limit, &before, &order.epoch, &order.now];
    let mut taken = Vec::new();
    connection.each_row(TAKE, &order, |row| {
        let row: &dyn Columns = row;
        taken.push(Claimed {
            seq: row.get(0)?,
            was: row.get(1)?,
            ordinal: row.get(2)?,
            attempts: row.get(3)?,
            code: row.get(4)?,
        });
        Ok(())
    })?;
    taken.sort_unstable_by_key(|row| row.seq);
    Ok(taken)
}

pub(super) fn settle(
    connection: &Connection,
    loan: i64,
    epoch: Option<i64>,
    results: &[DeliveryResult],
    at: i64,
) -> StoreResult<Vec<u8>> {
    // Of a place that is named twice the first result holds: by then it is claimed no more.
    let mut first: BTreeMap<u32, &DeliveryResult> = BTreeMap::new();
    for result in results {
        first.entry(result.seq).or_insert(result);
    }
    let seqs: Vec<i64> = first.keys().map(|seq| i64::from(*seq)).collect();
    let states: Vec<i16> = first.values().map(|result| i16::from(result.state as u8)).collect();
    let codes: Vec<Option<i32>> = first.values().map(|result| result.code.map(i32::from)).collect();
    let tried: Vec<i32> = first.values().map(|result| i32::from(State(result.state).is_try())).collect();
    let mut moved = Vec::new();
    let mut read = |row: &tokio_postgres::Row| {
        moved.push((row as &dyn Columns).get(0)?);
        Ok(())
    };
    let with: [Param<'_>; 6] = [&loan, &at, &seqs, &states, &codes, &tried];
    if let Some(epoch) = &epoch {
        let with: Vec<Param<'_>> = with.into_iter().chain([epoch as Param<'_>]).collect();
        connection.each_row(SETTLE, &with, &mut read)?;
    } else {
        connection.each_row(RECOVER, &with, &mut read)?;
    }
    Ok(moved)
}
