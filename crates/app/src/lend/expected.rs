//! What comes next for a request, and by when: always said, so that nobody waits without knowing for what.

use crate::board::{Matter, due};
use crate::context::App;
use crate::refusal::Result;
use hustings_domain::loan::{Loan, LoanState};
use jiff::Timestamp;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// By when; none where nothing is owed any more.
    pub by: Option<Timestamp>,
    /// Whether that is past.
    pub late: bool,
}

/// What is expected of a request now: the board's decision until it is made, then the end of its window.
pub fn expected(app: &App, loan: &Loan) -> Result<Expected> {
    let by = match loan.state {
        LoanState::Requested => Some(app.store.read(|tx| due(tx, Matter::Loan(loan.number)))?),
        LoanState::Cleared | LoanState::Sending | LoanState::Paused => Some(loan.terms.closes),
        LoanState::Refused | LoanState::Sent | LoanState::Settled => None,
    };
    Ok(Expected { by, late: by.is_some_and(|by| app.now() >= by) })
}
