//! What follows a wave: the pilot is watched, the rest is released, and in the end the loan is sent.

use super::backlash::{self, EvidenceView};
use crate::context::App;
use crate::journal::enter;
use crate::lend::{charter_in, clearance_of, loan_numbered};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::charter::Charter;
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Loan, LoanState};
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::{DeliveryCounts, DeliveryResult, DeliveryState, SendRecord};
use jiff::{Span, Timestamp};
use serde_json::json;

/// How many recipients are closed in one go.
const CLOSED_AT_ONCE: u32 = 5_000;

/// What there is to do after a wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// More may go now.
    Again,
    /// A person or the stop rule halted it.
    Paused {
        /// Why.
        reason: String,
    },
    /// The pilot is being watched.
    Pilot {
        /// The rest may go from here on.
        until: Timestamp,
    },
    /// Everybody was tried; some are to be tried again.
    Deferred {
        /// How many.
        people: u32,
    },
    /// The loan is sent.
    Finished,
}

/// Releases the rest of a send whose pilot has been watched long enough and gave no reason to stop.
///
/// A steward may ask; the machine may too, because it goes on with what a steward began under the same clearance.
pub fn release_rest(app: &App, actor: &Actor, number: LoanNumber) -> Result<SendRecord> {
    if *actor != Actor::machine() {
        permit(actor, Action::SendLoan)?;
    }
    let now = app.now();
    app.store.write(|tx| {
        let loan = loan_numbered(tx, actor, number)?;
        let clearance = clearance_of(tx, &loan)?;
        loan.take_up(&clearance, now)?;
        let charter = charter_in(tx)?;
        let send = send_of(tx, &loan)?;
        release(tx, actor, &charter, &loan, send, now)
    })
}

/// What a wave left behind, and the step that follows from it.
pub(super) fn conclude(app: &App, number: LoanNumber, claimed_any: bool) -> Result<(Next, DeliveryCounts)> {
    let now = app.now();
    app.store.write(|tx| {
        let machine = Actor::machine();
        let loan = loan_numbered(tx, &machine, number)?;
        let counts = tx.delivery_counts(loan.id, u32::MAX)?;
        if loan.state != LoanState::Sending {
            let reason = loan.reason.unwrap_or_else(|| format!("the loan is {}", loan.state));
            return Ok((Next::Paused { reason }, counts));
        }
        let mut send = send_of(tx, &loan)?;
        let open = tx.delivery_counts(loan.id, send.released)?;
        if open.pending > 0 || (open.claimed > 0 && claimed_any) {
            return Ok((Next::Again, counts));
        }
        if open.claimed > 0 {
            // Going on would never end: nobody holds them, and nobody may claim them.
            return Err(Refusal::internal("recipients are in nobody's hands")
                .hint("stop and start the program: opening the list puts them right"));
        }
        if send.pilot_done.is_none() {
            send.pilot_done = Some(now);
            tx.put_send(&send)?;
            enter(tx, now, &machine, "send.pilot-done", json!({"loan": number}))?;
        }
        if send.released < send.planned {
            let charter = charter_in(tx)?;
            let until = watched_until(&charter, &send)?;
            if now < until {
                return Ok((Next::Pilot { until }, counts));
            }
            release(tx, &machine, &charter, &loan, send, now)?;
            return Ok((Next::Again, counts));
        }
        if counts.deferred > 0 {
            return Ok((Next::Deferred { people: counts.deferred }, counts));
        }
        finish(tx, loan, counts, now)?;
        Ok((Next::Finished, counts))
    })
}

/// The window is over: whoever was not mailed never is. True when the loan is sent then.
pub(super) fn close_window(app: &App, number: LoanNumber) -> Result<bool> {
    let now = app.now();
    app.store.write(|tx| {
        let loan = loan_numbered(tx, &Actor::machine(), number)?;
        if loan.state != LoanState::Sending || now < loan.terms.closes {
            return Ok(false);
        }
        loop {
            let left = tx.claim(loan.id, u32::MAX, CLOSED_AT_ONCE, app.epoch, now, now)?;
            if left.is_empty() {
                break;
            }
            let never = |seq| DeliveryResult { seq, state: DeliveryState::Stopped, code: None };
            let results: Vec<DeliveryResult> = left.iter().map(|delivery| never(delivery.seq)).collect();
            tx.settle_deliveries(loan.id, app.epoch, &results, now)?;
        }
        let counts = tx.delivery_counts(loan.id, u32::MAX)?;
        finish(tx, loan, counts, now)?;
        Ok(true)
    })
}

pub(super) fn send_of(tx: &mut dyn Tx, loan: &Loan) -> Result<SendRecord> {
    tx.send(loan.id)?.ok_or_else(|| {
        Refusal::conflict("send.not-begun", format!("nothing of loan `{}` was ever sent", loan.number))
            .hint(format!("`hustings loan send {}` begins it", loan.number))
    })
}

fn watched_until(charter: &Charter, send: &SendRecord) -> Result<Timestamp> {
    let done = send.pilot_done.ok_or_else(|| {
        Refusal::conflict("send.pilot", "the pilot is not out yet")
            .hint("the rest follows by itself once it was watched")
    })?;
    done.checked_add(Span::new().hours(i64::from(charter.sending.pilot_hours)))
        .map_err(|error| Refusal::internal("no time is left").because(error))
}

// INVARIANT (promise 10): nothing beyond the pilot is released before it was watched, nor while the stop rule says stop.
fn release(
    tx: &mut dyn Tx,
    actor: &Actor,
    charter: &Charter,
    loan: &Loan,
    mut send: SendRecord,
    now: Timestamp,
) -> Result<SendRecord> {
    if send.released >= send.planned {
        return Ok(send);
    }
    let until = watched_until(charter, &send)?;
    if now < until {
        return Err(Refusal::conflict("send.pilot-watched", format!("the pilot is watched until {until}"))
            .hint("the charter's `pilot_hours` says how long"));
    }
    if let Some(bad) = backlash::look(tx, charter, loan)?.iter().find(|view| EvidenceView::says_stop(view)) {
        return Err(Refusal::conflict("send.backlash", "the stop rule says stop").because(bad.words()));
    }
    send.released = send.planned;
    tx.put_send(&send)?;
    enter(tx, now, actor, "send.released", json!({"loan": loan.number}))?;
    Ok(send)
}

fn finish(tx: &mut dyn Tx, loan: Loan, counts: DeliveryCounts, now: Timestamp) -> Result<()> {
    let loan = loan.finish()?;
    tx.put_loan(&loan)?;
    let body = json!({"loan": loan.number, "accepted": counts.accepted, "refused": counts.refused,
        "in_doubt": counts.in_doubt, "stopped": counts.stopped});
    enter(tx, now, &Actor::machine(), "send.finished", body)?;
    Ok(())
}
