//! The calendar: own mail first, and attention shared among cleared loans.

use super::{Answer, Call, Done, Reply};
use crate::present::frame;
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{Calendar, EntryLine, ShareLine, WaitingLine};
use crate::views::format::counted;
use crate::views::parts::{Badge, When};
use axum::http::StatusCode;
use hustings_app::calendar::{self, Competing, NewEntry, ShareView};
use hustings_app::{Kind, Refusal};
use hustings_domain::access::Action;
use hustings_domain::money::group_thousands;

/// `GET /console/calendar`.
pub(super) fn page(call: &Call) -> Answer {
    shown(call, None, StatusCode::OK)
}

fn shown(call: &Call, refusal: Option<&Refusal>, status: StatusCode) -> Answer {
    let view = calendar::calendar(call.app(), call.actor()?)?;
    let may_plan = frame::may(call, Action::PlanMail);
    let today = call.app().now().to_zoned(call.site.zone().clone()).date();
    let own = view.own.into_iter().map(|(entry, people)| {
        let over = entry.day < today;
        EntryLine {
            id: entry.id.to_string(),
            day: When::on(entry.day),
            people: counted(people, "person", "people"),
            state: match (entry.cancelled, over) {
                (Some(_), _) => Badge::plain("cancelled"),
                (None, true) => Badge::plain("over"),
                (None, false) => Badge::go("planned"),
            },
            may_cancel: may_plan && entry.cancelled.is_none() && !over,
            title: entry.title,
        }
    });
    let title = match view.waiting.len() {
        0 => "No loan waits for attention".to_owned(),
        many => format!("{} for attention", counted(many as u64, "loan waits", "loans wait")),
    };
    let shared = view.newest.first().map_or_else(String::new, |share| {
        let at = frame::when(call, share.at).text;
        let until = frame::when(call, share.closes).text;
        format!(
            "Sharing {}, worked out on {at} from the seed {}; it holds until {until}.",
            share.sharing, share.seed
        )
    });
    Reply::page_with(
        status,
        &Calendar {
            frame: frame::console(call, title, Place::Loans)?,
            window_days: view.window_days,
            own: own.collect(),
            waiting: view.waiting.into_iter().map(|loan| waiting(call, loan)).collect(),
            shares: view.newest.into_iter().map(share_line).collect(),
            shared,
            may_plan,
            may_share: frame::may(call, Action::ShareAttention),
            wrong: refusal.map(|refusal| {
                let hints = refusal.hints.iter().map(|hint| sentence(hint)).collect::<Vec<_>>().join(" ");
                (sentence(&refusal.message), hints)
            }),
        },
    )
}

fn waiting(call: &Call, loan: Competing) -> WaitingLine {
    let cap = group_thousands(u64::from(loan.cap));
    WaitingLine {
        number: u64::from(loan.loan.0),
        asks: format!("up to {cap} people, to {}", loan.ask),
        until: frame::when(call, loan.closes),
        borrower: loan.borrower,
    }
}

fn share_line(share: ShareView) -> ShareLine {
    ShareLine {
        number: u64::from(share.loan.0),
        percent: format!("{} %", share.percent),
        explained: sentence(&share.explained),
        borrower: share.borrower,
    }
}

/// What was refused is shown above the form.
fn done_or_shown<T>(call: &Call, done: hustings_app::Result<T>, said: Done) -> Answer {
    match done {
        Ok(_) => Reply::done("/console/calendar", said),
        Err(refusal) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            shown(call, Some(&refusal), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(refusal) => Err(refusal),
    }
}

/// `POST /console/calendar`: `title`, `day`, `audience`, `money=yes`.
pub(super) fn plan(call: &Call) -> Answer {
    let form = &call.form.fields;
    let day = form.text("day").trim();
    let planned = day
        .parse()
        .map_err(|_| {
            Refusal::invalid("calendar.day", format!("`{day}` is not a day")).hint("write it as 2026-05-11")
        })
        .and_then(|day| {
            let new = NewEntry {
                title: form.text("title").to_owned(),
                day,
                audience: form.text("audience").to_owned(),
                money: form.text("money") == "yes",
            };
            calendar::plan(call.app(), call.actor()?, &new)
        });
    done_or_shown(call, planned, Done::MailPlanned)
}

/// `POST /console/calendar/{id}/cancel`.
pub(super) fn cancel(call: &Call) -> Answer {
    let id = call
        .param("id")
        .parse()
        .map_err(|_| Refusal::not_found("calendar.unknown", "nothing in the calendar is called that"))?;
    done_or_shown(call, calendar::cancel(call.app(), call.actor()?, id), Done::MailCancelled)
}

/// `POST /console/calendar/share`.
pub(super) fn share(call: &Call) -> Answer {
    done_or_shown(call, calendar::share(call.app(), call.actor()?), Done::AttentionShared)
}
