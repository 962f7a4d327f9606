//! What loans were worth and what they changed: the owner's own people.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{LoanWorth, WorthLine, Worths};
use crate::views::format::counted;
use axum::http::StatusCode;
use hustings_app::worth;
use hustings_domain::jurisdiction::NO_ADVICE;
use hustings_domain::lift::Lift;

/// `GET /console/worth`.
pub(super) fn page(call: &Call) -> Answer {
    let statement = worth::statement(call.app(), call.actor()?, None)?;
    let rows = statement.lines.into_iter().map(|line| WorthLine {
        number: u64::from(line.loan.0),
        borrower: line.borrower,
        value: line.valued.value.to_string(),
        sum: line.sum.to_string(),
        standing: sentence(&line.standing),
    });
    Reply::page_with(
        StatusCode::OK,
        &Worths {
            frame: frame::console(call, "What loans were worth", Place::Loans)?,
            rows: rows.collect(),
            election: statement.election,
            profile: statement.profile,
            note: statement.note,
            no_advice: NO_ADVICE.to_owned(),
        },
    )
}

/// `GET /console/worth/{number}`.
pub(super) fn loan(call: &Call) -> Answer {
    let number = call.loan()?;
    let changed = worth::changed(call.app(), call.actor()?, number)?;
    let lift = |lift: Option<Lift>| {
        sentence(&lift.map_or_else(|| "too few people to tell".to_owned(), |lift| lift.words()))
    };
    let people = counted(u64::from(changed.value.addressed), "person", "people");
    let days = u64::try_from(changed.days).unwrap_or(0);
    let issues = changed.issues.iter().map(|line| {
        let mailed = line.mailed.map_or_else(String::new, worth::Cell::words);
        (line.issue.to_string(), mailed, line.yes.words())
    });
    Reply::page_with(
        StatusCode::OK,
        &LoanWorth {
            frame: frame::console(call, format!("What {number} changed"), Place::Loans)?,
            number: u64::from(number.0),
            value: format!("{} in kind, for {people}", changed.value.value),
            days: counted(days, "day", "days"),
            stopped: lift(changed.stopped),
            gave: lift(changed.gave),
            answers: changed
                .answers
                .iter()
                .map(|(kind, cell)| (kind.as_str().to_owned(), cell.words()))
                .collect(),
            issues: issues.collect(),
            outcomes: super::desk_worth::outcomes(&changed.outcomes),
            outcome_issues: changed.issues.iter().filter_map(by_issue).collect(),
            planted: match changed.reported_of_seeds {
                None | Some(0) => String::new(),
                Some(1) => {
                    "Of one planted row something was reported that only a person can have done.".to_owned()
                }
                Some(many) => {
                    format!("Of {many} planted rows something was reported that only a person can have done.")
                }
            },
            cost: changed.cost_per_yes.map_or_else(String::new, |cost| cost.to_string()),
            has_notice: worth::notice(call.app(), call.actor()?, number).is_ok(),
        },
    )
}

/// What was reported of those who declared an issue, where that is not few.
fn by_issue(line: &worth::IssueLine) -> Option<(String, String)> {
    let told: Vec<String> = line
        .outcomes
        .iter()
        .filter(|(_, cell)| matches!(cell, worth::Cell::People(_)))
        .map(|(kind, cell)| format!("{} {}", cell.words(), kind.label()))
        .collect();
    (!told.is_empty()).then(|| (line.issue.to_string(), told.join(", ")))
}
