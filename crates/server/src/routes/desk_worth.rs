//! What a loan was worth, for its own borrower: no number of people from 1 to 9, and nothing of another's loan.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::problem::sentence;
use crate::views::desk::DeskWorth;
use crate::views::format::counted;
use hustings_app::worth::{self, Cell};
use hustings_domain::jurisdiction::NO_ADVICE;
use hustings_domain::lift::Lift;

/// `GET /desk/loans/{number}/worth`.
pub(super) fn loan(call: &Call) -> Answer {
    let number = call.loan()?;
    let changed = worth::changed(call.app(), call.actor()?, number)?;
    let name = super::desk::own(call)?.name;
    let lift = |lift: Option<Lift>| {
        sentence(&lift.map_or_else(|| "too few people to tell".to_owned(), |lift| lift.words()))
    };
    let days = u64::try_from(changed.days).unwrap_or(0);
    Reply::page(&DeskWorth {
        frame: frame::desk(call, format!("What {number} was worth"), &name)?,
        number: u64::from(number.0),
        value: format!("{} in kind", changed.value.value),
        people: counted(u64::from(changed.value.addressed), "person", "people"),
        cost: changed.cost_per_yes.map_or_else(String::new, |cost| cost.to_string()),
        days: counted(days, "day", "days"),
        stopped: lift(changed.stopped),
        gave: lift(changed.gave),
        answers: changed
            .answers
            .iter()
            .map(|(kind, cell)| (kind.as_str().to_owned(), cell.words()))
            .collect(),
        issues: changed.issues.iter().map(|line| (line.issue.to_string(), line.yes.words())).collect(),
        outcomes: outcomes(&changed.outcomes),
        no_advice: NO_ADVICE.to_owned(),
        has_notice: worth::notice(call.app(), call.actor()?, number).is_ok(),
    })
}

/// Outcomes as they are said.
pub(super) fn outcomes(told: &[(hustings_domain::outcome::OutcomeKind, Cell)]) -> Vec<(String, String)> {
    told.iter().map(|(kind, cell)| (kind.label().to_owned(), cell.words())).collect()
}

/// `GET /desk/statement`, `GET /console/statement`: a page that prints, to keep.
pub(super) fn statement_page(call: &Call) -> Answer {
    let statement = worth::statement(call.app(), call.actor()?, None)?;
    Reply::file("text/html; charset=utf-8", "statement.html", statement.html().into_bytes())
}

/// `GET /desk/statement.csv`, `GET /console/statement.csv`.
pub(super) fn statement_table(call: &Call) -> Answer {
    let statement = worth::statement(call.app(), call.actor()?, None)?;
    Reply::file("text/csv; charset=utf-8", "statement.csv", statement.csv()?.into_bytes())
}

/// `GET /desk/loans/{number}/notice`, `GET /console/loans/{number}/notice`: the transparency notice as a page that prints.
pub(super) fn notice(call: &Call) -> Answer {
    let number = call.loan()?;
    let notice = worth::notice(call.app(), call.actor()?, number)?;
    Reply::file("text/html; charset=utf-8", &format!("{number}-notice.html"), notice.html().into_bytes())
}
