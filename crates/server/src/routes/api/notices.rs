//! What must be erased or put right in copies that were handed over, that it was done, and what came of introductions.

use super::super::{Answer, Call, Reply};
use super::body;
use axum::http::StatusCode;
use hustings_app::after::{self, DutyLine, Said};
use hustings_app::{Refusal, Result};
use serde::Deserialize;
use serde_json::{Value, json};

fn duty(line: &DutyLine) -> Value {
    let duty = &line.duty;
    json!({
        "id": duty.id,
        "kind": duty.kind,
        "copy": duty.copy.0,
        "row": duty.reference,
        "fields": duty.fields,
        "told": duty.told.to_string(),
        "due": duty.due.to_string(),
        "is_mark": line.is_mark,
        "acknowledged": duty.acknowledged.as_ref().map(|word| word.at.to_string()),
        "done": duty.acknowledged.as_ref().map(|word| word.done),
    })
}

/// `GET /api/v1/duties`: the soonest due first, what is done last.
pub(in super::super) fn duties(call: &Call) -> Answer {
    let duties: Vec<Value> = after::duties(call.app(), call.actor()?)?.iter().map(duty).collect();
    Reply::json(StatusCode::OK, &json!({"duties": duties}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acknowledge {
    duties: Vec<String>,
    done: String,
    #[serde(default)]
    processors: u32,
}

/// `POST /api/v1/duties/acknowledge`: said again it changes nothing.
pub(in super::super) fn acknowledge(call: &Call) -> Answer {
    let said: Acknowledge = body(call)?;
    let done = said.done.parse().map_err(|error: String| Refusal::invalid("duty.said", error))?;
    let unknown = |_| Refusal::not_found("duty.unknown", "there is no such duty");
    let ids = said.duties.iter().map(|id| id.parse().map_err(unknown)).collect::<Result<Vec<_>>>()?;
    let said_of = Said { done, processors: said.processors };
    let acknowledged = after::acknowledge(call.app(), call.actor()?, &ids, said_of)?;
    Reply::json(
        StatusCode::OK,
        &json!({"now": acknowledged.now, "before": acknowledged.before, "mark_lifted": acknowledged.mark_lifted}),
    )
}

/// `POST /api/v1/outcomes`: a file of outcomes, as the desk takes it. The same file again changes nothing.
pub(in super::super) fn outcomes(call: &Call) -> Answer {
    let file = call.form.file.as_deref().unwrap_or_default();
    let report = after::log_outcomes(call.app(), call.actor()?, file)?;
    let rejects: Vec<Value> = report
        .rejects
        .iter()
        .map(|reject| json!({"line": reject.line, "code": reject.reason, "why": reject.reason.words()}))
        .collect();
    Reply::json(
        StatusCode::OK,
        &json!({
            "rows": report.rows,
            "taken": report.taken,
            "already": report.already,
            "refused": report.refused,
            "no_contact": report.no_contact,
            "rejects": rejects,
        }),
    )
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
