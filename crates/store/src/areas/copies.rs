//! Numbered copies, their rows and sealed files, and the notices that tell borrowers to erase.

use crate::coding::numbers::{capped, from_json, instant, to_json};
use crate::coding::texts::{joined_slugs, split_slugs};
use crate::engine::{Columns, Engine, OrConflict, Sql, Unit, document, uuid};
use crate::error::StoreResult;
use crate::records::{CopyRow, ErasureNotice};
use crate::traits::Copies;
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::{BorrowerId, CopyNumber, Ordinal};
use jiff::Timestamp;
use uuid::Uuid;

const NEXT: &str = "SELECT coalesce(max(number), 0) + 1 FROM copy";
const ADD: &str = "INSERT INTO copy (number, body) VALUES ($1, $2)";
const ADD_ROW: &str =
    "INSERT INTO copy_row (number, place, reference, ordinal, fields) VALUES ($1, $2, $3, $4, $5)";
const ADD_FILE: &str = "INSERT INTO copy_file (number, sealed) VALUES ($1, $2)";
const COPY: &str = "SELECT body FROM copy WHERE number = $1";
const COPIES: &str = "SELECT body FROM copy ORDER BY number";
const ROWS: &str = "SELECT reference, ordinal, fields FROM copy_row WHERE number = $1 ORDER BY place";
const PEOPLE: &str = "SELECT ordinal FROM copy_row WHERE number = $1 AND ordinal IS NOT NULL ORDER BY place";
pub(crate) const WITH: &str = "SELECT reference, ordinal, fields, copy.body FROM copy_row
    JOIN copy ON copy.number = copy_row.number
    WHERE ordinal = $1 AND ordinal IS NOT NULL ORDER BY copy.number, place";
const FILE: &str = "SELECT sealed FROM copy_file WHERE number = $1";
const DROP_FILE: &str = "DELETE FROM copy_file WHERE number = $1";
const ADD_NOTICE: &str = "INSERT INTO erasure_notice (id, borrower, copy, reference, told, acknowledged)
    VALUES ($1, $2, $3, $4, $5, $6)";
const NOTICES: &str = "SELECT id, borrower, copy, reference, told, acknowledged FROM erasure_notice
    ORDER BY told, id";
const NOTICES_TO: &str = "SELECT id, borrower, copy, reference, told, acknowledged FROM erasure_notice
    WHERE borrower = $1 ORDER BY told, id";
const ACKNOWLEDGE: &str = "UPDATE erasure_notice SET acknowledged = $1
    WHERE id = $2 AND borrower = $3 AND acknowledged IS NULL";

fn read_row(row: &dyn Columns) -> StoreResult<CopyRow> {
    Ok(CopyRow {
        reference: row.get(0)?,
        ordinal: row.get::<Option<u32>>(1)?.map(Ordinal),
        fields: split_slugs(row, 2)?,
    })
}

fn read_notice(row: &dyn Columns) -> StoreResult<ErasureNotice> {
    Ok(ErasureNotice {
        id: uuid(row, 0)?,
        borrower: BorrowerId(uuid(row, 1)?),
        copy: CopyNumber(row.get(2)?),
        reference: row.get(3)?,
        told: instant(row.get(4)?)?,
        acknowledged: row.get::<Option<i64>>(5)?.map(instant).transpose()?,
    })
}

impl<E: Engine> Copies for Unit<'_, E> {
    fn next_copy_number(&mut self) -> StoreResult<CopyNumber> {
        self.run(|db| Ok(CopyNumber(capped(db.connection.number(NEXT, ())?))))
    }

    fn add_copy(&mut self, copy: &CopyRecord, rows: &[CopyRow], sealed_file: &[u8]) -> StoreResult<()> {
        self.run(|db| {
            let number = copy.number.0;
            db.connection
                .run(ADD, (number, to_json("copy", copy)?))
                .or_conflict(|| format!("copy `{}` is kept already", copy.number))?;
            for (place, row) in (0_u32..).zip(rows) {
                let person = row.ordinal.map(|ordinal| ordinal.0);
                db.connection
                    .run(ADD_ROW, (number, place, &row.reference, person, joined_slugs(&row.fields)))
                    .or_conflict(|| format!("`{}` names two rows of one copy", row.reference))?;
            }
            db.connection.run(ADD_FILE, (number, sealed_file)).map(drop)
        })
    }

    fn copy(&mut self, number: CopyNumber) -> StoreResult<Option<CopyRecord>> {
        self.run(|db| db.connection.one(COPY, (number.0,), |row| document("copy", row)))
    }

    fn copies(&mut self) -> StoreResult<Vec<CopyRecord>> {
        self.run(|db| db.connection.all(COPIES, (), |row| document("copy", row)))
    }

    fn copy_rows(&mut self, number: CopyNumber) -> StoreResult<Vec<CopyRow>> {
        self.run(|db| db.connection.all(ROWS, (number.0,), read_row))
    }

    fn copy_people(&mut self, number: CopyNumber) -> StoreResult<Vec<Ordinal>> {
        self.run(|db| db.connection.all(PEOPLE, (number.0,), |row| Ok(Ordinal(row.get(0)?))))
    }

    fn copies_with(&mut self, ordinal: Ordinal) -> StoreResult<Vec<(CopyRecord, CopyRow)>> {
        self.run(|db| {
            db.connection.all(WITH, (ordinal.0,), |row| {
                Ok((from_json("copy", &row.get::<String>(3)?)?, read_row(row)?))
            })
        })
    }

    fn copy_file(&mut self, number: CopyNumber) -> StoreResult<Option<Vec<u8>>> {
        self.run(|db| db.connection.one(FILE, (number.0,), |row| row.get(0)))
    }

    fn drop_copy_file(&mut self, number: CopyNumber) -> StoreResult<()> {
        self.run(|db| db.connection.run(DROP_FILE, (number.0,)).map(drop))
    }

    fn add_erasure_notice(&mut self, notice: &ErasureNotice) -> StoreResult<()> {
        self.run(|db| {
            let row = (
                notice.id.as_bytes(),
                notice.borrower.0.as_bytes(),
                notice.copy.0,
                &notice.reference,
                notice.told.as_microsecond(),
                notice.acknowledged.map(Timestamp::as_microsecond),
            );
            db.connection
                .run(ADD_NOTICE, row)
                .or_conflict(|| format!("the erasure notice `{}` is kept already", notice.id))
                .map(drop)
        })
    }

    fn erasure_notices(&mut self, borrower: Option<BorrowerId>) -> StoreResult<Vec<ErasureNotice>> {
        self.run(|db| match borrower {
            Some(borrower) => db.connection.all(NOTICES_TO, (borrower.0.as_bytes(),), read_notice),
            None => db.connection.all(NOTICES, (), read_notice),
        })
    }

    fn acknowledge_erasure(&mut self, id: Uuid, borrower: BorrowerId, at: Timestamp) -> StoreResult<bool> {
        self.run(|db| {
            let row = (at.as_microsecond(), id.as_bytes(), borrower.0.as_bytes());
            Ok(db.connection.run(ACKNOWLEDGE, row)? == 1)
        })
    }
}
