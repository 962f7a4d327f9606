//! A borrower registers itself, on the owner's public page. Whoever fills the form in shows no proof of who they are, so
//! it only adds somebody to be checked: it may ask nothing until a steward has.

use super::filing::{check_positions, checked, has_an_election};
use super::standing::note;
use super::{NewBorrower, insert};
use crate::context::App;
use crate::journal::enter;
use crate::lend::load;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::borrower::{Borrower, BorrowerFile, BorrowerKind, Standing};
use serde_json::json;

/// So many may wait to be checked; a flood of made-up ones stops there.
pub const MOST_WAITING: usize = 200;

/// What the form holds.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Who registers.
    pub borrower: NewBorrower,
    /// What it files about itself.
    pub file: BorrowerFile,
}

/// Registers a borrower by the public form; on return it waits for a steward.
pub fn register_borrower(app: &App, registration: Registration) -> Result<Borrower> {
    let now = app.now();
    let Registration { borrower: new, file } = registration;
    let file = checked(file, &new.positions)?;
    if new.kind == BorrowerKind::Candidate && !has_an_election(&file, now) {
        return Err(Refusal::invalid(
            "borrower.no-election",
            "a candidate names an election that is to come",
        )
        .hint("give its day, such as 2026-11-03"));
    }
    app.store.write(|tx| {
        let charter = load::charter(tx)?;
        check_positions(&charter, &new.positions)?;
        let waiting = tx.borrowers()?.iter().filter(|known| known.standing == Standing::Registered).count();
        if waiting >= MOST_WAITING {
            return Err(Refusal::new(
                Kind::Busy,
                "borrower.many-waiting",
                "too many registrations wait to be checked",
            )
            .hint("come back in a few days, or write to the list's owner"));
        }
        let mut borrower = insert(tx, app, new, file)?;
        note(&mut borrower, &Actor::machine(), now, "registered", "by the form on the public page");
        tx.put_borrower(&borrower)?;
        // The ledger is public and for ever: what a stranger typed goes on it only when a steward has checked it.
        let body = json!({"borrower": borrower.id, "kind": borrower.kind, "form": true});
        enter(tx, now, &Actor::machine(), "borrower.registered", body)?;
        Ok(borrower)
    })
}
