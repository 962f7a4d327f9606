//! One's own copies: numbered and seeded as on the desk, each fetch in the ledger before a byte leaves.

use super::super::{Answer, Call, Reply};
use super::{body, text};
use axum::http::StatusCode;
use hustings_app::{Result, after};
use serde::Deserialize;

/// `GET /api/v1/copies`: the newest first.
pub(in super::super) fn list(call: &Call) -> Answer {
    let actor = call.actor()?;
    let mut copies = after::copies(call.app(), actor)?;
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.number));
    let copies = copies.iter().map(|copy| {
        let view = after::copy_view(call.app(), actor, copy.number)?;
        Ok(serde_json::json!({
            "number": copy.number.0,
            "loan": view.loan.0,
            "people": copy.people,
            "fields": copy.fields,
            "made": copy.made.to_string(),
            "erase_by": copy.expires.to_string(),
            "fetched": view.fetched.map(|at| at.to_string()),
            "sha256": copy.file_hash,
            "may_fetch": view.held && !view.expired,
        }))
    });
    Reply::json(StatusCode::OK, &serde_json::json!({"copies": copies.collect::<Result<Vec<_>>>()?}))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fetch {
    #[serde(default)]
    again: bool,
}

/// `POST /api/v1/copies/{number}/fetch`: once, and again when it says so.
pub(in super::super) fn fetch(call: &Call) -> Answer {
    let number = call.copy()?;
    let fetch = if text(call)?.trim().is_empty() { Fetch::default() } else { body::<Fetch>(call)? };
    let bytes = after::fetch_copy_by_program(call.app(), call.actor()?, number, fetch.again)?;
    Reply::file("text/csv; charset=utf-8", &format!("{number}.csv"), bytes)
}
