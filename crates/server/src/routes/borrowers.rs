//! Who asks, or has asked; checking who they are.

use super::{Answer, Call, Done, Reply};
use crate::present::loans::{Record, rows};
use crate::present::{frame, words};
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{self, BorrowerRow, Borrowers, Figure, Position, StandingRow};
use crate::views::format::{count, counted};
use crate::views::parts::{Pager, Proof};
use hustings_app::lend::Filed;
use hustings_app::{Refusal, Result, after, lend};
use hustings_domain::access::Action;
use hustings_domain::borrower::{Agent, Borrower, Standing};
use hustings_domain::ids::BorrowerId;
use hustings_domain::loan::Loan;

/// `GET /console/borrowers`.
pub(super) fn list(call: &Call) -> Answer {
    let mut borrowers = lend::borrowers(call.app(), call.actor()?)?;
    borrowers.sort_by_key(Borrower::is_verified);
    let today = frame::today(call);
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
                standing: words::standing(&borrower.standing.on(today)),
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
        let loans: Vec<(Loan, Borrower)> =
            tx.loans_of(id)?.into_iter().map(|loan| (loan, borrower.clone())).collect();
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
    let standing = borrower.standing.on(frame::today(call));
    Reply::page(&console::Borrower {
        frame: frame::console(call, borrower.name.clone(), Place::Borrowers)?,
        id: id.to_string(),
        mark: after::mark_of(call.app(), id)?.map_or_else(String::new, |mark| sentence(&mark.words())),
        standing: words::standing(&standing),
        standing_said: words::standing_said(
            &standing,
            "Nobody has checked identity and office yet, so nothing can be lent.",
            match &standing {
                Standing::Verified { at } => {
                    format!("Checked by a steward on {}.", frame::day(call, *at).text)
                }
                _ => String::new(),
            },
        ),
        proof,
        terms: [
            ("Kind", borrower.kind.label().to_owned()),
            ("Office", borrower.office.clone()),
            ("Area", borrower.area.label()),
            ("Treasurer", borrower.treasurer.clone()),
            ("Election", elections(&borrower)),
            (
                "Jurisdiction",
                borrower.file.jurisdiction.as_ref().map_or("not on file".to_owned(), ToString::to_string),
            ),
            ("Written to at", borrower.contact_email.clone()),
            ("May act", agents(&borrower)),
            ("Registered", frame::day(call, borrower.registered).text),
            ("Questions", words::budget(&charter, spent)),
        ]
        .into_iter()
        .collect(),
        positions: borrower
            .positions
            .iter()
            .map(|issue| Position {
                issue: charter.issue_label(issue),
                stance: borrower
                    .file
                    .sources
                    .get(issue)
                    .map_or_else(|| "position stated, no source on file".to_owned(), Clone::clone),
            })
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
        may_verify: standing == Standing::Registered && frame::may(call, Action::VerifyBorrower),
        may_suspend: matches!(standing, Standing::Verified { .. } | Standing::Notice { .. })
            && frame::may(call, Action::SuspendBorrower),
        may_end: matches!(standing, Standing::Verified { .. } | Standing::Suspended { .. })
            && frame::may(call, Action::EndBorrower),
        may_reinstate: matches!(
            standing,
            Standing::Suspended { .. } | Standing::Notice { .. } | Standing::Ended { .. }
        ) && frame::may(call, Action::VerifyBorrower),
        may_file: frame::may(call, Action::FileBorrower),
        issues: charter.issues.iter().map(|issue| (issue.id.to_string(), issue.label.clone())).collect(),
        history: borrower
            .history
            .iter()
            .rev()
            .map(|change| StandingRow {
                day: frame::day(call, change.at).text,
                what: change.to.clone(),
                by: change.by.split(':').next().unwrap_or_default().to_owned(),
                why: change.why.clone(),
            })
            .collect(),
    })
}

fn elections(borrower: &Borrower) -> String {
    let days: Vec<String> = borrower.file.elections.iter().map(ToString::to_string).collect();
    if days.is_empty() { "not on file".to_owned() } else { days.join(", ") }
}

fn agents(borrower: &Borrower) -> String {
    let agents: Vec<String> =
        borrower.file.agents.iter().map(|agent| format!("{} <{}>", agent.name, agent.email)).collect();
    if agents.is_empty() { "whoever is given a log-in".to_owned() } else { agents.join(", ") }
}

/// `POST /console/borrowers/{id}/suspend`.
pub(super) fn suspend(call: &Call) -> Answer {
    let id = id(call)?;
    lend::suspend_borrower(call.app(), call.actor()?, id, call.form.fields.text("words"))?;
    Reply::done(&format!("/console/borrowers/{id}"), Done::Suspended)
}

/// `POST /console/borrowers/{id}/notice`.
pub(super) fn notice(call: &Call) -> Answer {
    let id = id(call)?;
    let form = &call.form.fields;
    let days = form.text("days").trim().parse().map_err(|_| {
        Refusal::invalid("borrower.cure-days", "say in how many days it can be cured").hint(format!(
            "{} to {}",
            lend::LEAST_CURE_DAYS,
            lend::MOST_CURE_DAYS
        ))
    })?;
    lend::give_notice(call.app(), call.actor()?, id, form.text("words"), days)?;
    Reply::done(&format!("/console/borrowers/{id}"), Done::NoticeGiven)
}

/// `POST /console/borrowers/{id}/reinstate`.
pub(super) fn reinstate(call: &Call) -> Answer {
    let id = id(call)?;
    lend::reinstate_borrower(call.app(), call.actor()?, id, call.form.fields.text("words"))?;
    Reply::done(&format!("/console/borrowers/{id}"), Done::Reinstated)
}

/// `POST /console/borrowers/{id}/file`: an election, a position with its source, an agent; what is filled in.
pub(super) fn file(call: &Call) -> Answer {
    let id = id(call)?;
    let form = &call.form.fields;
    let typed = |name: &str| form.text(name).trim().to_owned();
    let wrong = |what: String| Refusal::invalid("borrower.form", what);
    let mut filed = Vec::new();
    if !typed("election").is_empty() {
        let day = typed("election");
        filed.push(Filed::Election(
            day.parse().map_err(|_| wrong(format!("`{day}` is not a day")).hint("such as 2026-11-03"))?,
        ));
    }
    if !typed("source").is_empty() {
        let issue =
            typed("issue").parse().map_err(|_| wrong("name the issue that the page is about".to_owned()))?;
        filed.push(Filed::Position(issue, typed("source")));
    }
    if !typed("agent-email").is_empty() {
        filed.push(Filed::Agent(Agent { name: typed("agent-name"), email: typed("agent-email") }));
    }
    if filed.is_empty() {
        return Err(wrong("nothing is filled in".to_owned())
            .hint("an election, a position with its page, or an agent"));
    }
    for one in filed {
        lend::file_borrower(call.app(), call.actor()?, id, one)?;
    }
    Reply::done(&format!("/console/borrowers/{id}"), Done::Filed)
}

/// `POST /console/borrowers/{id}/verify`.
pub(super) fn verify(call: &Call) -> Answer {
    let id = id(call)?;
    lend::verify_borrower(call.app(), call.actor()?, id)?;
    Reply::done(&format!("/console/borrowers/{id}"), Done::Verified)
}
