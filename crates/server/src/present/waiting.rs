//! What waits for the person who looks: votes, challenges, starts, settlements, borrowers to check.

use super::frame::{day, is, may};
use crate::routes::Call;
use crate::views::console::Waiting;
use hustings_app::{Refusal, Result, lend};
use hustings_domain::access::{Action, Role};
use hustings_domain::borrower::{Borrower, Standing};
use hustings_domain::clearance::{Proceedings, Ruling, Trustee, eligible, ruling};
use hustings_domain::ids::UserId;
use hustings_domain::loan::{Loan, LoanState};

/// Everything that waits for whoever is logged in, the most pressing first.
pub(crate) fn for_actor(call: &Call) -> Result<Vec<Waiting>> {
    let actor = call.actor()?.clone();
    let (loans, borrowers, board) = call.app().store().read(|tx| {
        let mut loans = Vec::new();
        for loan in tx.loans()? {
            let said = if loan.state == LoanState::Requested {
                tx.proceedings(loan.id)?
            } else {
                Proceedings::default()
            };
            loans.push((loan, said));
        }
        Ok::<_, Refusal>((loans, tx.borrowers()?, lend::board(tx)?))
    })?;
    let now = call.app().now();
    let mut waiting = Vec::new();
    for (loan, said) in &loans {
        if loan.terms.closes <= now && loan.state != LoanState::Sent {
            continue;
        }
        if let Some(act) = act_on(call, loan, said, &board, actor.user)? {
            waiting.push(row(call, loan, &borrowers, act));
        }
    }
    if may(call, Action::ReadDashboard) {
        waiting.extend(super::acts::waiting(call)?);
    }
    if may(call, Action::VerifyBorrower) {
        let unchecked = borrowers.iter().filter(|borrower| borrower.standing == Standing::Registered);
        waiting.extend(unchecked.map(|borrower| Waiting {
            act: format!("Check who {} is", borrower.name),
            about: format!("{}, {}", borrower.office, borrower.area.label()),
            path: format!("/console/borrowers/{}", borrower.id),
            due: None,
        }));
    }
    Ok(waiting)
}

fn row(call: &Call, loan: &Loan, borrowers: &[Borrower], act: &str) -> Waiting {
    let asks = borrowers.iter().find(|borrower| borrower.id == loan.terms.borrower);
    Waiting {
        act: format!("{act} loan {}", loan.number.0),
        about: format!(
            "{}: \u{201c}{}\u{201d}",
            asks.map_or("", |borrower| &borrower.name),
            loan.appeal.subject
        ),
        path: format!("/console/loans/{}", loan.number.0),
        due: (loan.state != LoanState::Sent).then(|| day(call, loan.terms.closes)),
    }
}

fn act_on(
    call: &Call,
    loan: &Loan,
    said: &Proceedings,
    board: &[Trustee],
    user: Option<UserId>,
) -> Result<Option<&'static str>> {
    let steward = is(call, Role::Steward);
    Ok(match loan.state {
        LoanState::Requested if is(call, Role::Trustee) => {
            let Some(user) = user else { return Ok(None) };
            let content = loan.content_hash()?;
            let voted = said.votes.iter().any(|vote| vote.trustee == user && vote.content == content);
            if may_rule(said, board, user) {
                Some("Decide on the interest in")
            } else if !voted && eligible(board, said).iter().any(|trustee| trustee.id == user) {
                Some("Vote on")
            } else {
                None
            }
        }
        LoanState::Cleared if steward => Some("Start"),
        LoanState::Paused if steward => Some("Look at the pause of"),
        LoanState::Sent if may(call, Action::SettleLoan) => Some("Settle"),
        _ => None,
    })
}

/// Whether a challenge is open on which this trustee has not spoken and may.
pub(crate) fn may_rule(said: &Proceedings, board: &[Trustee], user: UserId) -> bool {
    let is_judge = board.iter().any(|trustee| trustee.id == user)
        && !said.recusals.iter().any(|recusal| recusal.trustee == user)
        && !said.challenges.iter().any(|challenge| challenge.against == user);
    is_judge
        && said.challenges.iter().any(|challenge| {
            ruling(challenge, board, said) == Ruling::Open
                && !challenge.rulings.iter().any(|(who, _)| *who == user)
        })
}
