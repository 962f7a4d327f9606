//! What a borrower and a season may still spend on counts, and the charge itself.

use crate::refusal::{Refusal, Result};
use hustings_domain::charter::Estimates;
use hustings_domain::estimate::RhoMillionths;
use hustings_domain::ids::BorrowerId;
use hustings_store::Tx;
use hustings_store::records::EstimateRecord;

/// The answers that a borrower has had, and what is left of both budgets.
pub(super) struct Budget {
    pub(super) asked: Vec<EstimateRecord>,
    left: RhoMillionths,
    season_left: RhoMillionths,
    question: RhoMillionths,
}

impl Budget {
    pub(super) fn read(tx: &mut dyn Tx, rules: &Estimates, borrower: BorrowerId) -> Result<Self> {
        let asked = tx.estimates_for(borrower, &rules.season)?;
        let spent: u32 = asked.iter().map(|estimate| estimate.price.0).sum();
        Ok(Self {
            asked,
            left: RhoMillionths(rules.borrower_budget.0.saturating_sub(spent)),
            season_left: RhoMillionths(
                rules.season_budget.0.saturating_sub(tx.season_spent(&rules.season)?.0),
            ),
            question: rules.question,
        })
    }

    /// About so many more questions.
    pub(super) fn questions_left(&self) -> u32 {
        self.left.0 / self.question.0.max(1)
    }

    // INVARIANT (promise 7): what is refused here is refused before anybody is counted.
    /// Takes what the borrower pays and what the season pays, or refuses.
    pub(super) fn pay(&mut self, price: RhoMillionths, season_price: RhoMillionths) -> Result<()> {
        let left = self.left.pay(price).ok_or_else(|| {
            let refusal = match self.questions_left() {
                0 => Refusal::conflict(
                    "estimate.budget",
                    "this borrower has asked all the questions of this season",
                ),
                left => Refusal::conflict(
                    "estimate.budget",
                    format!(
                        "this costs {} questions, and {left} are left this season",
                        price.0 / self.question.0.max(1)
                    ),
                ),
            };
            refusal.hint("answers given before can still be looked at; the budget is new next season")
        })?;
        let season_left = self.season_left.pay(season_price).ok_or_else(|| {
            Refusal::conflict(
                "estimate.season-budget",
                "all borrowers together have asked all the questions of this season",
            )
        })?;
        (self.left, self.season_left) = (left, season_left);
        Ok(())
    }
}
