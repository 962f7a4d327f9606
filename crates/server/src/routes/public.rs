//! What everybody may see: every loan as a card, and the ledger's files as they are published. The numbers on a
//! card are those of its ledger entries and no others.

use super::{Answer, Call, Reply};
use crate::present::{frame, ledger, words};
use crate::site::Mark;
use crate::views::format::count;
use crate::views::parts::{Pager, Terms};
use crate::views::supporter::{LoanCard, PublicLedger};
use hustings_app::{Refusal, Result};
use hustings_domain::borrower::Borrower;
use hustings_domain::loan::{Loan, LoanState};
use hustings_domain::money::Cents;
use hustings_ledger::tiles::Tile;

/// Cards on one page.
const PAGE: usize = 20;

/// `GET /`.
pub(super) fn landing(_call: &Call) -> Answer {
    Reply::see_other("/ledger")
}

/// `GET /ledger?before=`.
pub(super) fn ledger(call: &Call) -> Answer {
    let before: u32 = call.query.text("before").parse().unwrap_or(u32::MAX);
    let (mut loans, borrowers) =
        call.app().store().read(|tx| Ok::<_, Refusal>((tx.loans()?, tx.borrowers()?)))?;
    let all = loans.len() as u64;
    loans.retain(|loan| loan.number.0 < before);
    let more = loans.len() > PAGE;
    loans.truncate(PAGE);
    let cards = loans.iter().map(|loan| card(call, loan, &borrowers)).collect::<Result<Vec<_>>>()?;
    let title = if all == 1 {
        "1 loan, and what came of it".to_owned()
    } else {
        format!("{} loans, and what came of them", count(all))
    };
    Reply::page(&PublicLedger {
        frame: frame::open(call, title),
        pager: Pager {
            showing: String::new(),
            newer: (before != u32::MAX).then(|| "/ledger".to_owned()),
            older: more.then(|| cards.last().map(|card| format!("/ledger?before={}", card.number))).flatten(),
        },
        cards,
        commands: ledger::commands(call),
        checkpoint: ledger::checkpoint(call),
    })
}

fn card(call: &Call, loan: &Loan, borrowers: &[Borrower]) -> Result<LoanCard> {
    let marks = call.site.with_trail(|trail| trail.about("loan", &loan.number.0).to_vec())?;
    let borrower = borrowers.iter().find(|borrower| borrower.id == loan.terms.borrower);
    // What the board has not let out is nobody's business yet.
    let said_aloud = !matches!(loan.state, LoanState::Requested | LoanState::Refused);
    Ok(LoanCard {
        number: u64::from(loan.number.0),
        borrower: borrower.map_or_else(String::new, |borrower| borrower.name.clone()),
        office: borrower.map_or_else(String::new, |b| format!("{}, {}", b.office, b.area.label())),
        subject: if said_aloud { loan.appeal.subject.clone() } else { format!("Loan {}", loan.number.0) },
        state: words::loan_state(loan.state),
        decided: decided(loan, &marks),
        terms: numbers(loan, &marks),
        entries: marks.iter().map(|mark| mark.index).collect(),
    })
}

fn decided(loan: &Loan, marks: &[Mark]) -> String {
    let votes = marks.iter().filter(|mark| mark.kind == "vote.cast").count();
    match marks.iter().rev().find(|mark| mark.kind == "loan.cleared" || mark.kind == "loan.refused") {
        Some(mark) if mark.kind == "loan.cleared" => {
            let wings =
                mark.body.get("wings").and_then(|wings| wings.as_array()).map_or_else(String::new, |wings| {
                    wings.iter().filter_map(|wing| wing.as_str()).collect::<Vec<_>>().join(" and ")
                });
            format!(
                "The board cleared it by {} approvals, from {wings}.",
                mark.number("approvals").unwrap_or(0)
            )
        }
        Some(_) => "The board refused it.".to_owned(),
        None if loan.state == LoanState::Requested => {
            format!("The board has not decided; {votes} votes are in.")
        }
        None => String::new(),
    }
}

fn numbers(loan: &Loan, marks: &[Mark]) -> Terms {
    let last = |kind: &str| marks.iter().rev().find(|mark| mark.kind == kind);
    let mut rows = vec![("Area", loan.terms.area.label()), ("Ask", loan.terms.ask.to_string())];
    if let Some(started) = last("send.started") {
        let number = |name: &str| count(started.number(name).unwrap_or(0));
        rows.push(("To be reached", number("planned")));
        let share = started.number("hold_back_per_mille").unwrap_or(0);
        rows.push(("Held back at random", format!("{share} of every 1,000 who qualified")));
    }
    if let Some(settled) = last("loan.settled") {
        let number = |name: &str| count(settled.number(name).unwrap_or(0));
        rows.push(("Reached", number("addressed")));
        rows.push(("Said yes", number("yes")));
        rows.push(("Introduced", number("introduced")));
        let cents = settled.number("in_kind_cents").and_then(|cents| i64::try_from(cents).ok()).unwrap_or(0);
        rows.push(("In-kind value", Cents(cents).to_string()));
    }
    rows.into_iter().collect()
}

fn file(call: &Call, path: &str, content_type: &'static str, cache: &'static str) -> Answer {
    let bytes = ledger::published(call, path)
        .ok_or_else(|| Refusal::not_found("ledger.no-file", "the published ledger has no such file"))?;
    Ok(Reply::bytes(content_type, cache, bytes))
}

/// `GET /ledger/checkpoint`.
pub(super) fn checkpoint(call: &Call) -> Answer {
    file(call, "checkpoint", "text/plain; charset=utf-8", "no-cache")
}

/// `GET /ledger/verifier.key`.
pub(super) fn verifier_key(call: &Call) -> Answer {
    file(call, "verifier.key", "text/plain; charset=utf-8", "no-cache")
}

/// `GET /ledger/tile/...`: only a path in its one spelling names a file, so none leads out of the folder.
pub(super) fn tile(call: &Call) -> Answer {
    let tile = Tile::parse_path(&format!("tile/{}", call.param("place")))
        .ok_or_else(|| Refusal::not_found("ledger.no-file", "the published ledger has no such file"))?;
    let cache = if tile.is_full() { "public, max-age=31536000, immutable" } else { "no-cache" };
    file(call, &tile.path(), "application/octet-stream", cache)
}
