//! A supporter takes a yes back: from the copies that they are in, and from whatever copy would be made.

use super::copies::fetched_at;
use super::duties::{Owed, owe};
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use crate::send::links::{self, LinkPurpose, person_at};
use hustings_domain::access::Actor;
use hustings_domain::copy::CopyRecord;
use hustings_domain::duty::{Duty, DutyKind};
use hustings_domain::ids::{CopyNumber, LoanNumber, Ordinal};
use hustings_domain::response::ResponseKind;
use hustings_store::Tx;
use hustings_store::records::{CopyRow, ResponseRecord};
use jiff::Timestamp;
use serde_json::json;

/// What a take-back did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// Who was told to erase.
    pub borrower: String,
    /// When.
    pub told: Timestamp,
    /// Whether the copy had left before; if not, the row leaves no more.
    pub had_left: bool,
}

/// What taking a yes back did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YesTakenBack {
    /// To whom it had been said.
    pub borrower: String,
    /// The copies that the person was in; none when nothing had passed yet.
    pub copies: Vec<TakenBack>,
}

/// Takes an introduction back: the borrower is told to erase the row, and it leaves in no copy from here on.
pub fn take_back(app: &App, token: &str, number: CopyNumber) -> Result<TakenBack> {
    let ordinal = super::my_page::who(app, token)?;
    let now = app.now();
    app.store.write(|tx| {
        let mine = tx.copies_with(ordinal)?.into_iter().find(|(copy, _)| copy.number == number);
        let (copy, row) =
            mine.ok_or_else(|| Refusal::not_found("copy.unknown", format!("you are in no copy `{number}`")))?;
        recall(app, tx, &copy, row, now)
    })
}

/// Takes a yes back by the link that it was given on, or by the person's own page, which names the loan. What has passed
/// must be erased; what has not passes no more.
pub fn take_back_yes(
    app: &App,
    purpose: LinkPurpose,
    token: &str,
    number: Option<LoanNumber>,
) -> Result<YesTakenBack> {
    let place = links::open(app, purpose, token)?;
    let now = app.now();
    app.store.write(|tx| {
        let (loan, ordinal, _) = person_at(tx, place)?;
        let loan = match number.filter(|_| purpose == LinkPurpose::MyPage) {
            None => loan,
            Some(number) => tx.loan_by_number(number)?.ok_or_else(|| no_yes(number))?,
        };
        let said = tx.response(loan.id, ordinal)?.filter(|said| said.kind == ResponseKind::Yes);
        let said = said.ok_or_else(|| no_yes(loan.number))?;
        let mut copies = Vec::new();
        for (copy, row) in tx.copies_with(ordinal)?.into_iter().filter(|(copy, _)| copy.loan == loan.id) {
            copies.push(recall(app, tx, &copy, row, now)?);
        }
        if copies.is_empty() {
            let kind = ResponseKind::No;
            tx.put_response(&ResponseRecord { kind, fields: Vec::new(), at: now, ..said })?;
        }
        let borrower = tx.borrower(loan.terms.borrower)?.map_or_else(String::new, |borrower| borrower.name);
        Ok(YesTakenBack { borrower, copies })
    })
}

fn no_yes(number: LoanNumber) -> Refusal {
    Refusal::conflict("answer.no-yes", format!("no yes of yours to loan `{number}` stands"))
        .hint("nothing about you passes under it")
}

/// The row's duty, once.
fn recall(app: &App, tx: &mut dyn Tx, copy: &CopyRecord, row: CopyRow, now: Timestamp) -> Result<TakenBack> {
    let borrower = tx.borrower(copy.borrower)?.map_or_else(String::new, |borrower| borrower.name);
    let had_left = fetched_at(tx, copy.number)?.is_some();
    if let Some(duty) = duty_of(tx, copy, &row.reference)? {
        return Ok(TakenBack { borrower, told: duty.told, had_left });
    }
    let (kind, reference) = (DutyKind::Recall, Some(row.reference));
    let rules = charter_in(tx)?.duties;
    let owed = Owed { copy, kind, reference, fields: Vec::new(), due: None };
    owe(tx, &rules, owed, now, &mut *app.rng("erasure-notice"))?;
    let body = json!({"copy": copy.number, "borrower": copy.borrower});
    enter(tx, now, &Actor::machine(), "introduction.taken-back", body)?;
    Ok(TakenBack { borrower, told: now, had_left })
}

/// What a borrower owes of one row that must go.
pub(super) fn duty_of(tx: &mut dyn Tx, copy: &CopyRecord, reference: &str) -> Result<Option<Duty>> {
    let duties = tx.duties(Some(copy.borrower))?;
    Ok(duties.into_iter().find(|duty| {
        duty.kind.erases_a_row() && duty.copy == copy.number && duty.reference.as_deref() == Some(reference)
    }))
}

/// When a yes of a person was taken back, if it was.
pub(super) fn taken_back_at(
    tx: &mut dyn Tx,
    loan: &hustings_domain::loan::Loan,
    ordinal: Ordinal,
) -> Result<Option<Timestamp>> {
    for (copy, row) in tx.copies_with(ordinal)?.into_iter().filter(|(copy, _)| copy.loan == loan.id) {
        if let Some(duty) = duty_of(tx, &copy, &row.reference)? {
            return Ok(Some(duty.told));
        }
    }
    Ok(None)
}
