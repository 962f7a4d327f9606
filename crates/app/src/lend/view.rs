//! One loan as its page and `hustings loan show` tell it.

use super::divide::{Divided, divisions};
use super::estimate::question;
use super::settle::{Settlement, settlement};
use super::{case, load};
use crate::board::{Matter, decision_on_loan, due, review_until, seats_of_loan};
use crate::calendar::{ShareView, share_of};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_audience::{parse, to_words};
use hustings_domain::access::{Action, Actor};
use hustings_domain::borrower::Borrower;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::{Decision, Proceedings, Trustee, eligible};
use hustings_domain::copy::CopyRecord;
use hustings_domain::estimate::Answer;
use hustings_domain::ids::{BorrowerId, LoanNumber};
use hustings_domain::loan::Loan;
use hustings_domain::money::Cents;
use hustings_policy::{RuleCheck, permit};
use hustings_store::records::{EstimateRecord, SendRecord};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Everything about a loan.
#[derive(Debug, Clone)]
pub struct LoanView {
    /// The loan.
    pub loan: Loan,
    /// Who asks.
    pub borrower: Borrower,
    /// What votes bind to now.
    pub content: ContentHash,
    /// The audience in words.
    pub audience_words: String,
    /// Every rule of the charter in force, held against it as on the day when it was asked for.
    pub checks: Vec<RuleCheck>,
    /// The answers its borrower has had.
    pub estimates: Vec<EstimateRecord>,
    /// What its borrower was told of its reach.
    pub reach: Option<Answer>,
    /// Its reach in parts, as far as its borrower asked.
    pub divisions: Vec<Divided>,
    /// The trustees.
    pub board: Vec<Trustee>,
    /// Those who may vote on it.
    pub voters: Vec<Trustee>,
    /// What they said.
    pub proceedings: Proceedings,
    /// Where the decision stands.
    pub decision: Decision,
    /// What the newest sharing of attention gave it.
    pub share: Option<ShareView>,
    /// What it is worth in kind if everybody asked for is addressed, by the rate card, without introductions.
    pub worth: Cents,
    /// When the board is to have decided.
    pub due: Timestamp,
    /// Until when its borrower may ask for a review of a refusal; none when there is nothing to review.
    pub review_until: Option<Timestamp>,
    /// The send, once begun.
    pub send: Option<SendRecord>,
    /// What came of it.
    pub outcome: Settlement,
    /// The copies made under it.
    pub copies: Vec<CopyRecord>,
    /// Earlier loans to the same borrower.
    pub earlier: Vec<Loan>,
}

/// One loan; a borrower's people may read their own.
pub fn loan_view(app: &App, actor: &Actor, number: LoanNumber) -> Result<LoanView> {
    permit(actor, if actor.borrower.is_some() { Action::ReadOwnLoans } else { Action::ReadLoans })?;
    app.store.read(|tx| {
        let loan = load::loan_numbered(tx, actor, number)?;
        let charter = load::charter(tx)?;
        let borrower = load::borrower(tx, loan.terms.borrower)?;
        let (decision, proceedings) = decision_on_loan(tx, &loan)?;
        let (seats, _) = seats_of_loan(tx, &loan)?;
        let board = load::board(tx)?;
        let rules = load::rules(app, tx)?;
        let question = question(&loan.terms)?;
        let estimates = tx.estimates_for(borrower.id, &charter.estimates.season)?;
        let checks = rules.decide(&case::of_loan(tx, &borrower, &loan, app.now())?).checks;
        Ok(LoanView {
            content: loan.content_hash()?,
            audience_words: audience_words(&loan.terms.audience),
            checks,
            reach: estimates.iter().find(|known| known.question == question).map(|known| known.answer),
            divisions: divisions(question, &estimates, &charter),
            estimates,
            voters: eligible(&seats, &proceedings),
            worth: charter.rate_card.value(u64::from(loan.terms.cap), 0, loan.terms.selections(), 0),
            due: due(tx, Matter::Loan(loan.number))?,
            review_until: review_until(tx, &loan, app.now())?,
            board,
            proceedings,
            decision,
            share: share_of(tx, &charter, &loan)?.map(|share| share.as_told_to(actor)),
            send: tx.send(loan.id)?,
            outcome: settlement(tx, &loan)?,
            copies: tx.copies()?.into_iter().filter(|copy| copy.loan == loan.id).collect(),
            earlier: tx
                .loans_of(borrower.id)?
                .into_iter()
                .filter(|other| other.number < loan.number)
                .collect(),
            borrower,
            loan,
        })
    })
}

/// Every loan that the actor may know of, the newest first.
pub fn loans(app: &App, actor: &Actor) -> Result<Vec<(Loan, Borrower)>> {
    permit(actor, if actor.borrower.is_some() { Action::ReadOwnLoans } else { Action::ReadLoans })?;
    app.store.read(|tx| {
        if let Some(own) = actor.borrower {
            let borrower = load::borrower(tx, own)?;
            return Ok(tx.loans_of(own)?.into_iter().map(|loan| (loan, borrower.clone())).collect());
        }
        let borrowers: BTreeMap<BorrowerId, Borrower> =
            tx.borrowers()?.into_iter().map(|borrower| (borrower.id, borrower)).collect();
        let listed = tx.loans()?.into_iter().map(|loan| {
            let unknown = || Refusal::internal("a loan's borrower is not kept");
            let borrower = borrowers.get(&loan.terms.borrower).cloned().ok_or_else(unknown)?;
            Ok((loan, borrower))
        });
        listed.collect()
    })
}

/// An audience rule in words a trustee reads.
pub(crate) fn audience_words(rule: &str) -> String {
    let label = |area: &str| {
        area.parse().map_or_else(|_| area.to_owned(), |area: hustings_domain::area::AreaId| area.label())
    };
    parse(rule).map_or_else(|_| rule.to_owned(), |expr| to_words(&expr, label))
}
