//! Recipients, one statement each: here a statement costs no way to a server and back.

use super::sql::Sql;
use crate::areas::deliveries::State;
use crate::engine::{Claim, Claimed};
use crate::error::StoreResult;
use crate::records::{DeliveryResult, DeliveryState};
use hustings_domain::ids::Ordinal;
use rusqlite::Connection;

const PLAN: &str = "INSERT INTO delivery (loan_no, seq, ordinal, state, epoch, attempts, code, at)
    VALUES ($1, $2, $3, 0, 0, 0, NULL, $4)";
const HOLD: &str = "INSERT INTO held_back (loan_no, ordinal) VALUES ($1, $2)";
const PENDING: &str = "SELECT seq FROM delivery
    WHERE loan_no = $1 AND state = 0 AND state IN (0, 1, 4) AND seq < $2 ORDER BY seq LIMIT $3";
const DEFERRED: &str = "SELECT seq FROM delivery INDEXED BY delivery_unsettled
    WHERE loan_no = $1 AND state = 4 AND state IN (0, 1, 4) AND seq < $2 AND at <= $3 ORDER BY seq LIMIT $4";
const CLAIM: &str = "UPDATE delivery SET state = 1, epoch = $1, at = $2 WHERE loan_no = $3 AND seq = $4
    RETURNING ordinal, attempts, code";
const SETTLE: &str = "UPDATE delivery SET state = $1, code = $2, at = $3, attempts = attempts + $4
    WHERE loan_no = $5 AND seq = $6 AND state = 1 AND epoch = $7";
const RECOVER: &str = "UPDATE delivery SET state = $1, code = $2, at = $3, attempts = attempts + $4
    WHERE loan_no = $5 AND seq = $6 AND state = 1";

/// What runs for every batch of recipients.
#[cfg(test)]
pub(super) const OFTEN: [&str; 5] = [PENDING, DEFERRED, CLAIM, SETTLE, RECOVER];

pub(super) fn add(connection: &Connection, loan: i64, ordinals: &[Ordinal], at: i64) -> StoreResult<()> {
    let mut plan = connection.prepare_cached(PLAN)?;
    for (seq, ordinal) in (0_u32..).zip(ordinals) {
        plan.execute((loan, seq, ordinal.0, at))?;
    }
    Ok(())
}

pub(super) fn hold_back(connection: &Connection, loan: i64, ordinals: &[Ordinal]) -> StoreResult<()> {
    let mut hold = connection.prepare_cached(HOLD)?;
    for ordinal in ordinals {
        hold.execute((loan, ordinal.0))?;
    }
    Ok(())
}

pub(super) fn take(connection: &Connection, order: &Claim) -> StoreResult<Vec<Claimed>> {
    let (pending, deferred) = (DeliveryState::Pending as u8, DeliveryState::Deferred as u8);
    let mut places: Vec<(u32, u8)> =
        connection.all(PENDING, (order.loan, order.below, order.limit), |row| Ok((row.get(0)?, pending)))?;
    let before = order.retry_deferred_before.as_microsecond();
    let waited = (order.loan, order.below, before, order.limit);
    places.extend(connection.all(DEFERRED, waited, |row| Ok((row.get(0)?, deferred)))?);
    places.sort_unstable();
    places.truncate(usize::try_from(order.limit).unwrap_or(usize::MAX));
    let mut taken = Vec::with_capacity(places.len());
    let mut mark = connection.prepare_cached(CLAIM)?;
    for (seq, was) in places {
        let mut rows = mark.query((order.epoch, order.now, order.loan, seq))?;
        let Some(row) = rows.next()? else { continue };
        taken.push(Claimed { seq, was, ordinal: row.get(0)?, attempts: row.get(1)?, code: row.get(2)? });
    }
    Ok(taken)
}

pub(super) fn settle(
    connection: &Connection,
    loan: i64,
    epoch: Option<i64>,
    results: &[DeliveryResult],
    at: i64,
) -> StoreResult<Vec<u8>> {
    let mut moved = Vec::new();
    let mut settle = connection.prepare_cached(if epoch.is_some() { SETTLE } else { RECOVER })?;
    for result in results {
        let (state, tried) = (result.state as u8, u8::from(State(result.state).is_try()));
        let row = (state, result.code, at, tried, loan, result.seq);
        let touched = match epoch {
            Some(epoch) => settle.execute((row.0, row.1, row.2, row.3, row.4, row.5, epoch))?,
            None => settle.execute(row)?,
        };
        if touched == 1 {
            moved.push(state);
        }
    }
    Ok(moved)
}
