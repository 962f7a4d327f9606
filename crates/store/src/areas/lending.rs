//! Charters, borrowers, loans, what the board said, and the answers that borrowers paid for.

use crate::coding::numbers::{capped, to_json};
use crate::engine::{Db, Engine, OrConflict, Sql, Unit, document};
use crate::error::{StoreError, StoreResult};
use crate::records::{AskingRecord, EstimateRecord};
use crate::traits::Lending;
use hustings_domain::borrower::Borrower;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::Proceedings;
use hustings_domain::estimate::RhoMillionths;
use hustings_domain::ids::{BorrowerId, LoanId, LoanNumber};
use hustings_domain::loan::Loan;
use hustings_domain::words::Slug;
use jiff::Timestamp;

const PUT_CHARTER: &str = "INSERT INTO charter (version, toml, at) VALUES ($1, $2, $3)";
const CHARTER: &str = "SELECT version, toml FROM charter ORDER BY version DESC LIMIT 1";
const CHARTER_VERSION: &str = "SELECT toml FROM charter WHERE version = $1";
const PUT_BORROWER: &str = "INSERT INTO borrower (id, registered, body) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET registered = excluded.registered, body = excluded.body";
const BORROWER: &str = "SELECT body FROM borrower WHERE id = $1";
const BORROWERS: &str = "SELECT body FROM borrower ORDER BY registered, id";
const NEXT_NUMBER: &str = "SELECT coalesce(max(number), 0) + 1 FROM loan";
const PUT_LOAN: &str = "INSERT INTO loan (id, number, borrower, body) VALUES ($1, $2, $3, $4)
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, borrower = excluded.borrower, body = excluded.body";
const LOAN: &str = "SELECT body FROM loan WHERE id = $1";
const LOAN_BY_NUMBER: &str = "SELECT body FROM loan WHERE number = $1";
const LOANS: &str = "SELECT body FROM loan ORDER BY number DESC";
const LOANS_OF: &str = "SELECT body FROM loan WHERE borrower = $1 ORDER BY number DESC";
const PROCEEDINGS: &str = "SELECT body FROM proceedings WHERE loan = $1";
const PUT_PROCEEDINGS: &str = "INSERT INTO proceedings (loan, body) VALUES ($1, $2)
    ON CONFLICT (loan) DO UPDATE SET body = excluded.body";
const ADD_ESTIMATE: &str = "INSERT INTO estimate (n, borrower, season, question, season_price, body)
    SELECT coalesce(max(n), 0) + 1, $1, $2, $3, $4, $5 FROM estimate";
const ESTIMATE: &str = "SELECT body FROM estimate WHERE season = $1 AND question = $2 ORDER BY n LIMIT 1";
const ESTIMATES: &str = "SELECT body FROM estimate WHERE borrower = $1 AND season = $2 ORDER BY n";
const SPENT: &str = "SELECT CAST(sum(season_price) AS BIGINT) FROM estimate WHERE season = $1";

const ADD_ASKING: &str = "INSERT INTO asking (n, borrower, at, body)
    SELECT coalesce(max(n), 0) + 1, $1, $2, $3 FROM asking";
const ASKINGS: &str = "SELECT body FROM asking ORDER BY n DESC LIMIT $1";

const FIND_KEY: &str = "SELECT loan_no FROM loan_key WHERE id = $1";
const ADD_KEY: &str = "INSERT INTO loan_key (id) VALUES ($1)";

/// The small number of a loan, which it gets when it is first needed.
pub(crate) fn number_of<E: Engine>(db: &Db<'_, E>, loan: LoanId) -> StoreResult<i64> {
    if let Some(number) = known_number(db, loan)? {
        return Ok(number);
    }
    db.connection.run(ADD_KEY, (loan.0.as_bytes(),))?;
    known_number(db, loan)?.ok_or_else(|| StoreError::Engine("a loan got no number".to_owned()))
}

/// The small number of a loan, if anything is kept under it.
pub(crate) fn known_number<E: Engine>(db: &Db<'_, E>, loan: LoanId) -> StoreResult<Option<i64>> {
    db.connection.one(FIND_KEY, (loan.0.as_bytes(),), |row| row.get(0))
}

impl<E: Engine> Lending for Unit<'_, E> {
    fn put_charter(&mut self, version: u32, toml: &str, at: Timestamp) -> StoreResult<()> {
        self.run(|db| {
            db.connection
                .run(PUT_CHARTER, (version, toml, at.as_microsecond()))
                .or_conflict(|| format!("version {version} of the charter is kept already"))
                .map(drop)
        })
    }

    fn charter(&mut self) -> StoreResult<Option<(u32, String)>> {
        self.run(|db| db.connection.one(CHARTER, (), |row| Ok((row.get(0)?, row.get(1)?))))
    }

    fn charter_version(&mut self, version: u32) -> StoreResult<Option<String>> {
        self.run(|db| db.connection.one(CHARTER_VERSION, (version,), |row| row.get(0)))
    }

    fn put_borrower(&mut self, borrower: &Borrower) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("borrower", borrower)?;
            let registered = borrower.registered.as_microsecond();
            db.connection.run(PUT_BORROWER, (borrower.id.0.as_bytes(), registered, body)).map(drop)
        })
    }

    fn borrower(&mut self, id: BorrowerId) -> StoreResult<Option<Borrower>> {
        self.run(|db| db.connection.one(BORROWER, (id.0.as_bytes(),), |row| document("borrower", row)))
    }

    fn borrowers(&mut self) -> StoreResult<Vec<Borrower>> {
        self.run(|db| db.connection.all(BORROWERS, (), |row| document("borrower", row)))
    }

    fn next_loan_number(&mut self) -> StoreResult<LoanNumber> {
        self.run(|db| Ok(LoanNumber(capped(db.connection.number(NEXT_NUMBER, ())?))))
    }

    fn put_loan(&mut self, loan: &Loan) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("loan", loan)?;
            db.connection
                .run(PUT_LOAN, (loan.id.0.as_bytes(), loan.number.0, loan.terms.borrower.0.as_bytes(), body))
                .or_conflict(|| format!("another loan has the number `{}`", loan.number))
                .map(drop)
        })
    }

    fn loan(&mut self, id: LoanId) -> StoreResult<Option<Loan>> {
        self.run(|db| db.connection.one(LOAN, (id.0.as_bytes(),), |row| document("loan", row)))
    }

    fn loan_by_number(&mut self, number: LoanNumber) -> StoreResult<Option<Loan>> {
        self.run(|db| db.connection.one(LOAN_BY_NUMBER, (number.0,), |row| document("loan", row)))
    }

    fn loans(&mut self) -> StoreResult<Vec<Loan>> {
        self.run(|db| db.connection.all(LOANS, (), |row| document("loan", row)))
    }

    fn loans_of(&mut self, borrower: BorrowerId) -> StoreResult<Vec<Loan>> {
        self.run(|db| db.connection.all(LOANS_OF, (borrower.0.as_bytes(),), |row| document("loan", row)))
    }

    fn proceedings(&mut self, loan: LoanId) -> StoreResult<Proceedings> {
        self.run(|db| {
            let kept =
                db.connection.one(PROCEEDINGS, (loan.0.as_bytes(),), |row| document("decision", row))?;
            Ok(kept.unwrap_or_default())
        })
    }

    fn put_proceedings(&mut self, loan: LoanId, proceedings: &Proceedings) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("decision", proceedings)?;
            db.connection.run(PUT_PROCEEDINGS, (loan.0.as_bytes(), body)).map(drop)
        })
    }

    fn add_estimate(&mut self, estimate: &EstimateRecord) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("estimate", estimate)?;
            let question = estimate.question.0;
            let (borrower, season) = (estimate.borrower.0.as_bytes(), estimate.season.as_str());
            let row = (borrower, season, question, estimate.season_price.0, body);
            db.connection.run(ADD_ESTIMATE, row).map(drop)
        })
    }

    fn add_asking(&mut self, asking: &AskingRecord) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("request", asking)?;
            let row = (asking.borrower.0.as_bytes(), asking.at.as_microsecond(), body);
            db.connection.run(ADD_ASKING, row).map(drop)
        })
    }

    fn askings(&mut self, most: u32) -> StoreResult<Vec<AskingRecord>> {
        self.run(|db| db.connection.all(ASKINGS, (i64::from(most),), |row| document("request", row)))
    }

    fn estimate_of(&mut self, season: &Slug, question: ContentHash) -> StoreResult<Option<EstimateRecord>> {
        self.run(|db| {
            db.connection.one(ESTIMATE, (season.as_str(), question.0), |row| document("estimate", row))
        })
    }

    fn estimates_for(&mut self, borrower: BorrowerId, season: &Slug) -> StoreResult<Vec<EstimateRecord>> {
        self.run(|db| {
            let key = (borrower.0.as_bytes(), season.as_str());
            db.connection.all(ESTIMATES, key, |row| document("estimate", row))
        })
    }

    fn season_spent(&mut self, season: &Slug) -> StoreResult<RhoMillionths> {
        self.run(|db| Ok(RhoMillionths(capped(db.connection.number(SPENT, (season.as_str(),))?))))
    }
}
