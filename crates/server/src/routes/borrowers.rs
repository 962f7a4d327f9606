//! Who asks, or has asked; checking who they are.

use super::{Answer, Call, Done, Reply};
use crate::present::loans::{Record, rows};
use crate::present::{frame, words};
use crate::views::Place;
use crate::views::console::{self, BorrowerRow, Borrowers, Figure, Position};
use crate::views::format::{count, counted};
use crate::views::parts::{Pager, Proof};
use hustings_app::{Refusal, Result, lend};
use hustings_domain::access::Action;
use hustings_domain::borrower::{Borrower, Standing};
use hustings_domain::ids::BorrowerId;
use hustings_domain::loan::Loan;

/// `GET /console/borrowers`.
pub(super) fn list(call: &Call) -> Answer {
    let mut borrowers = lend::borrowers(call.app(), call.actor()?)?;
    borrowers.sort_by_key(Borrower::is_verified);
    let loans = call.app().store().read(|tx| Ok::<_, Refusal>(tx.loans()?))?;
    Reply::page(&Borrowers {
        frame: frame::console(
            call,
            counted(borrowers.len() as u64, "borrower", "borrowers"),
            Place::Borrowers,
        )?,
        rows: borrowers
            .iter()
            .map(|borrower| BorrowerRow {
                id: borrower.id.to_string(),
                name: borrower.name.clone(),
                kind: borrower.kind.label().to_owned(),
                office: format!("{}, {}", borrower.office, borrower.area.label()),
                standing: words::standing(borrower),
                loans: loans.iter().filter(|loan| loan.terms.borrower == borrower.id).count() as u64,
            })
            .collect(),
        pager: Pager::default(),
    })
}

fn id(call: &Call) -> Result<BorrowerId> {
    call.param("id").parse().map_err(|_| unknown())
}

fn unknown() -> Refusal {
    Refusal::not_found("borrower.unknown", "there is no such borrower")
}

/// `GET /console/borrowers/{id}`.
pub(super) fn show(call: &Call) -> Answer {
    let id = id(call)?;
    let charter = call.app().charter()?;
    let (borrower, loans, spent) = call.app().store().read(|tx| {
        let borrower = tx.borrower(id)?.ok_or_else(unknown)?;
        let loans = tx.loans()?.into_iter().filter(|loan| loan.terms.borrower == id);
        let loans: Vec<(Loan, Borrower)> = loans.map(|loan| (loan, borrower.clone())).collect();
        let spent: u32 =
            tx.estimates_for(id, &charter.estimates.season)?.iter().map(|estimate| estimate.price.0).sum();
        Ok::<_, Refusal>((borrower, loans, spent))
    })?;
    let record = Record::of(call, loans.iter().map(|(loan, _)| loan))?;
    let figure = |value: String, label: &str| Figure { value, label: label.to_owned(), note: String::new() };
    let proof = call.site.with_trail(|trail| {
        let last = trail
            .last("borrower", &id, "borrower.verified")
            .or_else(|| trail.last("borrower", &id, "borrower.registered"));
        last.map(|mark| Proof { index: mark.index })
    })?;
    Reply::page(&console::Borrower {
        frame: frame::console(call, borrower.name.clone(), Place::Borrowers)?,
        id: id.to_string(),
        standing: words::standing(&borrower),
        standing_said: match &borrower.standing {
            Standing::Registered => {
                "Nobody has checked identity and office yet, so nothing can be lent.".to_owned()
            }
            Standing::Verified { at } => format!("Checked by a steward on {}.", frame::day(call, *at).text),
            Standing::Suspended { reason, .. } => format!("Suspended: {reason}"),
        },
        proof,
        terms: [
            ("Kind", borrower.kind.label().to_owned()),
            ("Office", borrower.office.clone()),
            ("Area", borrower.area.label()),
            ("Treasurer", borrower.treasurer.clone()),
            ("Written to at", borrower.contact_email.clone()),
            ("Registered", frame::day(call, borrower.registered).text),
            ("Questions", words::budget(&charter, spent)),
        ]
        .into_iter()
        .collect(),
        positions: borrower
            .positions
            .iter()
            .map(|issue| Position { issue: charter.issue_label(issue), stance: "position stated".to_owned() })
            .collect(),
        record: if record.loans == 0 {
            Vec::new()
        } else {
            vec![
                figure(count(record.reached), "reached"),
                figure(count(record.yes), "said yes"),
                figure(count(record.complaints), "complained"),
                figure(record.value.to_string(), "in kind"),
            ]
        },
        rows: rows(call, &loans)?,
        may_verify: borrower.standing == Standing::Registered && frame::may(call, Action::VerifyBorrower),
    })
}

/// `POST /console/borrowers/{id}/verify`.
pub(super) fn verify(call: &Call) -> Answer {
    let id = id(call)?;
    lend::verify_borrower(call.app(), call.actor()?, id)?;
    Reply::done(&format!("/console/borrowers/{id}"), Done::Verified)
}
