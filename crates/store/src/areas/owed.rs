//! What borrowers owe, and what they report back.

use crate::coding::numbers::{from_json, instant, to_json};
use crate::engine::{Columns, Engine, OrConflict, Sql, Unit, uuid};
use crate::error::StoreResult;
use crate::records::OutcomeRecord;
use crate::traits::Owed;
use hustings_domain::duty::{Acknowledgement, DoneWith, Duty, DutyKind};
use hustings_domain::ids::{BorrowerId, CopyNumber, Ordinal};
use jiff::{Span, Timestamp};
use uuid::Uuid;

const ADD_DUTY: &str = "INSERT INTO duty (id, borrower, copy, reference, told, acknowledged, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const PUT_DUTY: &str =
    "UPDATE duty SET told = $1, acknowledged = $2, body = $3 WHERE id = $4 AND borrower = $5";
const DUTY: &str = "SELECT id, borrower, copy, reference, told, acknowledged, body FROM duty WHERE id = $1";
const DUTIES: &str =
    "SELECT id, borrower, copy, reference, told, acknowledged, body FROM duty ORDER BY told, id";
const DUTIES_OF: &str = "SELECT id, borrower, copy, reference, told, acknowledged, body FROM duty
    WHERE borrower = $1 ORDER BY told, id";
const ADD_OUTCOME: &str = "INSERT INTO outcome (digest, borrower, copy, reference, ordinal, sealed, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (digest) DO NOTHING";
const OUTCOMES_ON: &str = "SELECT digest, borrower, copy, reference, ordinal, sealed, at FROM outcome
    WHERE copy = $1 ORDER BY reference, digest";
pub(crate) const OUTCOMES_OF: &str =
    "SELECT digest, borrower, copy, reference, ordinal, sealed, at FROM outcome
    WHERE ordinal = $1 AND ordinal IS NOT NULL ORDER BY at, digest";

/// The days that an erasure from before duties had a due day of their own is given.
const DAYS_BEFORE: i64 = 14;

fn read_duty(row: &dyn Columns) -> StoreResult<Duty> {
    if let Some(body) = row.get::<Option<String>>(6)? {
        return from_json("duty", &body);
    }
    let borrower = BorrowerId(uuid(row, 1)?);
    let told = instant(row.get(4)?)?;
    let acknowledged = row.get::<Option<i64>>(5)?.map(instant).transpose()?;
    Ok(Duty {
        id: uuid(row, 0)?,
        borrower,
        copy: CopyNumber(row.get(2)?),
        kind: DutyKind::Erasure,
        reference: Some(row.get(3)?),
        fields: Vec::new(),
        told,
        due: told.checked_add(Span::new().hours(24 * DAYS_BEFORE)).unwrap_or(Timestamp::MAX),
        taken: None,
        marked: None,
        acknowledged: acknowledged.map(|at| Acknowledgement {
            at,
            by: format!("borrower:{borrower}"),
            done: DoneWith::Deleted,
            processors: 0,
        }),
    })
}

fn read_outcome(row: &dyn Columns) -> StoreResult<OutcomeRecord> {
    Ok(OutcomeRecord {
        digest: row.get(0)?,
        borrower: BorrowerId(uuid(row, 1)?),
        copy: CopyNumber(row.get(2)?),
        reference: row.get(3)?,
        ordinal: row.get::<Option<u32>>(4)?.map(Ordinal),
        sealed: row.get(5)?,
        at: instant(row.get(6)?)?,
    })
}

fn acknowledged_at(duty: &Duty) -> Option<i64> {
    duty.acknowledged.as_ref().map(|acknowledged| acknowledged.at.as_microsecond())
}

impl<E: Engine> Owed for Unit<'_, E> {
    fn add_duty(&mut self, duty: &Duty) -> StoreResult<()> {
        self.run(|db| {
            let row = (
                duty.id.as_bytes(),
                duty.borrower.0.as_bytes(),
                duty.copy.0,
                duty.reference.as_deref().unwrap_or_default(),
                duty.told.as_microsecond(),
                acknowledged_at(duty),
                to_json("duty", duty)?,
            );
            db.connection
                .run(ADD_DUTY, row)
                .or_conflict(|| format!("the duty `{}` is kept already", duty.id))
                .map(drop)
        })
    }

    fn put_duty(&mut self, duty: &Duty) -> StoreResult<bool> {
        self.run(|db| {
            let row = (
                duty.told.as_microsecond(),
                acknowledged_at(duty),
                to_json("duty", duty)?,
                duty.id.as_bytes(),
                duty.borrower.0.as_bytes(),
            );
            Ok(db.connection.run(PUT_DUTY, row)? == 1)
        })
    }

    fn duty(&mut self, id: Uuid) -> StoreResult<Option<Duty>> {
        self.run(|db| db.connection.one(DUTY, (id.as_bytes(),), read_duty))
    }

    fn duties(&mut self, borrower: Option<BorrowerId>) -> StoreResult<Vec<Duty>> {
        self.run(|db| match borrower {
            Some(borrower) => db.connection.all(DUTIES_OF, (borrower.0.as_bytes(),), read_duty),
            None => db.connection.all(DUTIES, (), read_duty),
        })
    }

    fn add_outcome(&mut self, outcome: &OutcomeRecord) -> StoreResult<bool> {
        self.run(|db| {
            let row = (
                &outcome.digest,
                outcome.borrower.0.as_bytes(),
                outcome.copy.0,
                &outcome.reference,
                outcome.ordinal.map(|ordinal| ordinal.0),
                &outcome.sealed,
                outcome.at.as_microsecond(),
            );
            Ok(db.connection.run(ADD_OUTCOME, row)? == 1)
        })
    }

    fn outcomes_on(&mut self, copy: CopyNumber) -> StoreResult<Vec<OutcomeRecord>> {
        self.run(|db| db.connection.all(OUTCOMES_ON, (copy.0,), read_outcome))
    }

    fn outcomes_of(&mut self, ordinal: Ordinal) -> StoreResult<Vec<OutcomeRecord>> {
        self.run(|db| db.connection.all(OUTCOMES_OF, (ordinal.0,), read_outcome))
    }
}
