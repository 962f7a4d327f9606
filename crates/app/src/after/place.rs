//! What a link of a mail leads to: the loan, who asks, and the one person whom the link was sent to.

use crate::context::App;
use crate::lend::charter_in;
use crate::people::open_in;
use crate::refusal::{Refusal, Result};
use crate::send::links::{LinkPlace, person_at};
use hustings_domain::borrower::Borrower;
use hustings_domain::charter::Charter;
use hustings_domain::ids::{CopyNumber, Ordinal};
use hustings_domain::loan::Loan;
use hustings_store::Tx;
use hustings_store::records::SupporterRecord;
use hustings_vault::{Field, Identity};
use jiff::{Span, Timestamp};

/// A person at a place of a send.
pub(super) struct Place {
    pub(super) charter: Charter,
    pub(super) loan: Loan,
    pub(super) borrower: Borrower,
    pub(super) record: SupporterRecord,
    pub(super) identity: Identity,
}

impl Place {
    /// Reads it, and opens the person's identity.
    pub(super) fn read(app: &App, tx: &mut dyn Tx, place: LinkPlace) -> Result<Self> {
        let (loan, ordinal, _) = person_at(tx, place)?;
        let (record, identity) = open_in(app, tx, ordinal)?
            .ok_or_else(|| Refusal::not_found("supporter.gone", "we hold nothing about you any more"))?;
        let borrower = borrower_of(tx, &loan)?;
        Ok(Self { charter: charter_in(tx)?, loan, borrower, record, identity })
    }

    pub(super) fn ordinal(&self) -> Ordinal {
        self.record.ordinal
    }
}

/// Who asked for a loan.
pub(super) fn borrower_of(tx: &mut dyn Tx, loan: &Loan) -> Result<Borrower> {
    tx.borrower(loan.terms.borrower)?
        .ok_or_else(|| Refusal::internal(format!("the borrower of loan `{}` is not kept", loan.number)))
}

/// The fields that a loan offers to pass on. Only fields of the identity, which the person sees on the page,
/// can be among them: no attribute is a field.
pub(super) fn offered(loan: &Loan) -> Vec<Field> {
    Field::ALL
        .into_iter()
        .filter(|field| loan.terms.fields.iter().any(|name| name.as_str() == field.as_str()))
        .collect()
}

/// So many days of 24 hours later.
pub(super) fn days_after(at: Timestamp, days: u32) -> Result<Timestamp> {
    at.checked_add(Span::new().hours(24 * i64::from(days)))
        .map_err(|error| Refusal::internal("no time is left").because(error))
}

/// Until when answers are taken and copies made: the loan's window and the charter's days after it.
pub(super) fn introductions_end(charter: &Charter, loan: &Loan) -> Result<Timestamp> {
    days_after(loan.terms.closes, charter.retention.introduction_days)
}

/// Refuses what comes later than [`introductions_end`].
pub(super) fn expect_open(charter: &Charter, loan: &Loan, now: Timestamp) -> Result<()> {
    let end = introductions_end(charter, loan)?;
    if now < end {
        return Ok(());
    }
    Err(Refusal::conflict(
        "loan.expired",
        format!("loan `{}` ended, and nobody is introduced after {end}", loan.number),
    )
    .hint("nothing about anybody passes any more"))
}

/// The copy of this loan that a person is in, if any.
pub(super) fn introduced_in(tx: &mut dyn Tx, loan: &Loan, ordinal: Ordinal) -> Result<Option<CopyNumber>> {
    Ok(tx
        .copies_with(ordinal)?
        .into_iter()
        .find(|(copy, _)| copy.loan == loan.id)
        .map(|(copy, _)| copy.number))
}
