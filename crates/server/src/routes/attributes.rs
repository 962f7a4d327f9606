//! Attributes of the list: what each is, who has it, who gave it themselves.

use super::{Answer, Call, Done, Reply};
use crate::present::frame;
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{AttributeRow, Attributes};
use crate::views::format::{count, counted};
use crate::views::parts::Badge;
use axum::http::StatusCode;
use hustings_app::people::attributes::{self, CountedAttribute, NewAttribute};
use hustings_app::{Kind, Refusal};
use hustings_domain::access::Action;
use hustings_domain::attribute::AttributeType;
use hustings_domain::words::Slug;

/// `GET /console/attributes`.
pub(super) fn page(call: &Call) -> Answer {
    shown(call, None, StatusCode::OK)
}

fn shown(call: &Call, refusal: Option<&Refusal>, status: StatusCode) -> Answer {
    let listed = attributes::list(call.app(), call.actor()?)?;
    let title = match listed.len() {
        0 => "No attributes are declared".to_owned(),
        many => counted(many as u64, "attribute", "attributes"),
    };
    let may_declare = frame::may(call, Action::DeclareAttribute);
    Reply::page_with(
        status,
        &Attributes {
            frame: frame::console(call, title, Place::Audiences)?,
            rows: listed.into_iter().map(|one| row(one, may_declare)).collect(),
            types: AttributeType::ALL.into_iter().map(|kind| (kind.as_str(), kind.words())).collect(),
            may_declare,
            name: call.form.fields.text("name").to_owned(),
            wrong: refusal.map(|refusal| {
                let hints = refusal.hints.iter().map(|hint| sentence(hint)).collect::<Vec<_>>().join(" ");
                (sentence(&refusal.message), hints)
            }),
        },
    )
}

fn row(one: CountedAttribute, may_declare: bool) -> AttributeRow {
    let attribute = one.attribute;
    AttributeRow {
        title: attribute.title,
        kind: attribute.kind.words().to_owned(),
        people: count(one.people),
        self_given: one.self_given.map_or_else(|| "never lent".to_owned(), count),
        example: one.example,
        choices: attribute.choices.iter().map(Slug::as_str).collect::<Vec<_>>().join(", "),
        may_retire: may_declare && attribute.retired.is_none(),
        state: if attribute.retired.is_some() { Badge::plain("out of use") } else { Badge::go("in use") },
        name: attribute.name.to_string(),
    }
}

/// `POST /console/attributes`: `name`, `title`, `type`, `choices` with commas between. What is refused is shown above
/// the form.
pub(super) fn declare(call: &Call) -> Answer {
    let form = &call.form.fields;
    let declared = form
        .text("type")
        .parse()
        .map_err(|why: String| Refusal::invalid("attribute.type", why))
        .and_then(|kind| {
            let choices = form.text("choices").split(',').map(str::trim).filter(|choice| !choice.is_empty());
            let title = form.text("title").trim();
            let new = NewAttribute {
                name: form.text("name").trim().to_owned(),
                title: (!title.is_empty()).then(|| title.to_owned()),
                kind,
                choices: choices.map(str::to_owned).collect(),
                open: form.text("open") == "yes",
            };
            attributes::declare(call.app(), call.actor()?, &new)
        });
    match declared {
        Ok(_) => Reply::done("/console/attributes", Done::AttributeDeclared),
        Err(refusal) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            shown(call, Some(&refusal), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(refusal) => Err(refusal),
    }
}

/// `POST /console/attributes/{name}/retire`.
pub(super) fn retire(call: &Call) -> Answer {
    attributes::retire(call.app(), call.actor()?, call.param("name"))?;
    Reply::done("/console/attributes", Done::AttributeRetired)
}
