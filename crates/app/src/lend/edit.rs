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
use hustings_domain::loan::{Appeal, Loan};
use hustings_policy::permit;
use serde_json::json;

/// What is changed.
#[derive(Debug, Clone)]
pub struct LoanChange {
    /// The message.
    pub appeal: Appeal,
    /// The most people, if fewer than asked for.
    pub cap: Option<u32>,
}

/// Replaces the appeal.
pub fn edit_appeal(app: &App, actor: &Actor, number: LoanNumber, appeal: Appeal) -> Result<Loan> {
    edit_loan(app, actor, number, LoanChange { appeal, cap: None })
}

/// Replaces the appeal, and may narrow the terms.
pub fn edit_loan(app: &App, actor: &Actor, number: LoanNumber, change: LoanChange) -> Result<Loan> {
    permit(actor, Action::EditAppeal)?;
    let now = app.now();
    app.store.write(|tx| {
        let loan = load::loan_numbered(tx, actor, number)?;
        let charter = load::charter(tx)?;
        let borrower = load::borrower(tx, loan.terms.borrower)?;
        check_appeal(&charter, &borrower, &change.appeal)?;
        if let Some(cap) = change.cap.filter(|cap| *cap == 0 || *cap > loan.terms.cap) {
            return Err(Refusal::invalid("loan.cap", format!("`{cap}` is not fewer people than asked for"))
                .hint(format!("1 to {}; more people are another request", loan.terms.cap)));
        }
        expect_lawful_request(&charter, &borrower, &change.appeal, change.cap.unwrap_or(loan.terms.cap))?;
        let before = loan.content_hash()?;
        let mut loan = loan.edit(change.appeal)?;
        if let Some(cap) = change.cap {
            loan = loan.narrow(cap)?;
        }
        let after = loan.content_hash()?;
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
