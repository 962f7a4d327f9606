//! Who one is to the list, what is left to ask, and the charter in words.

use super::super::{Answer, Call, Reply};
use super::own_borrower;
use crate::present::{frame, words};
use axum::http::StatusCode;
use hustings_app::{Refusal, lend};
use serde_json::json;

/// `GET /api/v1/borrower`.
pub(in super::super) fn borrower(call: &Call) -> Answer {
    let own = own_borrower(call)?;
    let borrower = call
        .app()
        .store()
        .read(|tx| Ok::<_, Refusal>(tx.borrower(own)?))?
        .ok_or_else(|| Refusal::not_found("borrower.unknown", "there is no such borrower"))?;
    let standing = borrower.standing.on(frame::today(call));
    let scopes = call.actor()?.through.as_ref().map(|through| through.scopes.clone()).unwrap_or_default();
    Reply::json(
        StatusCode::OK,
        &json!({
            "id": borrower.id, "name": borrower.name, "kind": borrower.kind, "office": borrower.office,
            "area": borrower.area, "positions": borrower.positions,
            "standing": {"state": standing.word(), "said": words::standing_said(
                &standing, "A steward checks who you are.", "In order.".to_owned())},
            "scopes": scopes,
        }),
    )
}

/// `GET /api/v1/budget`.
pub(in super::super) fn budget(call: &Call) -> Answer {
    let left = lend::questions_left(call.app(), call.actor()?)?;
    Reply::json(StatusCode::OK, &json!({"questions_left": left, "said": words::questions(left)}))
}

/// `GET /api/v1/charter`.
pub(in super::super) fn charter(call: &Call) -> Answer {
    let offer = lend::offer(call.app(), call.actor()?)?;
    let service = call.site.service()?;
    let issues: Vec<_> = offer.issues.iter().map(|(id, label)| json!({"id": id, "label": label})).collect();
    Reply::json(
        StatusCode::OK,
        &json!({
            "owner": offer.owner, "version": offer.version, "rules": offer.rules, "asks": offer.asks,
            "most_people": offer.most_people, "issues": issues,
            "service_level": {
                "promised_days": service.promised_days,
                "requests": service.kept.map(|kept| kept.requests),
                "median_days": service.kept.map(|kept| kept.median_days),
                "in_time_percent": service.kept.map(|kept| kept.in_time_percent),
                "said": service.said(),
            },
        }),
    )
}
