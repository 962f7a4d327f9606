//! One saved audience: its rule, its count, its versions; saving and taking out of use.

use super::super::{Answer, Call, Done, Reply};
use super::{counted, shown, wrong};
use crate::present::frame;
use crate::views::Place;
use crate::views::console::{SavedAudience, VersionRow};
use crate::views::parts::Badge;
use axum::http::StatusCode;
use hustings_app::people::audience;
use hustings_app::{Kind, Refusal};
use hustings_domain::access::Action;

/// `GET /console/audiences/saved/{name}`.
pub(in super::super) fn show(call: &Call) -> Answer {
    page(call, call.param("name"), None, StatusCode::OK)
}

/// The same page with another rule than the saved one, counted.
pub(super) fn changed(call: &Call, name: &str, text: &str) -> Answer {
    page(call, name, Some(text), StatusCode::OK)
}

fn page(call: &Call, name: &str, text: Option<&str>, status: StatusCode) -> Answer {
    let kept = audience::show(call.app(), call.actor()?, name)?;
    let name = kept.name.to_string();
    let text = text.unwrap_or(&kept.rule).to_owned();
    let count = counted(call, &text, &name)?;
    let may_retire =
        kept.retired.is_none() && kept.used_by.is_empty() && frame::may(call, Action::SaveAudience);
    let page = SavedAudience {
        frame: frame::console(
            call,
            format!("The audience {name}, version {}", kept.version),
            Place::Audiences,
        )?,
        count,
        state: match kept.retired {
            Some(_) => Badge::plain("out of use"),
            None => Badge::go("in use"),
        },
        uses: kept.uses.iter().map(ToString::to_string).collect(),
        used_by: kept.used_by.iter().map(ToString::to_string).collect(),
        versions: kept
            .versions
            .into_iter()
            .map(|version| VersionRow {
                number: version.number,
                rule: version.rule,
                by: version.by,
                when: frame::when(call, version.at),
            })
            .collect(),
        may_retire,
        name,
        text,
    };
    Reply::page_with(status, &page)
}

/// `POST /console/audiences/save`. What is refused is shown beside the text, to be mended.
pub(in super::super) fn save(call: &Call) -> Answer {
    let (name, text) = (call.form.fields.text("name"), call.form.fields.text("q"));
    match audience::save(call.app(), call.actor()?, name, text) {
        Ok(saved) => {
            Reply::done(&format!("/console/audiences/saved/{}", saved.version.name), Done::AudienceSaved)
        }
        Err(refusal) if refusal.kind == Kind::Invalid => refused(call, text, &refusal),
        Err(refusal) => Err(refusal),
    }
}

fn refused(call: &Call, text: &str, refusal: &Refusal) -> Answer {
    shown(call, text, wrong(refusal), StatusCode::UNPROCESSABLE_ENTITY)
}

/// `POST /console/audiences/saved/{name}/retire`.
pub(in super::super) fn retire(call: &Call) -> Answer {
    audience::retire(call.app(), call.actor()?, call.param("name"))?;
    Reply::done("/console/audiences", Done::AudienceRetired)
}
