//! The charter as a borrower needs it: in words, what its kind may ask for, and what the board promises.

use super::load;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::loan::Ask;
use hustings_policy::permit;
use serde::Serialize;

/// The charter in words.
#[derive(Debug, Clone, Serialize)]
pub struct Offer {
    /// The list's owner.
    pub owner: String,
    /// The version in force.
    pub version: u32,
    /// Every rule, in words.
    pub rules: Vec<String>,
    /// What one's own kind may ask people to do.
    pub asks: Vec<Ask>,
    /// The most people of one loan.
    pub most_people: u32,
    /// The issues that can select people, by id and in words.
    pub issues: Vec<(String, String)>,
    /// The days in which the board decides.
    pub decide_days: u32,
}

/// What the charter in force says to a borrower's people.
pub fn offer(app: &App, actor: &Actor) -> Result<Offer> {
    permit(actor, Action::ReadOwnLoans)?;
    app.store.read(|tx| {
        let own = actor
            .borrower
            .ok_or_else(|| Refusal::not_found("borrower.unknown", "there is no such borrower"))?;
        let borrower = load::borrower(tx, own)?;
        let rules = load::rules(app, tx)?;
        let charter = rules.charter();
        let granted = charter.rule_for(borrower.kind);
        Ok(Offer {
            owner: charter.owner.name.clone(),
            version: charter.version,
            rules: rules.in_words().into_iter().map(|rule| rule.words).collect(),
            asks: granted.map(|rule| rule.asks.clone()).unwrap_or_default(),
            most_people: granted.map_or(0, |rule| rule.most_people),
            issues: charter.issues.iter().map(|issue| (issue.id.to_string(), issue.label.clone())).collect(),
            decide_days: charter.board.decide_days,
        })
    })
}

/// How many more questions a borrower may ask of its budget this season.
pub fn questions_left(app: &App, actor: &Actor) -> Result<u32> {
    permit(actor, Action::ReadOwnLoans)?;
    let own =
        actor.borrower.ok_or_else(|| Refusal::not_found("borrower.unknown", "there is no such borrower"))?;
    app.store.read(|tx| {
        let rules = load::charter(tx)?.estimates;
        let spent: u32 = tx.estimates_for(own, &rules.season)?.iter().map(|estimate| estimate.price.0).sum();
        Ok(rules.borrower_budget.0.saturating_sub(spent) / rules.question.0.max(1))
    })
}
