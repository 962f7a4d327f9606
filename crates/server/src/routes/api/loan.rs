//! One request of one's own: status with its date, counting, changing, asking for a review.

use super::super::{Answer, Call, Reply};
use super::body;
use crate::present::{api, words};
use axum::http::StatusCode;
use hustings_app::board;
use hustings_app::lend::{self, LoanChange};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Appeal, Narrower};
use hustings_domain::words::Slug;
use jiff::Timestamp;
use serde::Deserialize;

/// `GET /api/v1/loans/{number}`.
pub(in super::super) fn show(call: &Call) -> Answer {
    shown(call, call.loan()?)
}

fn shown(call: &Call, number: LoanNumber) -> Answer {
    let view = lend::loan_view(call.app(), call.actor()?, number)?;
    Reply::json(StatusCode::OK, &api::loan(call, &view)?)
}

/// `POST /api/v1/loans/{number}/count`: noised, and charged as on the desk; asked again it costs nothing.
pub(in super::super) fn count(call: &Call) -> Answer {
    let estimated = lend::estimate(call.app(), call.actor()?, call.loan()?)?;
    Reply::json(
        StatusCode::OK,
        &serde_json::json!({
            "reach": api::reach(&estimated.answer),
            "repeated": estimated.repeated,
            "questions_left": estimated.questions_left,
            "said": words::questions(estimated.questions_left),
        }),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    appeal: Option<Appeal>,
    cap: Option<u32>,
    fields: Option<Vec<Slug>>,
    opens: Option<Timestamp>,
    closes: Option<Timestamp>,
}

/// `POST /api/v1/loans/{number}/appeal`: another text, or less than was asked for; the board votes anew. What changes
/// nothing leaves the votes as they are.
pub(in super::super) fn change(call: &Call) -> Answer {
    let number = call.loan()?;
    let Change { appeal, cap, fields, opens, closes } = body(call)?;
    let change = LoanChange { appeal, to: Narrower { cap, fields, opens, closes } };
    match lend::edit_loan(call.app(), call.actor()?, number, change) {
        Err(refusal) if refusal.code != "loan.unchanged" => Err(refusal),
        _ => shown(call, number),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Review {
    words: String,
}

/// `POST /api/v1/loans/{number}/review`: once, in time.
pub(in super::super) fn review(call: &Call) -> Answer {
    let number = call.loan()?;
    let review: Review = body(call)?;
    board::ask_for_review(call.app(), call.actor()?, number, &review.words)?;
    shown(call, number)
}
