//! What the lending use cases read before they decide.

use crate::board::decision_on_loan;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::Borrower;
use hustings_domain::charter::Charter;
use hustings_domain::clearance::{Clearance, Decision, Trustee};
use hustings_domain::ids::{BorrowerId, LoanNumber};
use hustings_domain::loan::Loan;
use hustings_policy::{Rules, is_theirs};
use hustings_store::Tx;
use std::sync::{Arc, PoisonError};

/// The charter in force, inside a transaction.
pub(crate) fn charter(tx: &mut dyn Tx) -> Result<Charter> {
    let (_, toml) = tx.charter()?.ok_or_else(|| {
        Refusal::conflict("charter.none", "no charter is in force")
            .hint("adopt one with `hustings init --charter FILE`")
    })?;
    Charter::from_toml(&toml).map_err(|problems| {
        Refusal::internal("the charter in force does not read").because(format!("{problems:?}"))
    })
}

/// The rules of the charter in force, compiled: once, until another charter is.
pub(crate) fn rules(app: &App, tx: &mut dyn Tx) -> Result<Arc<Rules>> {
    let charter = charter(tx)?;
    if let Some(kept) = &*app.rules.read().unwrap_or_else(PoisonError::into_inner)
        && *kept.charter() == charter
    {
        return Ok(Arc::clone(kept));
    }
    // No line is asked for: what is in force was checked with its text when it was adopted.
    let rules = Rules::read(&charter, "").map_err(|problems| {
        Refusal::internal("the rules of the charter in force do not read").because(format!("{problems:?}"))
    })?;
    let rules = Arc::new(rules);
    *app.rules.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&rules));
    Ok(rules)
}

/// The trustees, as the board decides with them.
pub fn board(tx: &mut dyn Tx) -> Result<Vec<Trustee>> {
    let trustees = tx.users()?.into_iter().filter(|user| user.roles.contains(&Role::Trustee));
    Ok(trustees
        .filter_map(|user| user.wing.map(|wing| Trustee { id: user.id, name: user.name, wing }))
        .collect())
}

/// The loan of this number, if `actor` may know of it: a borrower's people see their own alone, and another's
/// loan is to them as one that does not exist.
pub fn loan_numbered(tx: &mut dyn Tx, actor: &Actor, number: LoanNumber) -> Result<Loan> {
    let unknown = || {
        Refusal::not_found("loan.unknown", format!("there is no loan `{number}`"))
            .hint("`hustings loan list` names them all")
    };
    let loan = tx.loan_by_number(number)?.ok_or_else(unknown)?;
    if is_theirs(actor, loan.terms.borrower) { Ok(loan) } else { Err(unknown()) }
}

/// The borrower of this id.
pub(crate) fn borrower(tx: &mut dyn Tx, id: BorrowerId) -> Result<Borrower> {
    tx.borrower(id)?.ok_or_else(|| {
        Refusal::not_found("borrower.unknown", format!("there is no borrower `{id}`"))
            .hint("`hustings borrower list` names them all")
    })
}

/// The board's clearance of exactly what the loan says now.
pub fn clearance_of(tx: &mut dyn Tx, loan: &Loan) -> Result<Clearance> {
    match decision_on_loan(tx, loan)?.0 {
        Decision::Cleared(clearance) => Ok(clearance),
        Decision::Open { missing } => Err(Refusal::new(
            crate::Kind::Denied,
            "loan.no-clearance",
            format!("the board has not cleared loan `{}` as it reads now", loan.number),
        )
        .because(missing.join("; "))
        .hint("trustees vote on its page, or with `hustings loan vote`")),
        Decision::Refused { .. } => Err(Refusal::new(
            crate::Kind::Denied,
            "loan.refused",
            format!("the board refused loan `{}`", loan.number),
        )),
        Decision::Unreachable { why } => Err(Refusal::new(
            crate::Kind::Denied,
            "loan.board-cannot-decide",
            format!("the board cannot decide on loan `{}`", loan.number),
        )
        .because(why)),
    }
}
