//! Sends: who is mailed, who is held back, claims and outcomes, and signs of backlash.

use super::deliveries::{self, State, read_delivery, tally};
use super::lending::{known_number, number_of};
use crate::coding::numbers::{capped, instant, signed, to_json};
use crate::engine::{Claim, Engine, OrConflict, Sql, Unit, document, uuid};
use crate::error::{StoreError, StoreResult};
use crate::records::{
    Delivery, DeliveryCounts, DeliveryResult, DeliveryState, HeldClaim, SendRecord, Signal,
};
use crate::traits::Sends;
use hustings_domain::ids::{LoanId, Ordinal};
use jiff::Timestamp;

const PUT: &str = "INSERT INTO send (loan_no, money, body) VALUES ($1, $2, $3)
    ON CONFLICT (loan_no) DO UPDATE SET money = excluded.money, body = excluded.body";
const SEND: &str = "SELECT body FROM send WHERE loan_no = $1";
const HELD: &str = "SELECT ordinal FROM held_back WHERE loan_no = $1 ORDER BY ordinal";
const HELD_FROM: &str = "SELECT id FROM loan_key WHERE EXISTS
    (SELECT 1 FROM held_back WHERE held_back.loan_no = loan_key.loan_no AND held_back.ordinal = $1)
    ORDER BY loan_no";
const PLANNED: &str = "SELECT ordinal FROM delivery WHERE loan_no = $1 ORDER BY seq";
const UNSENT: &str = "SELECT ordinal FROM delivery WHERE loan_no = $1 AND state IN (0, 4) ORDER BY seq";
const ACCEPTED: &str = "SELECT ordinal, at FROM delivery WHERE loan_no = $1 AND state = 2 ORDER BY seq";
const ONE: &str = "SELECT loan_key.id, seq, ordinal, state, attempts, code, at
    FROM loan_key JOIN delivery ON delivery.loan_no = loan_key.loan_no WHERE loan_key.id = $1 AND seq = $2";
pub(crate) const ONE_TO: &str = "SELECT loan_key.id, seq, ordinal, state, attempts, code, at
    FROM delivery JOIN loan_key ON loan_key.loan_no = delivery.loan_no
    WHERE delivery.ordinal = $1 AND loan_key.id = $2";
pub(crate) const ALL_OF: &str = "SELECT loan_key.id, seq, ordinal, state, attempts, code, at
    FROM delivery JOIN loan_key ON loan_key.loan_no = delivery.loan_no
    WHERE delivery.ordinal = $1 ORDER BY delivery.loan_no";
const ADD_SIGNAL: &str = "INSERT INTO signal (loan_no, signal, ordinal, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (loan_no, signal, ordinal) DO NOTHING";
const SIGNALS: &str = "SELECT count(*) FROM signal WHERE loan_no = $1 AND signal = $2 AND at >= $3";
/// A look for each loan and kind, because no index by person is kept for what so few people ever have.
const SIGNALS_OF: &str = "SELECT loan_key.id, kind.n, signal.at
    FROM loan_key CROSS JOIN (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2) AS kind
    JOIN signal ON signal.loan_no = loan_key.loan_no AND signal.signal = kind.n AND signal.ordinal = $1
    ORDER BY loan_key.loan_no, kind.n";
pub(crate) const ANSWERED: &str =
    "SELECT count(*) FROM delivery WHERE loan_no = $1 AND at >= $2 AND state IN (2, 3)";

const DOUBTED: &str =
    "SELECT seq FROM delivery WHERE loan_no = $1 AND state = 5 AND epoch = $2 AND code = 0 ORDER BY seq";

fn signal_number(signal: Signal) -> u8 {
    match signal {
        Signal::Complaint => 0,
        Signal::Unsubscribe => 1,
        Signal::HardBounce => 2,
    }
}

fn signal(number: u8) -> StoreResult<Signal> {
    let known = Signal::ALL.get(usize::from(number)).copied();
    known.ok_or_else(|| StoreError::Damaged(format!("there is no sign of backlash {number}")))
}

impl<E: Engine> Sends for Unit<'_, E> {
    fn put_send(&mut self, send: &SendRecord) -> StoreResult<()> {
        self.run(|db| {
            let row = (number_of(db, send.loan)?, send.money, to_json("send", send)?);
            db.connection.run(PUT, row).map(drop)
        })
    }

    fn send(&mut self, loan: LoanId) -> StoreResult<Option<SendRecord>> {
        self.run(|db| {
            let Some(number) = known_number(db, loan)? else { return Ok(None) };
            db.connection.one(SEND, (number,), |row| document("send", row))
        })
    }

    fn insert_deliveries(&mut self, loan: LoanId, ordinals: &[Ordinal], at: Timestamp) -> StoreResult<()> {
        self.run(|db| {
            let (number, at) = (number_of(db, loan)?, at.as_microsecond());
            db.connection
                .add_deliveries(number, ordinals, at)
                .or_conflict(|| "who is mailed was frozen already for this loan".to_owned())?;
            tally(db, number, State(DeliveryState::Pending), ordinals.len(), at)
        })
    }

    fn insert_held_back(&mut self, loan: LoanId, ordinals: &[Ordinal]) -> StoreResult<()> {
        self.run(|db| {
            let number = number_of(db, loan)?;
            let mut sorted = ordinals.to_vec();
            sorted.sort_unstable();
            db.connection
                .add_held_back(number, &sorted)
                .or_conflict(|| "one of these supporters is held back already".to_owned())
        })
    }

    fn held_back(&mut self, loan: LoanId) -> StoreResult<Vec<Ordinal>> {
        self.run(|db| {
            let number = known_number(db, loan)?;
            db.connection.all(HELD, (number,), |row| Ok(Ordinal(row.get(0)?)))
        })
    }

    fn held_back_from(&mut self, ordinal: Ordinal) -> StoreResult<Vec<LoanId>> {
        self.run(|db| db.connection.all(HELD_FROM, (ordinal.0,), |row| Ok(LoanId(uuid(row, 0)?))))
    }

    fn planned(&mut self, loan: LoanId) -> StoreResult<Vec<Ordinal>> {
        self.run(|db| {
            let number = known_number(db, loan)?;
            db.connection.all(PLANNED, (number,), |row| Ok(Ordinal(row.get(0)?)))
        })
    }

    fn unsent(&mut self, loan: LoanId) -> StoreResult<Vec<Ordinal>> {
        self.run(|db| {
            let number = known_number(db, loan)?;
            db.connection.all(UNSENT, (number,), |row| Ok(Ordinal(row.get(0)?)))
        })
    }

    fn accepted(&mut self, loan: LoanId) -> StoreResult<Vec<(Ordinal, Timestamp)>> {
        self.run(|db| {
            let number = known_number(db, loan)?;
            db.connection.all(ACCEPTED, (number,), |row| Ok((Ordinal(row.get(0)?), instant(row.get(1)?)?)))
        })
    }

    fn claim(
        &mut self,
        loan: LoanId,
        below: u32,
        limit: u32,
        epoch: u64,
        retry_deferred_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<Vec<Delivery>> {
        self.run(|db| {
            let Some(number) = known_number(db, loan)? else { return Ok(Vec::new()) };
            let (epoch, now) = (signed(epoch)?, now.as_microsecond());
            let order = Claim { loan: number, below, limit, epoch, retry_deferred_before, now };
            deliveries::claim(db, loan, &order)
        })
    }

    fn settle_deliveries(
        &mut self,
        loan: LoanId,
        epoch: u64,
        results: &[DeliveryResult],
        at: Timestamp,
    ) -> StoreResult<u64> {
        self.run(|db| match known_number(db, loan)? {
            Some(number) => deliveries::settle(db, number, Some(signed(epoch)?), results, at),
            None => Ok(0),
        })
    }

    fn claims(&mut self) -> StoreResult<Vec<HeldClaim>> {
        self.run(|db| deliveries::claimed(db))
    }

    fn recover_delivery(&mut self, loan: LoanId, result: &DeliveryResult, at: Timestamp) -> StoreResult<()> {
        self.run(|db| match known_number(db, loan)? {
            Some(number) => deliveries::settle(db, number, None, std::slice::from_ref(result), at).map(drop),
            None => Ok(()),
        })
    }

    fn doubted(&mut self, loan: LoanId, epoch: u64) -> StoreResult<Vec<u32>> {
        self.run(|db| {
            let Some(number) = known_number(db, loan)? else { return Ok(Vec::new()) };
            db.connection.all(DOUBTED, (number, signed(epoch)?), |row| row.get(0))
        })
    }

    fn resolve_doubt(
        &mut self,
        loan: LoanId,
        epoch: u64,
        result: &DeliveryResult,
        at: Timestamp,
    ) -> StoreResult<()> {
        self.run(|db| match known_number(db, loan)? {
            Some(number) => deliveries::resolve(db, number, signed(epoch)?, result, at),
            None => Ok(()),
        })
    }

    fn delivery_counts(&mut self, loan: LoanId, below: u32) -> StoreResult<DeliveryCounts> {
        self.run(|db| match known_number(db, loan)? {
            Some(number) => deliveries::counts(db, number, below),
            None => Ok(DeliveryCounts::default()),
        })
    }

    fn delivery(&mut self, loan: LoanId, seq: u32) -> StoreResult<Option<Delivery>> {
        self.run(|db| db.connection.one(ONE, (loan.0.as_bytes(), seq), read_delivery))
    }

    fn delivery_to(&mut self, loan: LoanId, ordinal: Ordinal) -> StoreResult<Option<Delivery>> {
        self.run(|db| db.connection.one(ONE_TO, (ordinal.0, loan.0.as_bytes()), read_delivery))
    }

    fn deliveries_of(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Delivery>> {
        self.run(|db| db.connection.all(ALL_OF, (ordinal.0,), read_delivery))
    }

    fn addressed_since(&mut self, since: Timestamp, money: bool) -> StoreResult<Vec<(Ordinal, u32)>> {
        self.run(|db| deliveries::addressed_since(db, since, money))
    }

    fn people_addressed(&mut self) -> StoreResult<u64> {
        self.run(|db| Ok(deliveries::addressed_since(db, Timestamp::MIN, false)?.len() as u64))
    }

    fn add_signal(
        &mut self,
        loan: LoanId,
        ordinal: Ordinal,
        signal: Signal,
        at: Timestamp,
    ) -> StoreResult<bool> {
        self.run(|db| {
            let row = (number_of(db, loan)?, signal_number(signal), ordinal.0, at.as_microsecond());
            Ok(db.connection.run(ADD_SIGNAL, row)? == 1)
        })
    }

    fn signals_of(&mut self, ordinal: Ordinal) -> StoreResult<Vec<(LoanId, Signal, Timestamp)>> {
        self.run(|db| {
            db.connection.all(SIGNALS_OF, (ordinal.0,), |row| {
                Ok((LoanId(uuid(row, 0)?), signal(row.get(1)?)?, instant(row.get(2)?)?))
            })
        })
    }

    fn signal_count(&mut self, loan: LoanId, signal: Signal, since: Timestamp) -> StoreResult<u32> {
        self.run(|db| {
            let key = (known_number(db, loan)?, signal_number(signal), since.as_microsecond());
            Ok(capped(db.connection.number(SIGNALS, key)?))
        })
    }

    fn answered_count(&mut self, loan: LoanId, since: Timestamp) -> StoreResult<u32> {
        self.run(|db| {
            let key = (known_number(db, loan)?, since.as_microsecond());
            Ok(capped(db.connection.number(ANSWERED, key)?))
        })
    }
}
