//! Beginning a send: the board's clearance, the frozen audience, the ledger's entry and the loan's new state stand
//! together or not at all. Whoever tries without the right is on the ledger too.

use super::freeze::{Frozen, freeze, hold_back_commitment};
use crate::context::App;
use crate::hold;
use crate::journal::enter;
use crate::lend::{charter_in, clearance_of, loan_numbered};
use crate::refusal::{Kind, Refusal, Result};
use crate::worth::expect_lawful_send;
use hustings_domain::access::{Action, Actor};
use hustings_domain::borrower::Borrower;
use hustings_domain::canonical::ContentHash;
use hustings_domain::charter::Sending;
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Ask, Loan, SendRight};
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::SendRecord;
use jiff::Timestamp;
use serde_json::json;

/// Begins the send of a cleared loan: freezes who is mailed and releases the pilot. Mails nobody yet.
pub fn start_send(app: &App, actor: &Actor, number: LoanNumber) -> Result<SendRecord> {
    let now = app.now();
    let begun = permit(actor, Action::SendLoan)
        .map_err(Refusal::from)
        .and_then(|_| app.store.write(|tx| begin(app, tx, actor, number, now)));
    // INVARIANT (promise 3): an attempt that nobody had the right to leaves its trace, in a transaction of its own.
    if let Err(refusal) = &begun
        && refusal.kind == Kind::Denied
    {
        app.store.write(|tx| {
            enter(tx, now, actor, "send.denied", json!({"loan": number, "code": refusal.code}))
        })?;
    }
    begun
}

fn begin(
    app: &App,
    tx: &mut dyn Tx,
    actor: &Actor,
    number: LoanNumber,
    now: Timestamp,
) -> Result<SendRecord> {
    let loan = loan_numbered(tx, actor, number)?;
    let clearance = clearance_of(tx, &loan)?;
    let charter = charter_in(tx)?;
    let Some(borrower) = tx.borrower(loan.terms.borrower)?.filter(Borrower::is_verified) else {
        return Err(Refusal::new(
            Kind::Denied,
            "borrower.not-verified",
            "the borrower is not verified (any more)",
        )
        .hint("a steward verifies it with `hustings borrower verify`"));
    };
    let (loan, right) = loan.start(&clearance, now)?;
    let frozen = freeze(app, tx, &charter, &loan, now)?;
    expect_lawful_send(tx, &charter, &borrower, &loan, count(frozen.planned.len()))?;
    let send = record(&charter.sending, &loan, &right, &frozen, now);
    tx.put_send(&send)?;
    tx.insert_deliveries(loan.id, &frozen.planned, now)?;
    tx.insert_held_back(loan.id, &frozen.held_back)?;
    tx.put_loan(&loan)?;
    // Whoever began it goes on with it, and no other process is faster.
    hold::take(app, tx, &hold::sending(number))?;
    let commitment = ContentHash(hold_back_commitment(app, &charter.estimates.season));
    // INVARIANT (promise 7): the ledger is public, so it says how many were reached once the send is over, and before
    // that nothing of how many there are: each such number would be a count without a price.
    let body = json!({"loan": number, "content": send.content, "season": charter.estimates.season, "as_of": send.as_of,
        "at_most": loan.terms.cap, "hold_back_per_mille": send.hold_back_per_mille,
        "hold_back_commitment": commitment});
    enter(tx, now, actor, "send.started", body)?;
    Ok(send)
}

fn record(rules: &Sending, loan: &Loan, right: &SendRight, frozen: &Frozen, now: Timestamp) -> SendRecord {
    let planned = count(frozen.planned.len());
    let pilot = pilot(rules, planned);
    SendRecord {
        loan: loan.id,
        content: right.content(),
        frozen: now,
        as_of: frozen.as_of,
        selected: small(frozen.selected),
        tired: small(frozen.tired),
        stopped: small(frozen.stopped),
        held_back: count(frozen.held_back.len()),
        planned,
        pilot,
        released: pilot,
        hold_back_per_mille: u32::from(frozen.share.per_mille()),
        money: loan.terms.ask == Ask::Give,
        pilot_done: None,
    }
}

/// How many of `planned` go first.
fn pilot(rules: &Sending, planned: u32) -> u32 {
    let share = (u64::from(planned) * u64::from(rules.pilot_per_mille)).div_ceil(1_000);
    small(share).max(rules.pilot_least).max(1).min(planned)
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}

fn small(people: u64) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}
