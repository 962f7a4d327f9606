//! One person at a time, found by their exact address, which travels in the body of a form and never in a URL.

use super::{Answer, Call, Done, Reply};
use crate::present::{frame, supporter};
use crate::views::Place;
use crate::views::console::{Confirm, Supporters};
use crate::views::format::count;
use crate::views::parts::Terms;
use axum::http::StatusCode;
use hustings_app::people::{erase as erasing, export as exporting, show};
use hustings_app::{Refusal, Result};
use hustings_domain::ids::SupporterId;

fn id(call: &Call) -> Result<SupporterId> {
    let unknown = |_| Refusal::not_found("supporter.unknown", "there is no such supporter");
    call.param("id").parse().map_err(unknown)
}

fn counts(call: &Call) -> Result<Terms> {
    let (people, stops) =
        call.app().store().read(|tx| Ok::<_, Refusal>((tx.supporter_count()?, tx.suppression_count()?)))?;
    Ok([("On the list", count(people)), ("Stops kept for ever", count(stops))].into_iter().collect())
}

/// `GET /console/supporters`.
pub(super) fn search(call: &Call) -> Answer {
    let frame = frame::console(call, "Find a supporter", Place::Supporters)?;
    Reply::page(&Supporters { frame, not_found: None, counts: counts(call)? })
}

/// `POST /console/supporters`.
pub(super) fn find(call: &Call) -> Answer {
    let typed = call.form.fields.text("address");
    if let Some(id) = show::find_by_email(call.app(), call.actor()?, typed)? {
        return Reply::see_other(&format!("/console/supporters/{id}"));
    }
    let frame = frame::console(call, "Nobody has that address", Place::Supporters)?;
    let page = Supporters { frame, not_found: Some(typed.to_owned()), counts: counts(call)? };
    Reply::page_with(StatusCode::NOT_FOUND, &page)
}

/// `GET /console/supporters/{id}`: changes nothing but the ledger, which says that the record was opened.
pub(super) fn show(call: &Call) -> Answer {
    let held = show::supporter_page(call.app(), call.actor()?, id(call)?)?;
    Reply::page(&supporter::page(call, &held)?)
}

/// `POST /console/supporters/{id}/export`.
pub(super) fn export(call: &Call) -> Answer {
    let id = id(call)?;
    let held = exporting::export_person(call.app(), call.actor()?, id)?;
    let bytes = serde_json::to_vec_pretty(&held)
        .map_err(|error| Refusal::internal("an export cannot be written").because(error))?;
    Reply::file("application/json", &format!("supporter-{id}.json"), bytes)
}

/// `GET /console/supporters/{id}/erase`.
pub(super) fn ask_erase(call: &Call) -> Answer {
    let id = id(call)?;
    let known = call.app().store().read(|tx| Ok::<_, Refusal>(tx.supporter_by_id(id)?.is_some()))?;
    if !known {
        return Err(Refusal::not_found("supporter.unknown", "there is no such supporter"));
    }
    let days = call.app().charter()?.retention.key_backup_days;
    let path = format!("/console/supporters/{id}");
    Reply::page(&Confirm {
        frame: frame::console(call, "Erase this person?", Place::Supporters)?,
        consequences: vec![
            "Their record, their attributes and the key that opens them are destroyed. Nobody can bring them back.".to_owned(),
            format!("Within {days} days the key is gone from every backup too."),
            "Every borrower who got something of theirs is told to erase it, and has to confirm that.".to_owned(),
            "Their stop stays, as a keyed hash: no later file brings them back.".to_owned(),
        ],
        button: "Erase for ever".to_owned(),
        action: format!("{path}/erase"),
        back: path,
        to_type: None,
        hidden: Vec::new(),
    })
}

/// `POST /console/supporters/{id}/erase`.
pub(super) fn erase(call: &Call) -> Answer {
    erasing::erase(call.app(), call.actor()?, id(call)?)?;
    Reply::done("/console/supporters", Done::Erased)
}
