//! A noised reach, charged to the borrower's budget; the same question gets the same answer.

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
fn question(terms: &Terms) -> Result<ContentHash> {
    Ok(ContentHash::of(
        &json!({"audience": terms.audience, "purpose": terms.purpose, "channel": terms.channel}),
    )?)
}

// INVARIANT (promise 7): noise before anything is shown, the budget paid in the same transaction that keeps
// the answer, and no other way for a borrower to a count.
/// Estimates the reach of a loan.
pub fn estimate(app: &App, actor: &Actor, number: LoanNumber) -> Result<Estimated> {
    permit(actor, Action::EstimateLoan)?;
    let (loan, charter) = app.store.read(|tx| {
        let loan = load::loan_numbered(tx, actor, number)?;
        Ok::<_, Refusal>((loan, load::charter(tx)?))
    })?;
    let rules = &charter.estimates;
    let question = question(&loan.terms)?;
    let exact = eligible_now(app, &charter, &loan.terms)?.count();
    let now = app.now();
    app.store.write(|tx| {
        let borrower = loan.terms.borrower;
        let asked = tx.estimates_for(borrower, &rules.season)?;
        let spent: u32 = asked.iter().map(|estimate| estimate.price.0).sum();
        let left = RhoMillionths(rules.borrower_budget.0.saturating_sub(spent));
        let questions = |left: RhoMillionths| left.0 / rules.question.0.max(1);
        if let Some(known) = asked.iter().find(|estimate| estimate.question == question) {
            return Ok(Estimated { answer: known.answer, questions_left: questions(left), repeated: true });
        }
        let left = left.pay(rules.question).ok_or_else(|| {
            Refusal::conflict("estimate.budget", "this borrower has asked all the questions of this season")
                .hint("answers given before can still be looked at; the budget is new next season")
        })?;
        let (answer, season_price) = if let Some(known) = tx.estimate_of(&rules.season, question)? {
            // The noise of this question was drawn for somebody else: showing it again tells nothing new.
            (known.answer, RhoMillionths(0))
        } else {
            let season_left =
                RhoMillionths(rules.season_budget.0.saturating_sub(tx.season_spent(&rules.season)?.0));
            season_left.pay(rules.question).ok_or_else(|| {
                Refusal::conflict(
                    "estimate.season-budget",
                    "all borrowers together have asked all the questions of this season",
                )
            })?;
            let noised = noised_count(exact, rules.question, &mut *app.rng("estimate"));
            (Answer::of(noised, rules.question, rules.floor), rules.question)
        };
        tx.add_estimate(&EstimateRecord {
            borrower,
            season: rules.season.clone(),
            question,
            answer,
            price: rules.question,
            season_price,
            at: now,
        })?;
        let body = json!({"loan": number, "question": question, "rho_millionths": rules.question,
            "season_rho_millionths": season_price});
        enter(tx, now, actor, "estimate.answered", body)?;
        Ok(Estimated { answer, questions_left: questions(left), repeated: false })
    })
}
