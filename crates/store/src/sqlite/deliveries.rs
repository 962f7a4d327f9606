//! The state of each recipient, and how many stand in each state. Every move of a recipient goes through
//! [`claim`] and [`settle`], which keep the tally in step.

use super::sql::{Db, Sql, capped, instant, uuid};
use crate::error::{StoreError, StoreResult};
use crate::records::{Delivery, DeliveryCounts, DeliveryResult, DeliveryState};
use hustings_domain::ids::{LoanId, Ordinal};
use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::{ToSql, ToSqlOutput};
use std::collections::BTreeMap;

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
const STALE: &str = "SELECT loan_key.id, delivery.seq FROM loan_key
    CROSS JOIN delivery INDEXED BY delivery_unsettled ON delivery.loan_no = loan_key.loan_no AND delivery.state = 1 AND delivery.state IN (0, 1, 4)
    WHERE delivery.epoch < $1 ORDER BY loan_key.loan_no, delivery.seq";
const TALLY: &str = "INSERT INTO delivery_tally (loan_no, state, people, moved) VALUES ($1, $2, $3, $4)
    ON CONFLICT (loan_no, state) DO UPDATE SET people = people + excluded.people, moved = max(moved, excluded.moved)";
const TALLIES: &str = "SELECT state, people FROM delivery_tally WHERE loan_no = $1";
const COUNTS: &str = "SELECT state, count(*) FROM delivery WHERE loan_no = $1 AND seq < $2 GROUP BY state";
const TOTAL: &str = "SELECT sum(people) FROM delivery_tally WHERE loan_no = $1";
/// Only loans of which somebody moved since then can hold anybody who was addressed since then.
const LOANS_SINCE: &str = "SELECT DISTINCT delivery_tally.loan_no FROM delivery_tally
    LEFT JOIN send ON send.loan_no = delivery_tally.loan_no
    WHERE delivery_tally.state IN (1, 2, 5) AND moved >= $1 AND ($2 = 0 OR send.money = 1)";
const ADDRESSED: &str = "SELECT ordinal FROM delivery WHERE loan_no = $1 AND state IN (1, 2, 5) AND at >= $2";

/// What runs for every batch of recipients.
#[cfg(test)]
pub(super) const OFTEN: [&str; 6] = [PENDING, DEFERRED, CLAIM, SETTLE, RECOVER, TALLIES];

/// A state as its kept number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State(pub(super) DeliveryState);

impl ToSql for State {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok((self.0 as u8).into())
    }
}

impl State {
    fn read(number: u8) -> StoreResult<DeliveryState> {
        Ok(match number {
            0 => DeliveryState::Pending,
            1 => DeliveryState::Claimed,
            2 => DeliveryState::Accepted,
            3 => DeliveryState::Refused,
            4 => DeliveryState::Deferred,
            5 => DeliveryState::InDoubt,
            6 => DeliveryState::Stopped,
            other => return Err(StoreError::Damaged(format!("there is no state of a delivery {other}"))),
        })
    }

    /// Whether getting there was a try, and not a giving back or a stop.
    fn is_try(self) -> bool {
        use DeliveryState::{Accepted, Deferred, InDoubt, Refused};
        matches!(self.0, Accepted | Refused | Deferred | InDoubt)
    }
}

/// Reads loan, seq, ordinal, state, attempts, code, at.
pub(super) fn read_delivery(row: &Row<'_>) -> StoreResult<Delivery> {
    Ok(Delivery {
        loan: LoanId(uuid(row, 0)?),
        seq: row.get(1)?,
        ordinal: Ordinal(row.get(2)?),
        state: State::read(row.get(3)?)?,
        attempts: row.get(4)?,
        code: row.get(5)?,
        at: instant(row.get(6)?)?,
    })
}

/// Adds people to a state's count.
pub(super) fn tally(db: &Db<'_>, loan: i64, state: State, people: usize, at: i64) -> StoreResult<()> {
    change_tally(db, loan, state, i64::try_from(people).unwrap_or(i64::MAX), at)
}

fn change_tally(db: &Db<'_>, loan: i64, state: State, people: i64, at: i64) -> StoreResult<()> {
    if people == 0 {
        return Ok(());
    }
    db.connection.run(TALLY, (loan, state, people, at)).map(drop)
}

/// What to claim.
pub(super) struct Claim {
    pub(super) below: u32,
    pub(super) limit: u32,
    pub(super) epoch: i64,
    pub(super) retry_deferred_before: Timestamp,
    pub(super) now: Timestamp,
}

/// Marks pending recipients, and deferred ones that have waited long enough, as claimed.
pub(super) fn claim(db: &Db<'_>, loan: LoanId, number: i64, order: &Claim) -> StoreResult<Vec<Delivery>> {
    let pending = (number, order.below, order.limit);
    let mut places: Vec<(u32, DeliveryState)> =
        db.connection.all(PENDING, pending, |row| Ok((row.get(0)?, DeliveryState::Pending)))?;
    let before = order.retry_deferred_before.as_microsecond();
    let deferred = (number, order.below, before, order.limit);
    places.extend(db.connection.all(DEFERRED, deferred, |row| Ok((row.get(0)?, DeliveryState::Deferred)))?);
    places.sort_unstable();
    places.truncate(usize::try_from(order.limit).unwrap_or(usize::MAX));
    let now = order.now.as_microsecond();
    let mut taken = Vec::with_capacity(places.len());
    let mut mark = db.connection.prepare_cached(CLAIM)?;
    for (seq, _) in &places {
        let mut rows = mark.query((order.epoch, now, number, seq))?;
        let Some(row) = rows.next()? else { continue };
        taken.push(Delivery {
            loan,
            seq: *seq,
            ordinal: Ordinal(row.get(0)?),
            state: DeliveryState::Claimed,
            attempts: row.get(1)?,
            code: row.get(2)?,
            at: instant(now)?,
        });
    }
    for state in [DeliveryState::Pending, DeliveryState::Deferred] {
        let left = places.iter().filter(|place| place.1 == state).count();
        change_tally(db, number, State(state), -i64::try_from(left).unwrap_or(0), now)?;
    }
    tally(db, number, State(DeliveryState::Claimed), taken.len(), now)?;
    Ok(taken)
}

/// Moves claimed recipients on: those that `epoch` claimed, or, without one, whoever claimed them.
pub(super) fn settle(
    db: &Db<'_>,
    loan: i64,
    epoch: Option<i64>,
    results: &[DeliveryResult],
    at: Timestamp,
) -> StoreResult<u64> {
    let at = at.as_microsecond();
    let mut moved: BTreeMap<State, i64> = BTreeMap::new();
    let mut settle = db.connection.prepare_cached(if epoch.is_some() { SETTLE } else { RECOVER })?;
    for result in results {
        let state = State(result.state);
        let row = (state, result.code, at, u8::from(state.is_try()), loan, result.seq);
        let touched = match epoch {
            Some(epoch) => settle.execute((row.0, row.1, row.2, row.3, row.4, row.5, epoch))?,
            None => settle.execute(row)?,
        };
        if touched == 1 {
            *moved.entry(state).or_default() += 1;
        }
    }
    let total = moved.values().sum::<i64>();
    for (state, people) in moved {
        change_tally(db, loan, state, people, at)?;
    }
    change_tally(db, loan, State(DeliveryState::Claimed), -total, at)?;
    Ok(u64::try_from(total).unwrap_or(0))
}

/// What earlier epochs claimed and did not settle.
pub(super) fn stale(db: &Db<'_>, epoch: i64) -> StoreResult<Vec<(LoanId, u32)>> {
    db.connection.all(STALE, (epoch,), |row| Ok((LoanId(uuid(row, 0)?), row.get(1)?)))
}

/// How many stand where: from the tally for the whole send, by counting for a part of it.
pub(super) fn counts(db: &Db<'_>, loan: i64, below: u32) -> StoreResult<DeliveryCounts> {
    let whole = u64::from(below) >= db.connection.number(TOTAL, (loan,))?;
    let mut counts = DeliveryCounts::default();
    let mut add = |row: &Row<'_>| {
        let place = match State::read(row.get(0)?)? {
            DeliveryState::Pending => &mut counts.pending,
            DeliveryState::Claimed => &mut counts.claimed,
            DeliveryState::Accepted => &mut counts.accepted,
            DeliveryState::Refused => &mut counts.refused,
            DeliveryState::Deferred => &mut counts.deferred,
            DeliveryState::InDoubt => &mut counts.in_doubt,
            DeliveryState::Stopped => &mut counts.stopped,
        };
        *place = row.get(1)?;
        Ok(())
    };
    if whole {
        db.connection.each(TALLIES, (loan,), &mut add)?;
    } else {
        db.connection.each(COUNTS, (loan, below), &mut add)?;
    }
    Ok(counts)
}

/// How often each person was addressed since then, by ordinal.
pub(super) fn addressed_since(
    db: &Db<'_>,
    since: Timestamp,
    money: bool,
) -> StoreResult<Vec<(Ordinal, u32)>> {
    let since = since.as_microsecond();
    let loans: Vec<i64> = db.connection.all(LOANS_SINCE, (since, money), |row| Ok(row.get(0)?))?;
    let mut people: Vec<u32> = Vec::new();
    for loan in loans {
        db.connection.each(ADDRESSED, (loan, since), |row| {
            people.push(row.get(0)?);
            Ok(())
        })?;
    }
    people.sort_unstable();
    Ok(people
        .chunk_by(|a, b| a == b)
        .filter_map(|same| same.first().map(|person| (Ordinal(*person), capped(same.len() as u64))))
        .collect())
}
