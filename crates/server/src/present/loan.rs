//! A loan's page, step by step as its life goes.

mod asked;
mod board;
mod outcome;
mod send;

pub(crate) use asked::terms;
pub(crate) use board::standing;
pub(crate) use outcome::copy_state;
pub(crate) use send::evidence;

use super::loans::Record;
use super::{frame, words};
use crate::routes::Call;
use crate::site::Mark;
use crate::views::Place;
use crate::views::console::{Loan, Next};
use crate::views::parts::Proof;
use hustings_app::Result;
use hustings_app::lend::LoanView;
use hustings_domain::access::{Action, Role};
use hustings_domain::loan::LoanState;

/// What was refused in the last attempt to vote, to be shown beside the form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempt {
    /// What was wrong.
    pub(crate) problem: String,
    /// What was chosen.
    pub(crate) chosen: String,
    /// What was written.
    pub(crate) words: String,
}

/// A loan's page.
pub(crate) fn page(call: &Call, view: &LoanView, attempt: Attempt) -> Result<Loan> {
    let marks = call.site.with_trail(|trail| trail.about("loan", &view.loan.number.0).to_vec())?;
    let charter = call.app().charter()?;
    let title = format!("{} asks people {}", view.borrower.name, words::to_do(view.loan.terms.ask));
    Ok(Loan {
        frame: frame::console(call, title, Place::Loans)?,
        number: u64::from(view.loan.number.0),
        state: words::loan_state(view.loan.state),
        borrower: view.borrower.name.clone(),
        borrower_path: format!("/console/borrowers/{}", view.borrower.id),
        borrower_record: Record::of(call, view.earlier.iter())?.sentence(),
        next: next(call, view),
        request: asked::request(call, view, &marks),
        rules: asked::rules(view),
        estimate: asked::estimate(call, view, &charter, &marks)?,
        appeal: asked::appeal(call, view, &charter)?,
        clearance: board::clearance(call, view, &charter, &marks, attempt)?,
        send: send::send(call, view, &marks)?,
        responses: outcome::responses(view),
        introductions: outcome::introductions(call, view)?,
        may_copy: may_copy(call, view),
        settlement: outcome::settlement(call, view, &marks),
    })
}

fn may_copy(call: &Call, view: &LoanView) -> bool {
    view.send.is_some() && frame::may(call, Action::ExportCopy)
}

fn next(call: &Call, view: &LoanView) -> Option<Next> {
    let step = |said: &str, label: &str, path: &str| {
        Some(Next { said: said.to_owned(), label: label.to_owned(), path: path.to_owned() })
    };
    let user = call.actor().ok()?.user;
    match view.loan.state {
        LoanState::Requested if view.voters.iter().any(|trustee| Some(trustee.id) == user) => {
            let voted = view
                .proceedings
                .votes
                .iter()
                .any(|vote| Some(vote.trustee) == user && vote.content == view.content);
            if voted { None } else { step("Your vote is missing.", "Vote", "#vote") }
        }
        LoanState::Cleared if frame::is(call, Role::Steward) => {
            step("The board cleared it. It goes out when you start it.", "Start the send", "#send")
        }
        LoanState::Paused => {
            let said = format!("Paused: {}", view.loan.reason.as_deref().unwrap_or("no reason was given"));
            step(&crate::problem::sentence(&said), "See the evidence", "#send")
        }
        LoanState::Refused => {
            let said = format!(
                "The board refused it: {}",
                view.loan.reason.as_deref().unwrap_or("no reason was given")
            );
            step(&crate::problem::sentence(&said), "", "")
        }
        LoanState::Sent if frame::may(call, Action::SettleLoan) => {
            step("Everything has gone out.", "Settle it", "#settlement")
        }
        _ => None,
    }
}

/// The newest entry of this kind.
fn proof(marks: &[Mark], kind: &str) -> Option<Proof> {
    marks.iter().rev().find(|mark| mark.kind == kind).map(|mark| Proof { index: mark.index })
}
