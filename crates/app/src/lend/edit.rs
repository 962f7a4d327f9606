//! The borrower changes the appeal: whatever the board said of the old text is void.

use super::{load, request};
use crate::context::App;
use crate::journal::enter;
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Appeal, Loan};
use hustings_policy::permit;
use serde_json::json;

/// Replaces the appeal.
pub fn edit_appeal(app: &App, actor: &Actor, number: LoanNumber, appeal: Appeal) -> Result<Loan> {
    permit(actor, Action::EditAppeal)?;
    let now = app.now();
    app.store.write(|tx| {
        let loan = load::loan_numbered(tx, actor, number)?;
        let charter = load::charter(tx)?;
        let borrower = load::borrower(tx, loan.terms.borrower)?;
        request::check_appeal(&charter, &borrower, &appeal)?;
        let before = loan.content_hash()?;
        let loan = loan.edit(appeal)?;
        let after = loan.content_hash()?;
        let proceedings = tx.proceedings(loan.id)?;
        let void = proceedings.votes.iter().filter(|vote| vote.content != after).count();
        tx.put_loan(&loan)?;
        let body = json!({"loan": number, "content_before": before, "content": after, "votes_void": void});
        enter(tx, now, actor, "loan.edited", body)?;
        Ok(loan)
    })
}
