//! One person at a time, found by their exact address, which travels in the body of a form and never in a URL.

use super::{Answer, Call, Done, Reply};
use crate::present::{frame, supporter};
use crate::views::Place;
use crate::views::console::{Confirm, Supporters};
use crate::views::format::count;
use crate::views::parts::Terms;
use axum::http::StatusCode;
use hustings_app::people::correct::{self as correcting, Change, Corrected};
use hustings_app::people::export::{self as exporting, PersonExport};
use hustings_app::people::{erase as erasing, show};
use hustings_app::{Refusal, Result};
use hustings_domain::ids::SupporterId;
use hustings_vault::Field;

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
    handed_out(call, &format!("supporter-{id}"), held)
}

/// An export as the form asked for it: a page for people, or JSON for programs.
pub(super) fn handed_out(call: &Call, name: &str, held: PersonExport) -> Answer {
    if call.form.fields.text("as") == "page" {
        return Reply::file("text/html; charset=utf-8", &format!("{name}.html"), held.html.into_bytes());
    }
    Reply::file("application/json", &format!("{name}.json"), held.json_text().into_bytes())
}

/// `POST /console/supporters/{id}/correct`.
pub(super) fn correct(call: &Call) -> Answer {
    let id = id(call)?;
    let corrected = correcting::correct(call.app(), call.actor()?, id, &changes(call))?;
    Reply::done(&format!("/console/supporters/{id}"), done(&corrected))
}

/// The fields that a form of corrections carries; one that is not there stays as it is.
pub(super) fn changes(call: &Call) -> Vec<Change> {
    let sent =
        Field::ALL.into_iter().filter_map(|field| Some((field, call.form.fields.first(field.as_str())?)));
    sent.map(|(field, text)| Change { field, text: text.to_owned() }).collect()
}

/// What to say of a correction.
pub(super) fn done(corrected: &Corrected) -> Done {
    match (corrected.fields.is_empty(), corrected.borrowers_told) {
        (true, _) => Done::NothingToCorrect,
        (false, 0) => Done::Corrected,
        (false, _) => Done::CorrectedAndTold,
    }
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
