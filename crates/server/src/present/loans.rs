//! Loans in a table, and what past loans to a borrower did.

use super::{frame, words};
use crate::routes::Call;
use crate::views::console::LoanRow;
use crate::views::format::{count, counted};
use hustings_app::{Refusal, Result, lend};
use hustings_domain::borrower::Borrower;
use hustings_domain::loan::Loan;
use hustings_domain::money::Cents;
use hustings_domain::response::ResponseKind;

/// One loan in a table.
pub(crate) fn row(call: &Call, loan: &Loan, borrower: &Borrower, reach: Option<u32>) -> LoanRow {
    LoanRow {
        number: u64::from(loan.number.0),
        borrower: borrower.name.clone(),
        subject: loan.appeal.subject.clone(),
        ask: loan.terms.ask.to_string(),
        area: loan.terms.area.label(),
        state: words::loan_state(loan.state),
        asked: frame::day(call, loan.requested),
        reach: reach.map_or_else(String::new, |people| count(u64::from(people))),
    }
}

/// Rows with what each loan addressed.
pub(crate) fn rows(call: &Call, loans: &[(Loan, Borrower)]) -> Result<Vec<LoanRow>> {
    call.app().store().read(|tx| {
        loans
            .iter()
            .map(|(loan, borrower)| {
                let planned = tx.send(loan.id)?.map(|send| send.planned);
                Ok::<_, Refusal>(row(call, loan, borrower, planned))
            })
            .collect()
    })
}

/// What some loans did together.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// How many loans.
    pub(crate) loans: u64,
    /// Messages accepted.
    pub(crate) reached: u64,
    /// People who said yes.
    pub(crate) yes: u64,
    /// Complaints and reports of misuse.
    pub(crate) complaints: u64,
    /// In-kind value.
    pub(crate) value: Cents,
}

impl Record {
    /// Adds up what these loans did.
    pub(crate) fn of<'a>(call: &Call, loans: impl Iterator<Item = &'a Loan>) -> Result<Self> {
        call.app().store().read(|tx| {
            let mut record = Self::default();
            for loan in loans {
                let outcome = lend::settlement(tx, loan)?;
                let yes = outcome.answers.iter().find(|(kind, _)| *kind == ResponseKind::Yes);
                let complaints = outcome.signals.iter().find(|(signal, _)| signal.as_str() == "complaint");
                record.loans += 1;
                record.reached += u64::from(outcome.deliveries.accepted);
                record.yes += yes.map_or(0, |(_, people)| u64::from(*people));
                record.complaints += complaints.map_or(0, |(_, people)| u64::from(*people));
                record.value = Cents(record.value.0 + outcome.value.0);
            }
            Ok::<_, Refusal>(record)
        })
    }

    /// In a sentence: `2 loans before: 8,198 reached, 419 said yes, 1 complained.`
    pub(crate) fn sentence(&self) -> String {
        if self.loans == 0 {
            return "Their first loan here.".to_owned();
        }
        format!(
            "{} before: {} reached, {} said yes, {} complained.",
            counted(self.loans, "loan", "loans"),
            count(self.reached),
            count(self.yes),
            count(self.complaints)
        )
    }
}
