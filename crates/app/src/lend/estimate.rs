//! A noised reach, charged to the borrower's budget; the same question gets the same answer.

use super::budget::Budget;
use super::load;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use crate::send::audience::eligible_now;
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::ContentHash;
use hustings_domain::estimate::{Answer, RhoMillionths, noised_count};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::Terms;
use hustings_policy::permit;
use hustings_store::records::EstimateRecord;
use serde::Serialize;
use serde_json::json;

/// An answer and what is left to ask.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Estimated {
    /// The noised reach.
    pub answer: Answer,
    /// About so many more questions in this season.
    pub questions_left: u32,
    /// Whether this very question was answered before, at no further charge.
    pub repeated: bool,
}

/// What a count depends on: never the text, so that rewording asks nothing new.
pub(super) fn question(terms: &Terms) -> Result<ContentHash> {
    question_of(terms, &terms.audience)
}

/// The same question over another audience, which is in its one form.
pub(super) fn question_of(terms: &Terms, audience: &str) -> Result<ContentHash> {
    Ok(ContentHash::of(&json!({"audience": audience, "purpose": terms.purpose, "channel": terms.channel}))?)
}

// INVARIANT (promise 7): noise before anything is shown, the budget paid in the same transaction that keeps
// the answer, and no other way for a borrower to a count. The instant is taken before anybody is counted: it is in the
// ledger, and would tell how long the counting took.
/// Estimates the reach of a loan.
pub fn estimate(app: &App, actor: &Actor, number: LoanNumber) -> Result<Estimated> {
    permit(actor, Action::EstimateLoan)?;
    let now = app.now();
    let (loan, charter, question) = app.store.read(|tx| {
        let loan = load::loan_numbered(tx, actor, number)?;
        let charter = load::charter(tx)?;
        let rules = &charter.estimates;
        let question = question(&loan.terms)?;
        let mut budget = Budget::read(tx, rules, loan.terms.borrower)?;
        if budget.asked.iter().all(|known| known.question != question) {
            let known = tx.estimate_of(&rules.season, question)?.is_some();
            budget.pay(rules.question, if known { RhoMillionths(0) } else { rules.question })?;
        }
        Ok::<_, Refusal>((loan, charter, question))
    })?;
    let exact = eligible_now(app, &charter, &loan.terms)?.count();
    let rules = &charter.estimates;
    app.store.write(|tx| {
        let borrower = loan.terms.borrower;
        let mut budget = Budget::read(tx, rules, borrower)?;
        if let Some(known) = budget.asked.iter().find(|estimate| estimate.question == question) {
            let answer = known.answer;
            return Ok(Estimated { answer, questions_left: budget.questions_left(), repeated: true });
        }
        let known = tx.estimate_of(&rules.season, question)?;
        // The noise of a question that was drawn for somebody else tells nothing new when it is shown again.
        let season_price = if known.is_some() { RhoMillionths(0) } else { rules.question };
        budget.pay(rules.question, season_price)?;
        let answer = known.map_or_else(
            || {
                let noised = noised_count(exact, rules.question, &mut *app.rng("estimate"));
                Answer::of(noised, rules.question, rules.floor)
            },
            |known| known.answer,
        );
        tx.add_estimate(&EstimateRecord {
            borrower,
            season: rules.season.clone(),
            question,
            answer,
            price: rules.question,
            season_price,
            at: now,
            part: None,
        })?;
        let body = json!({"loan": number, "question": question, "rho_millionths": rules.question,
            "season_rho_millionths": season_price});
        enter(tx, now, actor, "estimate.answered", body)?;
        Ok(Estimated { answer, questions_left: budget.questions_left(), repeated: false })
    })
}
