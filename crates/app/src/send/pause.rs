//! People halt a send and let it go on. A pause needs no reason to be good; a resume needs the board's clearance, as
//! it stands now. A trustee's pause is an emergency brake: it ends by itself, unless another trustee confirms it.

use super::backlash;
use crate::context::App;
use crate::journal::enter;
use crate::lend::{charter_in, clearance_of, loan_numbered};
use crate::refusal::{Refusal, Result};
use crate::second::{Act, enter_with, second_person};
use hustings_domain::access::{Action, Actor, Role};
use hustings_domain::clearance::EmergencyPause;
use hustings_domain::guarded::Guarded;
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Loan, LoanState};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::{Span, Timestamp};
use serde_json::json;

/// Halts a send at once: nothing is claimed from here on, and what is in hand is given back at the relay's door.
pub fn pause(app: &App, actor: &Actor, number: LoanNumber, reason: &str) -> Result<Loan> {
    permit(actor, Action::PauseLoan)?;
    let reason = checked(reason)?;
    let now = app.now();
    app.store.write(|tx| {
        let loan = loan_numbered(tx, actor, number)?.pause(reason)?;
        tx.put_loan(&loan)?;
        let until = emergency(tx, actor, &loan, now)?;
        let body = json!({"loan": number, "until": until});
        enter(tx, now, actor, "send.paused", body)?;
        Ok(loan)
    })
}

/// Notes until when a trustee's pause holds; none for anybody else's, which holds until it is resumed.
fn emergency(tx: &mut dyn Tx, actor: &Actor, loan: &Loan, now: Timestamp) -> Result<Option<Timestamp>> {
    let Some(by) = actor.user.filter(|_| actor.roles.contains(&Role::Trustee)) else { return Ok(None) };
    let mut proceedings = tx.proceedings(loan.id)?;
    let again = proceedings.pause.as_ref().is_some_and(|last| last.by == by && last.confirmed.is_none());
    if again {
        return Err(Refusal::conflict(
            "pause.again",
            "you have paused this send once, and nobody confirmed it",
        )
        .hint("another trustee, a steward or the administrator can pause it"));
    }
    let hours = charter_in(tx)?.board.pause_hours;
    let until = now
        .checked_add(Span::new().hours(i64::from(hours)))
        .map_err(|error| Refusal::internal("no time is left").because(error))?;
    proceedings.pause = Some(EmergencyPause { by, at: now, until, confirmed: None, over: false });
    tx.put_proceedings(loan.id, &proceedings)?;
    Ok(Some(until))
}

/// Lets go on what a trustee paused and no other confirmed in time. Returns those that may be sent again.
///
/// The machine begins nothing by this: it goes on with what a steward began, under the board's clearance as it stands.
pub fn end_pauses(app: &App) -> Result<Vec<LoanNumber>> {
    let now = app.now();
    app.store.write(|tx| {
        let mut ended = Vec::new();
        for loan in tx.loans()?.into_iter().filter(|loan| loan.state == LoanState::Paused) {
            let mut proceedings = tx.proceedings(loan.id)?;
            let Some(pause) = &mut proceedings.pause else { continue };
            if pause.over || pause.confirmed.is_some() || now < pause.until {
                continue;
            }
            // What the board no longer clears, or what is past its window, stays where it is.
            let Ok(clearance) = clearance_of(tx, &loan) else { continue };
            let Ok((loan, right)) = loan.resume(&clearance, now) else { continue };
            pause.over = true;
            tx.put_proceedings(loan.id, &proceedings)?;
            tx.put_loan(&loan)?;
            let body = json!({"loan": loan.number, "content": right.content()});
            enter(tx, now, &Actor::machine(), "pause.ended", body)?;
            ended.push(loan.number);
        }
        Ok(ended)
    })
}

/// What a second person grants when a halted send goes on.
pub fn act_of_resuming(number: LoanNumber) -> Act {
    Act::new(Guarded::ResumeSend).with("loan", number.to_string())
}

/// Lets a halted send go on, with fresh evidence: whoever resumes answers for the old.
pub fn resume(app: &App, actor: &Actor, number: LoanNumber, reason: &str) -> Result<Loan> {
    permit(actor, Action::ResumeLoan)?;
    checked(reason)?;
    let now = app.now();
    app.store.write(|tx| {
        let loan = loan_numbered(tx, actor, number)?;
        let clearance = clearance_of(tx, &loan)?;
        let (loan, right) = loan.resume(&clearance, now)?;
        backlash::begin_anew(tx, loan.id, now)?;
        let mut proceedings = tx.proceedings(loan.id)?;
        if let Some(pause) = &mut proceedings.pause {
            pause.over = true;
            tx.put_proceedings(loan.id, &proceedings)?;
        }
        tx.put_loan(&loan)?;
        let second = second_person(tx, now, actor, &act_of_resuming(number))?;
        let body = json!({"loan": number, "content": right.content()});
        enter_with(tx, now, actor, "send.resumed", body, second)?;
        Ok(loan)
    })
}

/// Halts every send, for whatever throws the counts into doubt, such as a restore. Returns those halted.
///
/// What is paused stays so until a person resumes it: an emergency pause would else run out, and the send go on.
pub fn halt_all(app: &App, reason: &str) -> Result<Vec<LoanNumber>> {
    let machine = Actor::machine();
    permit(&machine, Action::PauseLoan)?;
    let reason = checked(reason)?;
    let now = app.now();
    app.store.write(|tx| {
        let mut halted = Vec::new();
        let loans = tx.loans()?;
        for loan in loans.iter().filter(|loan| loan.state == LoanState::Paused) {
            keep_paused(tx, loan)?;
        }
        for loan in loans.into_iter().filter(|loan| loan.state == LoanState::Sending) {
            let loan = loan.pause(reason.clone())?;
            tx.put_loan(&loan)?;
            enter(tx, now, &machine, "send.paused", json!({"loan": loan.number}))?;
            halted.push(loan.number);
        }
        Ok(halted)
    })
}

/// Ends a trustee's pause without letting the send go on: from here on it waits for a person.
fn keep_paused(tx: &mut dyn Tx, loan: &Loan) -> Result<()> {
    let mut proceedings = tx.proceedings(loan.id)?;
    if let Some(pause) = proceedings.pause.as_mut().filter(|pause| !pause.over) {
        pause.over = true;
        tx.put_proceedings(loan.id, &proceedings)?;
    }
    Ok(())
}

fn checked(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 2_000 {
        return Err(Refusal::invalid("pause.reason", "say why, in 1 to 2,000 characters"));
    }
    Ok(reason.to_owned())
}
