//! Numbered copies, their rows and sealed files.

use crate::coding::numbers::{capped, from_json, to_json};
use crate::coding::texts::{joined_slugs, split_slugs};
use crate::engine::{Columns, Engine, OrConflict, Sql, Unit, document};
use crate::error::StoreResult;
use crate::records::CopyRow;
use crate::traits::Copies;
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::{CopyNumber, Ordinal};

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

fn read_row(row: &dyn Columns) -> StoreResult<CopyRow> {
    Ok(CopyRow {
        reference: row.get(0)?,
        ordinal: row.get::<Option<u32>>(1)?.map(Ordinal),
        fields: split_slugs(row, 2)?,
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
}
