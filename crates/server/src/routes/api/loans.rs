//! Checking a request, filing it, and one's own requests in a list.

use super::super::{Answer, Call, Reply};
use super::{own_borrower, text};
use crate::present::api;
use axum::http::StatusCode;
use hustings_app::lend::{self, FiledOnce, FilingKey, RequestFile, Requested};
use hustings_app::{Kind, Refusal, Result, RuleCheck};
use hustings_domain::loan::Loan;
use serde_json::json;

/// `GET /api/v1/loans`: the newest first.
pub(in super::super) fn list(call: &Call) -> Answer {
    let loans = lend::loans(call.app(), call.actor()?)?;
    let loans = loans.iter().map(|(loan, _)| api::row(call, loan)).collect::<Result<Vec<_>>>()?;
    Reply::json(StatusCode::OK, &json!({"loans": loans}))
}

/// `POST /api/v1/checks`: says what a request would meet, and files nothing.
pub(in super::super) fn check(call: &Call) -> Answer {
    let check = lend::check_request(call.app(), call.actor()?, &read(call)?)?;
    Reply::json(
        StatusCode::OK,
        &json!({"qualifies": check.qualifies(), "rules": check.rules, "remarks": check.appeal}),
    )
}

/// `POST /api/v1/loans`: once for each `Idempotency-Key`.
pub(in super::super) fn file(call: &Call) -> Answer {
    let request = read(call)?;
    let requested = match &call.key {
        None => lend::request(call.app(), call.actor()?, request)?,
        Some(word) => {
            let key = FilingKey::of_word(word, &request)?;
            match lend::request_once(call.app(), call.actor()?, request, key)? {
                FiledOnce::Now(requested) => requested,
                FiledOnce::Before(loan) => return filed(call, StatusCode::OK, &loan),
            }
        }
    };
    match requested {
        Requested::Accepted { loan, .. } => filed(call, StatusCode::CREATED, &loan),
        Requested::Refused { checks } => {
            // The rules' own words, as the desk shows them: also where they name what a steward does.
            let hints: Vec<&String> = checks.iter().filter_map(|check| check.instead.as_ref()).collect();
            Ok(Reply::problem(&broken(&checks), &call.id, json!({"rules": checks, "hints": hints})))
        }
    }
}

fn filed(call: &Call, status: StatusCode, loan: &Loan) -> Answer {
    let view = lend::loan_view(call.app(), call.actor()?, loan.number)?;
    Reply::json(status, &api::loan(call, &view)?)
}

fn broken(checks: &[RuleCheck]) -> Refusal {
    let refusal = Refusal::new(Kind::Invalid, "request.charter", "the charter refuses this request");
    let broken = checks.iter().filter(|check| !check.passed);
    broken.fold(refusal, |refusal, check| refusal.because(&check.rule))
}

/// The request, of one's own borrower: for others there is the way for many.
fn read(call: &Call) -> Result<RequestFile> {
    let request = RequestFile::parse(text(call)?)?;
    let Some(named) = &request.borrower else { return Ok(request) };
    let own = own_borrower(call)?;
    let borrower = call.app().store().read(|tx| Ok::<_, Refusal>(tx.borrower(own)?))?;
    let is_own = *named == own.to_string() || borrower.is_some_and(|borrower| borrower.name == *named);
    if is_own {
        return Ok(request);
    }
    Err(Refusal::not_found("borrower.unknown", format!("there is no borrower `{named}` for you here"))
        .hint("leave `borrower` out for your own; for candidates who named you, `POST /api/v1/batches`"))
}
