//! The borrower's desk: its own requests and copies, noised reach, and nothing about anybody who has not said yes.

use super::loan::{copy_state, terms};
use super::{frame, words};
use crate::problem::sentence;
use crate::routes::{Call, days};
use crate::site::Mark;
use crate::views::desk::{DeskCopy, DeskEdit, DeskLoan, DeskLoanRow, DeskParts, DeskStep};
use crate::views::format::counted;
use crate::views::parts::{Badge, Bar, Bars, Choice, Tone};
use hustings_app::Result;
use hustings_app::lend::{Divided, LoanView, expected};
use hustings_domain::area::AreaId;
use hustings_domain::charter::Charter;
use hustings_domain::clearance::{Ballot, standing_votes};
use hustings_domain::copy::CopyRecord;
use hustings_domain::estimate::Answer;
use hustings_domain::loan::{Loan, LoanState};
use hustings_domain::money::Cents;
use hustings_domain::words::Slug;
use hustings_vault::Field;
use jiff::Timestamp;

/// What comes next for a request and by when, in a sentence.
pub(crate) fn next(call: &Call, loan: &Loan) -> Result<String> {
    let until = frame::day(call, loan.terms.closes).text;
    let expected = expected(call.app(), loan)?;
    Ok(match loan.state {
        LoanState::Requested => {
            let by = expected.by.map(|by| frame::day(call, by).text).unwrap_or_default();
            if expected.late {
                format!("The board was to decide by {by} and is late. The window ends on {until}.")
            } else {
                format!("The board decides by {by}. The window ends on {until}.")
            }
        }
        LoanState::Cleared => {
            format!("The board cleared it. A steward starts it next, by {until} at the latest.")
        }
        LoanState::Refused => {
            sentence(&format!("Refused: {}", loan.reason.as_deref().unwrap_or("no reason was given")))
        }
        LoanState::Sending => format!("It is being sent, until {until} at the latest."),
        LoanState::Paused => {
            format!("It is paused. The owner's people look at it; nothing is sent after {until}.")
        }
        LoanState::Sent => "Everything has gone out. People may still answer.".to_owned(),
        LoanState::Settled => "Settled.".to_owned(),
    })
}

/// A request in the desk's list.
pub(crate) fn row(call: &Call, loan: &Loan) -> Result<DeskLoanRow> {
    Ok(DeskLoanRow {
        number: u64::from(loan.number.0),
        subject: loan.appeal.subject.clone(),
        state: words::loan_state(loan.state),
        said: next(call, loan)?,
        when: frame::day(call, loan.requested),
    })
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
    let told = view.reach;
    let may_ask = !matches!(view.loan.state, LoanState::Refused | LoanState::Settled);
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
        said: next(call, &view.loan)?,
        steps: steps(call, view, &marks),
        reach: told.map_or_else(|| "Not asked yet.".to_owned(), |told| sentence(&words::reach(&told))),
        budget: sentence(&words::budget(&charter, spent)),
        may_ask: told.is_none() && may_ask,
        parts: view
            .divisions
            .iter()
            .zip(1..)
            .map(|(divided, number)| parts(divided, &charter, number))
            .collect(),
        may_divide: if may_ask { DIVIDED_BY.to_vec() } else { Vec::new() },
        conditions: conditions(view),
        edit: matches!(view.loan.state, LoanState::Requested | LoanState::Cleared).then(|| DeskEdit {
            subject: view.loan.appeal.subject.clone(),
            body: view.loan.appeal.body.clone(),
            paid_for_by: view.loan.appeal.paid_for_by.clone(),
            cap: view.loan.terms.cap,
            fields: view.loan.terms.fields.iter().map(passing).collect(),
            first: days::first(view.loan.terms.opens).to_string(),
            last: days::last(view.loan.terms.closes).to_string(),
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

/// A field that a yes passes now, and may go on to.
fn passing(field: &Slug) -> Choice {
    let label =
        field.as_str().parse::<Field>().map_or_else(|_| field.to_string(), |field| field.label().to_owned());
    Choice { value: field.to_string(), label, ticked: true }
}

/// By what a reach may be divided.
const DIVIDED_BY: [(&str, &str); 7] = [
    ("issue", "issue"),
    ("county", "county"),
    ("place", "town or city"),
    ("ward", "ward"),
    ("sldl", "district of the lower house"),
    ("sldu", "district of the upper house"),
    ("cd", "congressional district"),
];

/// A reach in parts, as a picture with its table.
fn parts(divided: &Divided, charter: &Charter, number: usize) -> DeskParts {
    let label = |name: &str| {
        let issue = charter.issues.iter().find(|issue| issue.id.as_str() == name);
        let area = || name.parse().map_or_else(|_| name.to_owned(), |area: AreaId| area.label());
        issue.map_or_else(area, |issue| issue.label.clone())
    };
    let by =
        DIVIDED_BY.iter().find(|(word, _)| *word == divided.by).map_or(divided.by.as_str(), |(_, said)| said);
    let (mut rows, mut hidden, mut margin) = (Vec::new(), Vec::new(), 0);
    for part in &divided.parts {
        match part.answer {
            Answer::About { count, margin: each } => {
                margin = margin.max(each);
                rows.push(Bar { label: label(&part.name), count: u64::from(count), tone: Tone::Plain });
            }
            Answer::BelowFloor { .. } => hidden.push(label(&part.name)),
        }
    }
    let said = sentence(&divided.shown.words().replace("+-", "\u{b1}"));
    DeskParts {
        title: format!("By {by}"),
        bars: (!rows.is_empty()).then(|| Bars {
            id: format!("parts-{number}"),
            title: format!("Reach by {by}"),
            description: said.clone(),
            labels: sentence(by).trim_end_matches('.').to_owned(),
            counts: format!("People, each \u{b1} {margin}"),
            rows,
        }),
        said,
        hidden,
    }
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
