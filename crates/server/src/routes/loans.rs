//! Loans: the list, and one loan's page.

use super::{Answer, Call, Reply};
use crate::present::loan::{Attempt, page};
use crate::present::{frame, loans as rows};
use crate::views::Place;
use crate::views::console::{Loans, Shelf};
use crate::views::format::counted;
use crate::views::parts::Pager;
use hustings_app::lend;
use hustings_domain::borrower::Borrower;
use hustings_domain::loan::{Loan, LoanState};

/// Loans on one page.
const PAGE: usize = 50;

/// The groups to look at alone: the word in the address, the label, the states.
const SHELVES: [(&str, &str, &[LoanState]); 5] = [
    ("", "All", &LoanState::ALL),
    ("voting", "Wait for votes", &[LoanState::Requested]),
    ("ready", "Cleared", &[LoanState::Cleared]),
    ("sending", "Being sent", &[LoanState::Sending, LoanState::Paused]),
    ("over", "Over", &[LoanState::Sent, LoanState::Settled, LoanState::Refused]),
];

/// `GET /console/loans?shelf=&before=`.
pub(super) fn list(call: &Call) -> Answer {
    let all = lend::loans(call.app(), call.actor()?)?;
    let chosen = SHELVES.iter().find(|(word, ..)| *word == call.query.text("shelf")).unwrap_or(&SHELVES[0]);
    let before: u32 = call.query.text("before").parse().unwrap_or(u32::MAX);
    let on = |states: &[LoanState], loan: &Loan| states.contains(&loan.state);
    let here: Vec<(Loan, Borrower)> = all.iter().filter(|(loan, _)| on(chosen.2, loan)).cloned().collect();
    let mut shown: Vec<(Loan, Borrower)> =
        here.iter().filter(|(loan, _)| loan.number.0 < before).cloned().collect();
    let more = shown.len() > PAGE;
    shown.truncate(PAGE);
    let address = |before: Option<u32>| {
        let shelf = chosen.0;
        before.map_or_else(
            || format!("/console/loans?shelf={shelf}"),
            |number| format!("/console/loans?shelf={shelf}&before={number}"),
        )
    };
    Reply::page(&Loans {
        frame: frame::console(call, counted(here.len() as u64, "loan", "loans"), Place::Loans)?,
        shelves: SHELVES
            .iter()
            .map(|(word, label, states)| Shelf {
                label: (*label).to_owned(),
                count: all.iter().filter(|(loan, _)| on(states, loan)).count() as u64,
                path: format!("/console/loans?shelf={word}"),
                here: *word == chosen.0,
            })
            .collect(),
        rows: rows::rows(call, &shown)?,
        pager: Pager {
            showing: String::new(),
            newer: (before != u32::MAX).then(|| address(None)),
            older: more.then(|| shown.last().map(|(loan, _)| address(Some(loan.number.0)))).flatten(),
        },
    })
}

/// `GET /console/loans/{number}`.
pub(super) fn show(call: &Call) -> Answer {
    let view = lend::loan_view(call.app(), call.actor()?, call.loan()?)?;
    Reply::page(&page(call, &view, Attempt::default())?)
}
