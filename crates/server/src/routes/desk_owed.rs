//! What a borrower owes, acknowledged; and what it reports back, by file and by form.

use super::{Answer, Call, Done, Reply};
use crate::present::{frame, words};
use crate::problem::sentence;
use crate::views::desk::{DeskDuty, OutcomeMark, Outcomes, OutcomesResult};
use crate::views::format::{count, counted};
use crate::views::parts::{Badge, Choice};
use hustings_app::after::{self, DutyLine, OutcomeReport, Said};
use hustings_app::{Kind, Refusal, Result};
use hustings_domain::duty::DutyKind;
use hustings_domain::money::Cents;
use hustings_domain::outcome::{Outcome, OutcomeKind};

/// A form holds so many fields; more is acknowledged in the next round, or by the command line.
pub(super) const SHOWN: usize = 200;
/// So many refused rows are shown; the command line writes all of them into a file.
const REJECTS_SHOWN: usize = 500;

/// What is open, as the desk shows it, the soonest due first.
pub(super) fn owed(call: &Call) -> Result<Vec<DeskDuty>> {
    let open = after::duties(call.app(), call.actor()?)?.into_iter().filter(|line| line.duty.is_open());
    Ok(open.map(|line| shown(call, &line)).collect())
}

fn shown(call: &Call, line: &DutyLine) -> DeskDuty {
    let duty = &line.duty;
    let row = duty.reference.clone().unwrap_or_default();
    let said = match duty.kind {
        DutyKind::Recall => format!("Erase row {row}: the person took it back"),
        DutyKind::Erasure => format!("Erase row {row}: the person was forgotten"),
        DutyKind::Correction => format!("Put right row {row}: {}", words::fields(&duty.fields)),
        DutyKind::Expiry => format!("Erase all of copy {}: its time is over", duty.copy.0),
    };
    let left = duty.due.duration_since(call.app().now()).as_hours();
    let days = u64::try_from(left / 24).unwrap_or(0);
    DeskDuty {
        id: duty.id.to_string(),
        said,
        told: frame::day(call, duty.told),
        due: frame::day(call, duty.due),
        left: match left {
            _ if line.is_mark => Badge::stop("a mark on your standing"),
            i64::MIN..0 => Badge::stop("late"),
            0..24 => Badge::wait("due today"),
            _ => Badge::wait(format!("{} left", counted(days, "day", "days"))),
        },
        take: duty.kind == DutyKind::Correction,
        taken: duty.taken.map(|at| frame::day(call, at)),
    }
}

/// `POST /desk/duties`: `duty` for each, `done`, `processors`.
pub(super) fn acknowledge(call: &Call) -> Answer {
    let form = &call.form.fields;
    let unknown = |_| Refusal::not_found("duty.unknown", "there is no such duty");
    let ids = form.all("duty").map(|id| id.parse().map_err(unknown)).collect::<Result<Vec<_>>>()?;
    let wrong = |what: String| Refusal::invalid("duty.said", what);
    let done = form.text("done").parse().map_err(|_| {
        wrong("say what was done".to_owned()).hint("erased, never brought into any system, or put right")
    })?;
    let processors = match form.text("processors").trim() {
        "" => 0,
        text => text
            .parse()
            .map_err(|_| wrong("the number of processors is a whole number, or nothing".to_owned()))?,
    };
    let acknowledged = after::acknowledge(call.app(), call.actor()?, &ids, Said { done, processors })?;
    Reply::done("/desk", if acknowledged.mark_lifted { Done::MarkLifted } else { Done::Acknowledged })
}

fn page(call: &Call, title: &str, problem: String, result: Option<OutcomesResult>) -> Result<Outcomes> {
    let name = super::desk::own(call)?.name;
    let mut copies = after::copies(call.app(), call.actor()?)?;
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.number));
    let now = call.app().now();
    Ok(Outcomes {
        frame: frame::desk(call, title, &name)?,
        problem,
        result,
        copies: copies
            .iter()
            .filter(|copy| copy.expires > now)
            .map(|copy| (u64::from(copy.number.0), count(u64::from(copy.people))))
            .collect(),
        kinds: OutcomeKind::ALL
            .into_iter()
            .map(|kind| Choice {
                value: kind.as_str().to_owned(),
                label: kind.label().to_owned(),
                ticked: call.form.fields.text("outcome") == kind.as_str(),
            })
            .collect(),
        typed: call.form.fields.text("references").to_owned(),
        largest: format!("{} MB", after::MOST_OUTCOME_BYTES / 1024 / 1024),
    })
}

/// `GET /desk/outcomes`.
pub(super) fn outcomes(call: &Call) -> Answer {
    Reply::page(&page(call, "Say what came of it", String::new(), None)?)
}

/// `GET /desk/outcomes/{number}`: an empty file for a copy, of references alone.
pub(super) fn form(call: &Call) -> Answer {
    let number = call.copy()?;
    let text = after::outcome_form(call.app(), call.actor()?, number)?;
    Reply::file("text/csv; charset=utf-8", &format!("{number}-outcomes.csv"), text.into_bytes())
}

/// `POST /desk/outcomes`, with the file.
pub(super) fn by_file(call: &Call) -> Answer {
    let file = call.form.file.as_deref().filter(|bytes| !bytes.is_empty());
    let none = || Refusal::invalid("outcomes.no-file", "no file came with the form").hint("choose the file");
    let said = file.ok_or_else(none).and_then(|file| after::log_outcomes(call.app(), call.actor()?, file));
    answered(call, said)
}

/// `POST /desk/outcomes/rows`: `references`, one a line; `outcome`, `amount`, `on`.
pub(super) fn by_form(call: &Call) -> Answer {
    let form = &call.form.fields;
    let text = |name: &str| form.text(name).trim().to_owned();
    let wrong = |code: &'static str, what: &str| Refusal::invalid(code, what.to_owned());
    let read = || {
        let kind =
            text("outcome").parse().map_err(|_| wrong("outcomes.unknown", "choose what came of it"))?;
        let amount = match text("amount").as_str() {
            "" => None,
            typed => Some(money(typed).ok_or_else(|| {
                wrong("outcomes.amount", "the amount is not a sum of money above zero: write 27.50")
            })?),
        };
        let on = match text("on").as_str() {
            "" => None,
            typed => {
                Some(typed.parse().map_err(|_| wrong("outcomes.day", "the day is written as 2026-03-07"))?)
            }
        };
        Ok::<_, Refusal>(Outcome { kind, amount, on })
    };
    let references = form.text("references").replace([',', ';'], "\n");
    let references: Vec<&str> = references.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let said = read().and_then(|outcome| after::log_outcome(call.app(), call.actor()?, &references, outcome));
    answered(call, said)
}

/// Whole cents of `27.50` or `27`.
fn money(text: &str) -> Option<Cents> {
    let text = text.trim_start_matches('$');
    let (whole, odd) = text.split_once('.').unwrap_or((text, "00"));
    let digits =
        |text: &str| !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(odd) || odd.len() != 2 {
        return None;
    }
    let cents = whole.parse::<i64>().ok()? * 100 + odd.parse::<i64>().ok()?;
    (cents > 0).then_some(Cents(cents))
}

fn answered(call: &Call, said: Result<OutcomeReport>) -> Answer {
    match said {
        Ok(report) => {
            let title = if report.changed_nothing() { "Nothing new was taken" } else { "Taken" };
            Reply::page(&page(call, title, String::new(), Some(result(&report)))?)
        }
        Err(refusal) if refusal.kind == Kind::Invalid => {
            let hints = refusal.hints.join("; ");
            let problem = if hints.is_empty() {
                sentence(&refusal.message)
            } else {
                format!("{} {}", sentence(&refusal.message), sentence(&hints))
            };
            let shown = page(call, "Say what came of it", problem, None)?;
            Reply::page_with(axum::http::StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(refusal) => Err(refusal),
    }
}

fn result(report: &OutcomeReport) -> OutcomesResult {
    let honoured = match report.no_contact {
        0 => String::new(),
        1 => "One person asked not to be contacted: we pass nothing of yours on to them from now on."
            .to_owned(),
        many => format!(
            "{many} people asked not to be contacted: we pass nothing of yours on to them from now on."
        ),
    };
    OutcomesResult {
        said: sentence(&report.words()),
        honoured,
        rejects: report
            .rejects
            .iter()
            .take(REJECTS_SHOWN)
            .map(|reject| OutcomeMark { line: reject.line.to_string(), why: sentence(reject.reason.words()) })
            .collect(),
        more: (report.refused > REJECTS_SHOWN as u64)
            .then(|| count(report.refused.saturating_sub(REJECTS_SHOWN as u64))),
    }
}
