//! What supporters answered.

use super::lending::number_of;
use crate::coding::numbers::instant;
use crate::coding::texts::{joined_slugs, split_slugs};
use crate::engine::{Columns, Engine, Sql, Unit, uuid};
use crate::error::{StoreError, StoreResult};
use crate::records::ResponseRecord;
use crate::traits::Responses;
use hustings_domain::ids::{LoanId, Ordinal};
use hustings_domain::response::ResponseKind;

const PUT: &str = "INSERT INTO response (loan_no, ordinal, kind, fields, sealed_report, at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (loan_no, ordinal) DO UPDATE SET kind = excluded.kind, fields = excluded.fields,
    sealed_report = excluded.sealed_report, at = excluded.at";
const ONE: &str = "SELECT loan_key.id, ordinal, kind, fields, sealed_report, at
    FROM loan_key JOIN response ON response.loan_no = loan_key.loan_no
    WHERE loan_key.id = $1 AND ordinal = $2";
const OF_LOAN: &str = "SELECT loan_key.id, ordinal, kind, fields, sealed_report, at
    FROM loan_key JOIN response ON response.loan_no = loan_key.loan_no
    WHERE loan_key.id = $1 ORDER BY ordinal";
pub(crate) const OF_PERSON: &str = "SELECT loan_key.id, ordinal, kind, fields, sealed_report, at
    FROM response JOIN loan_key ON loan_key.loan_no = response.loan_no
    WHERE response.ordinal = $1 ORDER BY at, response.loan_no";

fn number(kind: ResponseKind) -> u8 {
    match kind {
        ResponseKind::Yes => 0,
        ResponseKind::Later => 1,
        ResponseKind::No => 2,
        ResponseKind::Never => 3,
        ResponseKind::Report => 4,
    }
}

fn read(row: &dyn Columns) -> StoreResult<ResponseRecord> {
    let number: u8 = row.get(2)?;
    let kind = ResponseKind::ALL.get(usize::from(number)).copied();
    Ok(ResponseRecord {
        loan: LoanId(uuid(row, 0)?),
        ordinal: Ordinal(row.get(1)?),
        kind: kind.ok_or_else(|| StoreError::Damaged(format!("there is no kind of answer {number}")))?,
        fields: split_slugs(row, 3)?,
        sealed_report: row.get(4)?,
        at: instant(row.get(5)?)?,
    })
}

impl<E: Engine> Responses for Unit<'_, E> {
    fn put_response(&mut self, response: &ResponseRecord) -> StoreResult<()> {
        self.run(|db| {
            let row = (
                number_of(db, response.loan)?,
                response.ordinal.0,
                number(response.kind),
                joined_slugs(&response.fields),
                response.sealed_report.as_ref(),
                response.at.as_microsecond(),
            );
            db.connection.run(PUT, row).map(drop)
        })
    }

    fn response(&mut self, loan: LoanId, ordinal: Ordinal) -> StoreResult<Option<ResponseRecord>> {
        self.run(|db| db.connection.one(ONE, (loan.0.as_bytes(), ordinal.0), read))
    }

    fn responses(&mut self, loan: LoanId) -> StoreResult<Vec<ResponseRecord>> {
        self.run(|db| db.connection.all(OF_LOAN, (loan.0.as_bytes(),), read))
    }

    fn responses_of(&mut self, ordinal: Ordinal) -> StoreResult<Vec<ResponseRecord>> {
        self.run(|db| db.connection.all(OF_PERSON, (ordinal.0,), read))
    }
}
