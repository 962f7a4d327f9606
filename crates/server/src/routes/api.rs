//! The borrowers' API, version 1: what the desk does, for programs. It shows what the desk shows and nothing else, and
//! `openapi.json` describes it; a test holds each to the other.

mod copies;
mod loan;
mod loans;
mod many;
mod notices;
mod own;

pub(super) use copies::{fetch, list as copies};
pub(super) use loan::{change, count, review, show};
pub(super) use loans::{check, file, list as loans};
pub(super) use many::{check as check_many, file as file_many};
pub(super) use notices::{acknowledge, corrections, duties, outcomes, take};
pub(super) use own::{borrower, budget, charter};

use super::{Answer, Call, Reply};
use axum::http::StatusCode;
use hustings_app::{Refusal, Result};
use hustings_domain::ids::BorrowerId;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const OPENAPI: &str = include_str!("api/openapi.json");

/// `GET /api/v1/openapi.json`: with the address at which this list is served.
pub(super) fn openapi(call: &Call) -> Answer {
    let mut described: Value = serde_json::from_str(OPENAPI)
        .map_err(|error| Refusal::internal("the description of the API does not read").because(error))?;
    if let Some(members) = described.as_object_mut() {
        members.insert("servers".to_owned(), json!([{"url": call.site.address()}]));
    }
    Reply::json(StatusCode::OK, &described)
}

/// The borrower for which the program acts.
fn own_borrower(call: &Call) -> Result<BorrowerId> {
    call.actor()?.borrower.ok_or_else(|| Refusal::not_found("borrower.unknown", "there is no such borrower"))
}

/// The body as text.
fn text(call: &Call) -> Result<&str> {
    let body = call.form.file.as_deref().unwrap_or_default();
    std::str::from_utf8(body)
        .map_err(|_| Refusal::invalid("api.not-text", "the body is not UTF-8").hint("send JSON, TOML or CSV"))
}

/// The body as JSON of one shape.
fn body<T: DeserializeOwned>(call: &Call) -> Result<T> {
    serde_json::from_str(text(call)?).map_err(|error| {
        Refusal::invalid("api.unreadable", "the body cannot be read")
            .because(error)
            .hint("`/api/v1/openapi.json` holds its shape with an example")
    })
}
