//! The mark on a borrower's standing: by the calendar as soon as something owed is late by the charter's days, and gone
//! when it is acknowledged.

use crate::context::App;
use crate::journal::enter;
use crate::lend::{charter_in, note_standing};
use crate::refusal::Result;
use hustings_domain::access::Actor;
use hustings_domain::charter::{Charter, MarkStops};
use hustings_domain::duty::Duty;
use hustings_domain::ids::BorrowerId;
use hustings_store::Tx;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

/// A mark that stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Mark {
    /// How many things owed are late by so much.
    pub duties: usize,
    /// When the first of them was due.
    pub first_due: Timestamp,
    /// Whether it stops new requests.
    pub stops_requests: bool,
    /// Whether it stops new copies.
    pub stops_copies: bool,
}

impl Mark {
    /// In words that a borrower and a trustee read.
    pub fn words(&self) -> String {
        let day = self.first_due.to_zoned(TimeZone::UTC).strftime("%-d %B %Y");
        let things =
            if self.duties == 1 { "one thing".to_owned() } else { format!("{} things", self.duties) };
        let due = if self.duties == 1 { "it was due" } else { "the first was due" };
        format!("{things} that it owes of its copies was not acknowledged in time; {due} on {day}")
    }
}

/// The mark on a borrower's standing, if there is one.
pub fn mark_of(app: &App, borrower: BorrowerId) -> Result<Option<Mark>> {
    let now = app.now();
    app.store.read(|tx| {
        let charter = charter_in(tx)?;
        mark_in(tx, &charter, borrower, now)
    })
}

pub(crate) fn mark_in(
    tx: &mut dyn Tx,
    charter: &Charter,
    borrower: BorrowerId,
    now: Timestamp,
) -> Result<Option<Mark>> {
    let rules = &charter.duties;
    let late: Vec<Duty> =
        tx.duties(Some(borrower))?.into_iter().filter(|duty| duty.is_mark(rules, now)).collect();
    Ok(late.iter().map(|duty| duty.due).min().map(|first_due| Mark {
        duties: late.len(),
        first_due,
        stops_requests: rules.stops(MarkStops::Requests),
        stops_copies: rules.stops(MarkStops::Copies),
    }))
}

/// Why a mark stops this borrower, where the charter says that a mark stops it.
pub(crate) fn stopped_by_mark(
    tx: &mut dyn Tx,
    charter: &Charter,
    borrower: BorrowerId,
    what: MarkStops,
    now: Timestamp,
) -> Result<Option<String>> {
    if !charter.duties.stops(what) {
        return Ok(None);
    }
    Ok(mark_in(tx, charter, borrower, now)?.map(|mark| {
        format!(
            "its standing has a mark: {}; it goes as soon as they are acknowledged on the desk",
            mark.words()
        )
    }))
}

/// Takes the mark off when nothing stands behind it any more; true when it was taken off. It stays in the history.
pub(super) fn lift_when_made_good(
    tx: &mut dyn Tx,
    actor: &Actor,
    charter: &Charter,
    borrower: BorrowerId,
    now: Timestamp,
) -> Result<bool> {
    let Some(mut kept) = tx.borrower(borrower)? else { return Ok(false) };
    if kept.marked.is_none() || mark_in(tx, charter, borrower, now)?.is_some() {
        return Ok(false);
    }
    kept.marked = None;
    note_standing(&mut kept, actor, now, "mark lifted", "everything that was late is acknowledged");
    tx.put_borrower(&kept)?;
    enter(tx, now, actor, "borrower.mark-lifted", json!({"borrower": borrower}))?;
    Ok(true)
}
