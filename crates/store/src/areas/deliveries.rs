//! The state of each recipient, and how many stand in each state. Every move of a recipient goes through
//! [`claim`] and [`settle`], which keep the tally in step.

use crate::coding::numbers::{capped, instant, unsigned};
use crate::engine::{Claim, Claimed, Columns, Db, Engine, Sql, Value, uuid};
use crate::error::{StoreError, StoreResult};
use crate::records::{Delivery, DeliveryCounts, DeliveryResult, DeliveryState, HeldClaim};
use hustings_domain::ids::{LoanId, Ordinal};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The hint holds SQLite to the index of what is unsettled.
pub(crate) const CLAIMED: &str = "SELECT loan_key.id, delivery.seq, delivery.epoch FROM loan_key
    CROSS JOIN delivery INDEXED BY delivery_unsettled ON delivery.loan_no = loan_key.loan_no AND delivery.state = 1 AND delivery.state IN (0, 1, 4)
    ORDER BY loan_key.loan_no, delivery.seq";
const CLAIMED_PLAIN: &str = "SELECT loan_key.id, delivery.seq, delivery.epoch FROM delivery
    JOIN loan_key ON loan_key.loan_no = delivery.loan_no
    WHERE delivery.state = 1 AND delivery.state IN (0, 1, 4)
    ORDER BY delivery.loan_no, delivery.seq";
const RESOLVE: &str = "UPDATE delivery SET state = $1, code = $2, at = $3, attempts = attempts - $4
    WHERE loan_no = $5 AND seq = $6 AND epoch = $7 AND state = 5 AND code = 0";
const TALLY: &str = "INSERT INTO delivery_tally (loan_no, state, people, moved) VALUES ($1, $2, $3, $4)
    ON CONFLICT (loan_no, state) DO UPDATE SET people = delivery_tally.people + excluded.people,
    moved = CASE WHEN delivery_tally.moved < excluded.moved THEN excluded.moved ELSE delivery_tally.moved END";
pub(crate) const TALLIES: &str = "SELECT state, people FROM delivery_tally WHERE loan_no = $1";
const COUNTS: &str = "SELECT state, count(*) FROM delivery WHERE loan_no = $1 AND seq < $2 GROUP BY state";
const TOTAL: &str = "SELECT CAST(sum(people) AS BIGINT) FROM delivery_tally WHERE loan_no = $1";
/// Only loans of which somebody moved since then can hold anybody who was addressed since then.
const LOANS_SINCE: &str = "SELECT DISTINCT delivery_tally.loan_no FROM delivery_tally
    LEFT JOIN send ON send.loan_no = delivery_tally.loan_no
    WHERE delivery_tally.state IN (1, 2, 5) AND moved >= $1 AND ($2 = 0 OR send.money = 1)";
const ADDRESSED: &str = "SELECT ordinal FROM delivery WHERE loan_no = $1 AND state IN (1, 2, 5) AND at >= $2";

/// A state as its kept number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct State(pub(crate) DeliveryState);

impl From<State> for Value<'_> {
    fn from(state: State) -> Self {
        (state.0 as u8).into()
    }
}

impl State {
    pub(crate) fn read(number: u8) -> StoreResult<DeliveryState> {
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
    pub(crate) fn is_try(self) -> bool {
        use DeliveryState::{Accepted, Deferred, InDoubt, Refused};
        matches!(self.0, Accepted | Refused | Deferred | InDoubt)
    }
}

/// Reads loan, seq, ordinal, state, attempts, code, at.
pub(crate) fn read_delivery(row: &dyn Columns) -> StoreResult<Delivery> {
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
pub(crate) fn tally<E: Engine>(
    db: &Db<'_, E>,
    loan: i64,
    state: State,
    people: usize,
    at: i64,
) -> StoreResult<()> {
    change_tally(db, loan, state, i64::try_from(people).unwrap_or(i64::MAX), at)
}

fn change_tally<E: Engine>(db: &Db<'_, E>, loan: i64, state: State, people: i64, at: i64) -> StoreResult<()> {
    if people == 0 {
        return Ok(());
    }
    db.connection.run(TALLY, (loan, state, people, at)).map(drop)
}

/// Marks pending recipients, and deferred ones that have waited long enough, as claimed.
pub(crate) fn claim<E: Engine>(db: &Db<'_, E>, loan: LoanId, order: &Claim) -> StoreResult<Vec<Delivery>> {
    let taken = db.connection.take_deliveries(order)?;
    let at = instant(order.now)?;
    for state in [DeliveryState::Pending, DeliveryState::Deferred] {
        let left = taken.iter().filter(|row| row.was == state as u8).count();
        change_tally(db, order.loan, State(state), -i64::try_from(left).unwrap_or(0), order.now)?;
    }
    tally(db, order.loan, State(DeliveryState::Claimed), taken.len(), order.now)?;
    let delivery = |row: Claimed| Delivery {
        loan,
        seq: row.seq,
        ordinal: Ordinal(row.ordinal),
        state: DeliveryState::Claimed,
        attempts: row.attempts,
        code: row.code,
        at,
    };
    Ok(taken.into_iter().map(delivery).collect())
}

/// Moves claimed recipients on: those that `epoch` claimed, or, without one, whoever claimed them.
pub(crate) fn settle<E: Engine>(
    db: &Db<'_, E>,
    loan: i64,
    epoch: Option<i64>,
    results: &[DeliveryResult],
    at: Timestamp,
) -> StoreResult<u64> {
    let at = at.as_microsecond();
    let mut moved: BTreeMap<u8, i64> = BTreeMap::new();
    for state in db.connection.move_deliveries(loan, epoch, results, at)? {
        *moved.entry(state).or_default() += 1;
    }
    let total = moved.values().sum::<i64>();
    for (state, people) in moved {
        change_tally(db, loan, State(State::read(state)?), people, at)?;
    }
    change_tally(db, loan, State(DeliveryState::Claimed), -total, at)?;
    Ok(u64::try_from(total).unwrap_or(0))
}

/// Settles a doubt that was there only because the journal was elsewhere; what was no try is not counted as one.
pub(crate) fn resolve<E: Engine>(
    db: &Db<'_, E>,
    loan: i64,
    epoch: i64,
    result: &DeliveryResult,
    at: Timestamp,
) -> StoreResult<()> {
    let (state, at) = (State(result.state), at.as_microsecond());
    let row = (state, result.code, at, !state.is_try(), loan, result.seq, epoch);
    if db.connection.run(RESOLVE, row)? == 1 {
        change_tally(db, loan, State(DeliveryState::InDoubt), -1, at)?;
        change_tally(db, loan, state, 1, at)?;
    }
    Ok(())
}

/// What was claimed and not settled, whoever claimed it.
pub(crate) fn claimed<E: Engine>(db: &Db<'_, E>) -> StoreResult<Vec<HeldClaim>> {
    db.connection.all(E::DIALECT.of(CLAIMED, CLAIMED_PLAIN), (), |row| {
        Ok(HeldClaim { loan: LoanId(uuid(row, 0)?), seq: row.get(1)?, epoch: unsigned(row.get(2)?)? })
    })
}

/// How many stand where: from the tally for the whole send, by counting for a part of it.
pub(crate) fn counts<E: Engine>(db: &Db<'_, E>, loan: i64, below: u32) -> StoreResult<DeliveryCounts> {
    let whole = u64::from(below) >= db.connection.number(TOTAL, (loan,))?;
    let mut counts = DeliveryCounts::default();
    let mut add = |row: &dyn Columns| {
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
pub(crate) fn addressed_since<E: Engine>(
    db: &Db<'_, E>,
    since: Timestamp,
    money: bool,
) -> StoreResult<Vec<(Ordinal, u32)>> {
    let since = since.as_microsecond();
    let loans: Vec<i64> = db.connection.all(LOANS_SINCE, (since, money), |row| row.get(0))?;
    let mut people: Vec<u32> = Vec::new();
    for loan in loans {
        let addressed: Vec<u32> = db.connection.all(ADDRESSED, (loan, since), |row| row.get(0))?;
        people.extend(addressed);
    }
    people.sort_unstable();
    Ok(people
        .chunk_by(|a, b| a == b)
        .filter_map(|same| same.first().map(|person| (Ordinal(*person), capped(same.len() as u64))))
        .collect())
}
