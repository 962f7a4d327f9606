//! The borrower changes what was asked, of its own accord or because a trustee approves only if it does: whatever the
//! board said of the old text is void, and it is asked anew.

use super::check::check_appeal;
use super::load;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use crate::worth::expect_lawful_request;
use hustings_domain::access::{Action, Actor};
use hustings_domain::clearance::{Ballot, standing_votes};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Appeal, Loan, Narrower, NotNarrower};
use hustings_policy::permit;
use serde_json::json;

/// What is changed.
#[derive(Debug, Clone)]
pub struct LoanChange {
    /// Another message.
    pub appeal: Option<Appeal>,
    /// Less than was asked for.
    pub to: Narrower,
}

/// Replaces the appeal.
pub fn edit_appeal(app: &App, actor: &Actor, number: LoanNumber, appeal: Appeal) -> Result<Loan> {
    edit_loan(app, actor, number, LoanChange { appeal: Some(appeal), to: Narrower::default() })
}

/// Replaces the appeal, asks for less, or both.
pub fn edit_loan(app: &App, actor: &Actor, number: LoanNumber, change: LoanChange) -> Result<Loan> {
    permit(actor, Action::EditAppeal)?;
    let now = app.now();
    app.store.write(|tx| {
        let loan = load::loan_numbered(tx, actor, number)?;
        let charter = load::charter(tx)?;
        let borrower = load::borrower(tx, loan.terms.borrower)?;
        let before = loan.content_hash()?;
        let appeal = change.appeal.unwrap_or_else(|| loan.appeal.clone());
        check_appeal(&charter, &borrower, &appeal)?;
        let loan = loan.edit(appeal)?.narrow(&change.to).map_err(|error| match error {
            NotNarrower::Move(error) => error.into(),
            error => Refusal::invalid("loan.not-narrower", error.to_string())
                .hint("a change asks for less; ask for more with another request"),
        })?;
        expect_lawful_request(&charter, &borrower, &loan.appeal, loan.terms.cap)?;
        let after = loan.content_hash()?;
        if before == after {
            return Err(Refusal::invalid(
                "loan.unchanged",
                "this changes nothing, so the votes stand as they are",
            ));
        }
        let proceedings = tx.proceedings(loan.id)?;
        let void = proceedings.votes.iter().filter(|vote| vote.content != after).count();
        // Those who approved only if something changes are who this answers.
        let conditions = standing_votes(&proceedings, before)
            .filter(|vote| matches!(vote.ballot, Ballot::ApproveIf { .. }))
            .count();
        tx.put_loan(&loan)?;
        let body = json!({"loan": number, "content_before": before, "content": after, "votes_void": void,
            "conditions_answered": conditions});
        enter(tx, now, actor, "loan.edited", body)?;
        Ok(loan)
    })
}
