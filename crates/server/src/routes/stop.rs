//! Stopping: one press, no log-in, at once. The same address takes the one-click `POST` of mail programs
//! (RFC 8058), and answers it with a page and no redirect.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::views::supporter::{Stop, StopChoice};
use hustings_app::after::{self, StopScope};
use hustings_app::{Refusal, Result};

fn word(scope: StopScope) -> &'static str {
    match scope {
        StopScope::ThisBorrower => "borrower",
        StopScope::AllAppeals => "appeals",
        StopScope::Everything => "everything",
    }
}

fn choices(scopes: &[StopScope], borrower: &str, owner: &str) -> Vec<StopChoice> {
    let label = |scope| match scope {
        StopScope::ThisBorrower => format!("Stop only {borrower}"),
        StopScope::AllAppeals => "Stop every appeal from others".to_owned(),
        StopScope::Everything => format!("Stop everything, {owner}'s own mail too"),
    };
    scopes.iter().map(|scope| StopChoice { value: word(*scope).to_owned(), label: label(*scope) }).collect()
}

/// `GET /u/{token}`.
pub(super) fn page(call: &Call) -> Answer {
    let token = call.param("token");
    let page = after::unsubscribe_page(call.app(), token)?;
    let open = |scope: &StopScope| !page.stopped.contains(scope);
    let other: Vec<StopScope> =
        [StopScope::ThisBorrower, StopScope::Everything].into_iter().filter(open).collect();
    let already =
        page.stopped.contains(&StopScope::AllAppeals) || page.stopped.contains(&StopScope::Everything);
    let (title, said) = if already {
        ("These mails are stopped".to_owned(), "You get no appeals from others any more.".to_owned())
    } else {
        (
            "Stop these mails?".to_owned(),
            format!(
                "One press, at once and for good: {} passes on no more {}.",
                page.owner,
                page.purposes.join("; ")
            ),
        )
    };
    Reply::page(&Stop {
        frame: frame::open(call, title),
        token: token.to_owned(),
        said,
        done: already,
        only: choices(&other, &page.borrower, &page.owner),
    })
}

/// `POST /u/{token}`: with `only` what that says; without, and by one click, every appeal from others.
pub(super) fn act(call: &Call) -> Answer {
    let token = call.param("token");
    let stopped = after::unsubscribe(call.app(), token, scope(call)?)?;
    let (title, said) = match stopped.scope {
        StopScope::ThisBorrower => (
            format!("Nothing more from {}", stopped.borrower),
            "Other appeals may still reach you.".to_owned(),
        ),
        StopScope::AllAppeals => (
            "You are off the appeals".to_owned(),
            "Nobody's case is passed on to you any more, as of now.".to_owned(),
        ),
        StopScope::Everything => (
            "You are off the list".to_owned(),
            "Nothing is sent to you any more, from us or through us, as of now.".to_owned(),
        ),
    };
    Reply::page(&Stop {
        frame: frame::open(call, title),
        token: token.to_owned(),
        said,
        done: true,
        only: choices(&stopped.further, &stopped.borrower, &stopped.owner),
    })
}

fn scope(call: &Call) -> Result<StopScope> {
    match call.form.fields.text("only") {
        "" | "appeals" => Ok(StopScope::AllAppeals),
        "borrower" => Ok(StopScope::ThisBorrower),
        "everything" => Ok(StopScope::Everything),
        _ => Err(Refusal::invalid("stop.scope", "choose what to stop by one of the buttons")),
    }
}
