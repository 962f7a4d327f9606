//! The borrower's desk: its own requests and copies, noised reach, and nothing about anybody who has not said yes.

use super::loan::{asked_before, copy_state, terms};
use super::{frame, words};
use crate::problem::sentence;
use crate::routes::Call;
use crate::site::Mark;
use crate::views::desk::{DeskCopy, DeskEdit, DeskLoan, DeskLoanRow, DeskStep};
use crate::views::format::counted;
use crate::views::parts::{Badge, Bar, Bars, Tone};
use hustings_app::Result;
use hustings_app::lend::LoanView;
use hustings_domain::clearance::{Ballot, standing_votes};
use hustings_domain::copy::CopyRecord;
use hustings_domain::loan::{Loan, LoanState};
use hustings_domain::money::Cents;
use jiff::Timestamp;

/// What comes next for a request, in a sentence.
pub(crate) fn next(call: &Call, loan: &Loan) -> String {
    let until = frame::day(call, loan.terms.closes).text;
    match loan.state {
        LoanState::Requested => format!("The board votes. The window ends on {until}."),
        LoanState::Cleared => "The board cleared it. A steward starts it next.".to_owned(),
        LoanState::Refused => {
            sentence(&format!("Refused: {}", loan.reason.as_deref().unwrap_or("no reason was given")))
        }
        LoanState::Sending => format!("It is being sent, until {until} at the latest."),
        LoanState::Paused => "It is paused. The owner's people look at it.".to_owned(),
        LoanState::Sent => "Everything has gone out. People may still answer.".to_owned(),
        LoanState::Settled => "Settled.".to_owned(),
    }
}

/// A request in the desk's list.
pub(crate) fn row(call: &Call, loan: &Loan) -> DeskLoanRow {
    DeskLoanRow {
        number: u64::from(loan.number.0),
        subject: loan.appeal.subject.clone(),
        state: words::loan_state(loan.state),
        said: next(call, loan),
        when: frame::day(call, loan.requested),
    }
}

/// A copy of one's own.
pub(crate) fn copy(call: &Call, copy: &CopyRecord, loan: u32, now: Timestamp) -> Result<DeskCopy> {
    Ok(DeskCopy {
        number: u64::from(copy.number.0),
        loan: u64::from(loan),
        said: format!("{} who said yes", counted(u64::from(copy.people), "person", "people")),
        fields: words::fields(&copy.fields),
        state: copy_state(call, copy)?,
        until: Some(frame::day(call, copy.expires)),
        may_fetch: copy.expires > now,
    })
}

// INVARIANT (promise 7): of what people answered a borrower sees the yes-sayers that were introduced to it, whom
// it has by name, and no other count; of its reach only the noised answer.
/// One request as its borrower sees it.
pub(crate) fn loan(call: &Call, view: &LoanView) -> Result<DeskLoan> {
    let marks = call.site.with_trail(|trail| trail.about("loan", &view.loan.number.0).to_vec())?;
    let charter = call.app().charter()?;
    let asked = asked_before(call, view, &marks)?;
    let told = asked.and_then(|mark| {
        view.estimates.iter().find(|estimate| estimate.question.to_string() == mark.text("question"))
    });
    let spent: u32 = view.estimates.iter().map(|estimate| estimate.price.0).sum();
    let now = call.app().now();
    let copies = view
        .copies
        .iter()
        .map(|found| copy(call, found, view.loan.number.0, now))
        .collect::<Result<Vec<_>>>()?;
    let introduced: u64 = view.copies.iter().map(|found| u64::from(found.people)).sum();
    let said = format!("{} said yes and were passed to you.", counted(introduced, "person", "people"));
    let settled = last(&marks, "loan.settled").and_then(|mark| mark.number("in_kind_cents"));
    Ok(DeskLoan {
        frame: frame::desk(call, format!("Your request: {}", view.loan.appeal.subject), &view.borrower.name)?,
        number: u64::from(view.loan.number.0),
        state: words::loan_state(view.loan.state),
        said: next(call, &view.loan),
        steps: steps(call, view, &marks),
        reach: told.map_or_else(|| "Not asked yet.".to_owned(), |told| sentence(&words::reach(&told.answer))),
        budget: sentence(&words::budget(&charter, spent)),
        may_ask: told.is_none() && !matches!(view.loan.state, LoanState::Refused | LoanState::Settled),
        conditions: conditions(view),
        edit: matches!(view.loan.state, LoanState::Requested | LoanState::Cleared).then(|| DeskEdit {
            subject: view.loan.appeal.subject.clone(),
            body: view.loan.appeal.body.clone(),
            paid_for_by: view.loan.appeal.paid_for_by.clone(),
            cap: view.loan.terms.cap,
        }),
        review: view.review_until.map(|until| frame::day(call, until)),
        terms: terms(call, view),
        hash: words::hash(view.content),
        results: (!copies.is_empty()).then(|| Bars {
            id: "introduced".to_owned(),
            title: "Introduced to you".to_owned(),
            description: said.clone(),
            labels: "Answer".to_owned(),
            counts: "People".to_owned(),
            rows: vec![Bar { label: "Yes".to_owned(), count: introduced, tone: Tone::Go }],
        }),
        gone_out: last(&marks, "send.started").is_some(),
        results_said: said,
        copies,
        value: settled
            .and_then(|cents| i64::try_from(cents).ok())
            .map_or_else(String::new, |cents| Cents(cents).to_string()),
    })
}

/// What trustees want changed before they approve what stands now.
fn conditions(view: &LoanView) -> Vec<String> {
    if view.loan.state != LoanState::Requested {
        return Vec::new();
    }
    standing_votes(&view.proceedings, view.content)
        .filter_map(|vote| match &vote.ballot {
            Ballot::ApproveIf { condition } => Some(sentence(condition)),
            _ => None,
        })
        .collect()
}

fn last<'a>(marks: &'a [Mark], kind: &str) -> Option<&'a Mark> {
    marks.iter().rev().find(|mark| mark.kind == kind)
}

fn steps(call: &Call, view: &LoanView, marks: &[Mark]) -> Vec<DeskStep> {
    let state = view.loan.state;
    let step = |name: &str, badge: Badge, kind: &str, said: String| DeskStep {
        name: name.to_owned(),
        state: badge,
        when: last(marks, kind).map(|mark| frame::when(call, mark.at)),
        said,
        proof: last(marks, kind).map(|mark| mark.index),
    };
    let (sent, over) =
        (last(marks, "send.started").is_some(), matches!(state, LoanState::Sent | LoanState::Settled));
    vec![
        step("Asked for", Badge::go("done"), "loan.requested", String::new()),
        match state {
            LoanState::Requested => step(
                "The board decides",
                Badge::wait("now"),
                "",
                format!("By {}.", frame::day(call, view.due).text),
            ),
            LoanState::Refused => step(
                "The board refused it",
                Badge::stop("refused"),
                "loan.refused",
                view.loan.reason.clone().unwrap_or_default(),
            ),
            _ => step("Cleared by the board", Badge::go("done"), "loan.cleared", String::new()),
        },
        match (sent, over) {
            (_, true) => step("Sent", Badge::go("done"), "send.finished", String::new()),
            (true, false) => step("Being sent", Badge::wait("now"), "send.started", String::new()),
            (false, false) => step("Sent", Badge::plain("not yet"), "", String::new()),
        },
        if state == LoanState::Settled {
            step("Settled", Badge::go("done"), "loan.settled", String::new())
        } else {
            step("Settled", Badge::plain("not yet"), "", String::new())
        },
    ]
}
