//! Mail that comes back: bounces and complaints. Only what carries a token of ours counts, so that nobody else's
//! letter can stop a supporter's mail or a send.

use super::answers::names_no_mailbox;
use super::links::LinkPlace;
use super::{backlash, marks};
use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::consent::SuppressionReason;
use hustings_domain::ids::{LoanNumber, Ordinal};
use hustings_domain::loan::Loan;
use hustings_mail::bounce::{self, About, Kind, Notice};
use hustings_store::Tx;
use hustings_store::records::Signal;
use jiff::{Span, Timestamp};
use serde::Serialize;

/// A Message-ID alone is looked for in the sends of so many days.
const SEARCH_DAYS: i64 = 30;
/// And among so many recipients at most.
const SEARCH_LIMIT: usize = 200_000;

/// What a notice led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Handled {
    /// The loan whose appeal it is about.
    pub loan: LoanNumber,
    /// The sign of backlash noted; none for a failure that may pass.
    pub signal: Option<Signal>,
    /// Whether the address is stopped for ever because of it.
    pub stopped: bool,
    /// Whether this paused the send.
    pub paused: bool,
}

/// Handles a message that came back to `envelope_to`. None when it is no notice, or not about mail of ours.
pub fn handle_report(app: &App, envelope_to: &str, raw_message: &[u8]) -> Result<Option<Handled>> {
    let domain = app.charter()?.owner.domain;
    let Ok(notice) = bounce::read(&marks::tokens(app, &domain), envelope_to, raw_message) else {
        return Ok(None);
    };
    let (about, signal, reason) = match notice {
        Notice::Complaint { about, feedback_type } if feedback_type != "not-spam" => {
            (about, Some(Signal::Complaint), SuppressionReason::Complained)
        }
        Notice::Complaint { about, .. } => (about, None, SuppressionReason::Complained),
        Notice::Bounce { about, status, kind } => {
            let dead = kind == Kind::Hard && names_no_mailbox(status);
            (about, dead.then_some(Signal::HardBounce), SuppressionReason::Bounced)
        }
    };
    let now = app.now();
    app.store.write(|tx| {
        let Some((loan, ordinal)) = recipient(app, tx, &about, now)? else { return Ok(None) };
        let mut handled = Handled { loan: loan.number, signal, stopped: false, paused: false };
        if let Some(signal) = signal {
            // INVARIANT (promise 4): the stop stands in the same transaction as the sign.
            backlash::stop_address(tx, ordinal, reason, now)?;
            handled.stopped = true;
            handled.paused = backlash::note_in(app, tx, loan.id, ordinal, signal, now)?;
        }
        Ok(Some(handled))
    })
}

fn recipient(app: &App, tx: &mut dyn Tx, about: &About, now: Timestamp) -> Result<Option<(Loan, Ordinal)>> {
    if let Some(returned) = about.delivery {
        let LinkPlace { loan, seq } = marks::place(returned);
        let Some(loan) = tx.loan_by_number(loan)? else { return Ok(None) };
        let delivery = tx.delivery(loan.id, seq)?;
        return Ok(delivery.map(|delivery| (loan, delivery.ordinal)));
    }
    match &about.message_id {
        Some(id) => search(app, tx, id, now),
        None => Ok(None),
    }
}

/// A Message-ID names its recipient to nobody, so those lately mailed are gone through.
fn search(app: &App, tx: &mut dyn Tx, id: &str, now: Timestamp) -> Result<Option<(Loan, Ordinal)>> {
    let domain = charter_in(tx)?.owner.domain;
    let oldest = now
        .checked_sub(Span::new().hours(24 * SEARCH_DAYS))
        .map_err(|error| Refusal::internal("a search reaches back before time").because(error))?;
    let mut left = SEARCH_LIMIT;
    for loan in tx.loans()? {
        if tx.send(loan.id)?.is_none_or(|send| send.frozen < oldest) {
            continue;
        }
        for ordinal in tx.planned(loan.id)?.into_iter().take(left) {
            left -= 1;
            let Some(record) = tx.supporter(ordinal)? else { continue };
            if marks::message_id(app, &domain, loan.id, record.id) == id {
                return Ok(Some((loan, ordinal)));
            }
        }
    }
    Ok(None)
}
