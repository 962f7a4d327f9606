//! What must be erased or put right in copies that were handed over, and that it was done.

use super::super::{Answer, Call, Reply};
use axum::http::StatusCode;
use hustings_app::after::ErasureNotice;
use hustings_app::{Refusal, after};
use serde_json::{Value, json};

fn erasure(notice: &ErasureNotice) -> Value {
    json!({
        "id": notice.id,
        "copy": notice.copy.0,
        "row": notice.reference,
        "told": notice.told.to_string(),
        "acknowledged": notice.acknowledged.map(|at| at.to_string()),
    })
}

/// `GET /api/v1/erasures`: the oldest first.
pub(in super::super) fn erasures(call: &Call) -> Answer {
    let notices = after::erasures(call.app(), call.actor()?)?;
    let notices: Vec<Value> = notices.iter().map(erasure).collect();
    Reply::json(StatusCode::OK, &json!({"erasures": notices}))
}

/// `POST /api/v1/erasures/{id}/acknowledge`: said again it changes nothing.
pub(in super::super) fn acknowledge(call: &Call) -> Answer {
    let unknown = |_| Refusal::not_found("erasure.unknown", "there is no such notice");
    let id = call.param("id").parse().map_err(unknown)?;
    Reply::json(StatusCode::OK, &erasure(&after::acknowledge_erasure(call.app(), call.actor()?, id)?))
}

/// `GET /api/v1/corrections`: the oldest first.
pub(in super::super) fn corrections(call: &Call) -> Answer {
    let notices = after::corrections(call.app(), call.actor()?)?;
    let notices: Vec<Value> = notices
        .iter()
        .map(|notice| {
            json!({
                "id": notice.id,
                "copy": notice.copy.0,
                "row": notice.reference,
                "fields": notice.fields,
                "told": notice.told.to_string(),
                "taken": notice.taken.map(|at| at.to_string()),
            })
        })
        .collect();
    Reply::json(StatusCode::OK, &json!({"corrections": notices}))
}

/// `POST /api/v1/corrections/{id}/take`.
pub(in super::super) fn take(call: &Call) -> Answer {
    super::super::desk::take_correction(call)
}
