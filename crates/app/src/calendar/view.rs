//! The calendar as its page and `hustings calendar show` tell it: the owner's own people alone.

use super::share::competing;
use super::shares::{ShareView, caps, share_view};
use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::Ask;
use hustings_policy::permit;
use hustings_store::records::CalendarEntry;
use jiff::{Span, Timestamp};
use serde::Serialize;

/// A cleared loan that waits.
#[derive(Debug, Clone, Serialize)]
pub struct Competing {
    /// The loan.
    pub loan: LoanNumber,
    /// Who asks.
    pub borrower: String,
    /// What people are asked to do.
    pub ask: Ask,
    /// The most people.
    pub cap: u32,
    /// Nothing is sent before.
    pub opens: Timestamp,
    /// Nothing is sent from here on.
    pub closes: Timestamp,
}

/// The calendar.
#[derive(Debug, Clone, Serialize)]
pub struct CalendarView {
    /// Over how many days loans compete.
    pub window_days: u32,
    /// The owner's own mail by day, with how many people each goes to; cancelled entries too.
    pub own: Vec<(CalendarEntry, u64)>,
    /// The loans that would take part in a sharing now.
    pub waiting: Vec<Competing>,
    /// What the newest sharing gave.
    pub newest: Vec<ShareView>,
}

/// The calendar as it is now.
pub fn calendar(app: &App, actor: &Actor) -> Result<CalendarView> {
    permit(actor, Action::ReadCalendar)?;
    let now = app.now();
    app.store.read(|tx| {
        let charter = charter_in(tx)?;
        let closes = now
            .checked_add(Span::new().hours(24 * i64::from(charter.sharing.window_days)))
            .map_err(|error| Refusal::internal("the window ends after time").because(error))?;
        let mut own = Vec::new();
        for entry in tx.calendar_entries()? {
            let people = tx.calendar_people(entry.id)?.len() as u64;
            own.push((entry, people));
        }
        let waiting = competing(tx, now, closes)?.into_iter().map(|(loan, borrower)| Competing {
            loan: loan.number,
            borrower: borrower.name,
            ask: loan.terms.ask,
            cap: loan.terms.cap,
            opens: loan.terms.opens,
            closes: loan.terms.closes,
        });
        let waiting = waiting.collect();
        let mut newest = Vec::new();
        if let Some(sharing) = tx.sharings()?.into_iter().next() {
            for share in &sharing.shares {
                let Some(loan) = tx.loan(share.loan)? else { continue };
                let borrower = tx.borrower(loan.terms.borrower)?.map_or_else(String::new, |found| found.name);
                newest.push(share_view(&loan, &borrower, &sharing, &share.share, caps(&charter)));
            }
        }
        Ok(CalendarView { window_days: charter.sharing.window_days, own, waiting, newest })
    })
}
