//! People halt a send and let it go on. A pause needs no reason to be good; a resume needs the board's clearance, as
//! it stands now.

use super::backlash;
use crate::context::App;
use crate::journal::enter;
use crate::lend::{clearance_of, loan_numbered};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Loan, LoanState};
use hustings_policy::permit;
use serde_json::json;

/// Halts a send at once: nothing is claimed from here on, and what is in hand is given back at the relay's door.
pub fn pause(app: &App, actor: &Actor, number: LoanNumber, reason: &str) -> Result<Loan> {
    permit(actor, Action::PauseLoan)?;
    let reason = checked(reason)?;
    let now = app.now();
    app.store.write(|tx| {
        let loan = loan_numbered(tx, actor, number)?.pause(reason)?;
        tx.put_loan(&loan)?;
        let counts = tx.delivery_counts(loan.id, u32::MAX)?;
        enter(tx, now, actor, "send.paused", json!({"loan": number, "accepted": counts.accepted}))?;
        Ok(loan)
    })
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
        tx.put_loan(&loan)?;
        enter(tx, now, actor, "send.resumed", json!({"loan": number, "content": right.content()}))?;
        Ok(loan)
    })
}

/// Halts every send, for whatever throws the counts into doubt, such as a restore. Returns those halted.
pub fn halt_all(app: &App, reason: &str) -> Result<Vec<LoanNumber>> {
    let machine = Actor::machine();
    permit(&machine, Action::PauseLoan)?;
    let reason = checked(reason)?;
    let now = app.now();
    app.store.write(|tx| {
        let mut halted = Vec::new();
        for loan in tx.loans()?.into_iter().filter(|loan| loan.state == LoanState::Sending) {
            let loan = loan.pause(reason.clone())?;
            tx.put_loan(&loan)?;
            enter(tx, now, &machine, "send.paused", json!({"loan": loan.number}))?;
            halted.push(loan.number);
        }
        Ok(halted)
    })
}

fn checked(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 2_000 {
        return Err(Refusal::invalid("pause.reason", "say why, in 1 to 2,000 characters"));
    }
    Ok(reason.to_owned())
}
