//! A request as the charter's rules see it: put together from what is kept, and kept, refused ones too, so that another
//! charter can decide it again.

use super::load::charter as charter_in;
use super::request::RequestFile;
use crate::after::stopped_by_mark;
use crate::refusal::{Refusal, Result};
use hustings_domain::borrower::Borrower;
use hustings_domain::charter::{Charter, MarkStops};
use hustings_domain::ids::{LoanId, LoanNumber};
use hustings_domain::loan::{Loan, LoanState};
use hustings_policy::{Asker, Case, Wanted};
use hustings_store::Tx;
use hustings_store::records::AskingRecord;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What `file` asks, by `borrower`, now.
pub(super) fn of_request(
    tx: &mut dyn Tx,
    borrower: &Borrower,
    file: &RequestFile,
    now: Timestamp,
) -> Result<Case> {
    Ok(Case {
        now,
        asker: asker(tx, borrower, None, now)?,
        wanted: Wanted {
            records: file.records,
            area: file.area.clone(),
            ask: file.ask,
            issues: file.issues.clone(),
            people: file.cap,
            fields: file.fields.clone(),
            opens: file.opens.unwrap_or(now),
            closes: file.closes,
        },
    })
}

/// What `loan` asked, on the day when it asked; where its borrower stands, as it is `now`.
pub(super) fn of_loan(tx: &mut dyn Tx, borrower: &Borrower, loan: &Loan, now: Timestamp) -> Result<Case> {
    let terms = &loan.terms;
    Ok(Case {
        now: loan.requested,
        asker: asker(tx, borrower, Some(loan.id), now)?,
        wanted: Wanted {
            records: false,
            area: Some(terms.area.clone()),
            ask: terms.ask,
            issues: terms.issues.clone(),
            people: Some(terms.cap),
            fields: terms.fields.clone(),
            opens: terms.opens,
            closes: terms.closes,
        },
    })
}

/// A borrower as the rules see it; `besides` is not counted among its open loans.
fn asker(tx: &mut dyn Tx, borrower: &Borrower, besides: Option<LoanId>, now: Timestamp) -> Result<Asker> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let is_open = |loan: &Loan| {
        besides != Some(loan.id) && !matches!(loan.state, LoanState::Refused | LoanState::Settled)
    };
    let open_loans = tx.loans_of(borrower.id)?.iter().filter(|loan| is_open(loan)).count();
    let told = tx.erasure_notices(Some(borrower.id))?;
    let open_erasures = told.iter().filter(|notice| notice.acknowledged.is_none()).count();
    let charter = charter_in(tx)?;
    let stopped = stopped_by_mark(tx, &charter, borrower.id, MarkStops::Requests, now)?;
    let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Asker {
        id: borrower.id,
        kind: borrower.kind,
        office: borrower.office.clone(),
        area: borrower.area.clone(),
        good_standing: borrower.may_ask(today) && stopped.is_none(),
        standing_words: borrower.standing.on(today).why_not().or(stopped),
        positions: borrower.positions.clone(),
        sourced: borrower.sourced(),
        registered: borrower.registered,
        election: borrower.election(today),
        open_loans: counted(open_loans),
        open_erasures: counted(open_erasures),
    })
}

/// Keeps a case with what became of it.
pub(super) fn keep(tx: &mut dyn Tx, charter: &Charter, case: &Case, loan: Option<LoanNumber>) -> Result<()> {
    let text = serde_json::to_string(case)
        .map_err(|error| Refusal::internal("a request could not be kept").because(error))?;
    let asking = AskingRecord {
        at: case.now,
        borrower: case.asker.id,
        loan,
        charter_version: charter.version,
        case: text,
    };
    Ok(tx.add_asking(&asking)?)
}
