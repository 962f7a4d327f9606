//! A borrower asks the board to look again at what it refused: once, in time, and by fresh votes.

use crate::context::App;
use crate::journal::enter;
use crate::lend::{charter_in, loan_numbered};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Loan, LoanState};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::{Span, Timestamp};
use serde_json::json;

/// How often a refusal is looked at again.
const MOST_REVIEWS: u32 = 1;

/// Puts a refused loan to the board anew. What was said before counts for nothing, and stays in the ledger.
pub fn ask_for_review(app: &App, actor: &Actor, number: LoanNumber, why: &str) -> Result<Loan> {
    permit(actor, Action::EditAppeal)?;
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 2_000 {
        return Err(Refusal::invalid(
            "review.reason",
            "say what the board should look at again, in 1 to 2,000 characters",
        ));
    }
    let now = app.now();
    app.store.write(|tx| {
        let loan = loan_numbered(tx, actor, number)?;
        if loan.state != LoanState::Refused {
            return Err(Refusal::conflict(
                "review.not-refused",
                format!("loan `{number}` is {}, not refused", loan.state),
            ));
        }
        if now >= loan.terms.closes {
            return Err(Refusal::conflict(
                "loan.expired",
                format!("loan `{number}` expired on {}", loan.terms.closes),
            )
            .hint("ask for a new loan with another window"));
        }
        let mut proceedings = tx.proceedings(loan.id)?;
        if proceedings.review >= MOST_REVIEWS {
            return Err(Refusal::conflict("review.twice", "the board has looked at this again once already")
                .hint("a new request with another text is always possible"));
        }
        if review_until(tx, &loan, now)?.is_none() {
            let days = charter_in(tx)?.board.review_days;
            return Err(Refusal::conflict(
                "review.late",
                format!("a review is asked for within {days} days of the refusal"),
            ));
        }
        let votes = proceedings.votes.len();
        proceedings.earlier.push(std::mem::take(&mut proceedings.votes));
        proceedings.challenges.clear();
        // An interest declared stays one.
        proceedings.review += 1;
        let loan = loan.review()?;
        tx.put_loan(&loan)?;
        tx.put_proceedings(loan.id, &proceedings)?;
        let body = json!({"loan": number, "round": proceedings.review, "votes_before": votes,
            "content": loan.content_hash()?});
        enter(tx, now, actor, "review.asked", body)?;
        Ok(loan)
    })
}

/// Until when a review of this loan may be asked for; none when there is nothing to review, or it is too late.
pub(crate) fn review_until(tx: &mut dyn Tx, loan: &Loan, now: Timestamp) -> Result<Option<Timestamp>> {
    if loan.state != LoanState::Refused || now >= loan.terms.closes {
        return Ok(None);
    }
    let proceedings = tx.proceedings(loan.id)?;
    let days = charter_in(tx)?.board.review_days;
    let refused = proceedings.votes.last().map_or(loan.requested, |vote| vote.at);
    let until = refused.checked_add(Span::new().hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
    Ok((proceedings.review < MOST_REVIEWS && now <= until).then_some(until))
}
