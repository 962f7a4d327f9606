//! Signing up. Opening the page shows a form; the button signs up. The answer is alike for everybody, so that nobody
//! learns from it whether an address is on the list, or stopped.

use super::{Answer, Call, Reply};
use crate::gate::Caller;
use crate::present::frame;
use crate::problem::sentence;
use crate::views::parts::{Choice, Csrf};
use crate::views::supporter::{Join, JoinField};
use axum::http::StatusCode;
use hustings_app::people::join::{SignUp, join, notice};
use hustings_app::{Kind, Refusal, Result};
use hustings_vault::Field;

/// What the form asks for; only the first must be filled in.
const FIELDS: [(Field, &str); 4] = [
    (Field::Email, "email"),
    (Field::GivenName, "given-name"),
    (Field::FamilyName, "family-name"),
    (Field::PostalCode, "postal-code"),
];

/// `GET /join`.
pub(super) fn page(call: &Call) -> Answer {
    Reply::page(&shown(call, String::new())?)
}

/// `POST /join`.
pub(super) fn act(call: &Call) -> Answer {
    match said(call).and_then(|sign_up| join(call.app(), &sign_up)) {
        Ok(_) => Reply::page(&Join {
            frame: frame::open(call, "You are signed up"),
            done: true,
            ..empty(call, String::new())
        }),
        Err(refusal) if refusal.kind == Kind::Invalid => {
            Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown(call, sentence(&refusal.message))?)
        }
        Err(refusal) => Err(refusal),
    }
}

fn said(call: &Call) -> Result<SignUp> {
    let form = &call.form.fields;
    let purposes = form.all("purpose").map(str::parse).collect::<std::result::Result<_, _>>();
    Ok(SignUp {
        fields: FIELDS.iter().map(|(field, name)| (*field, form.text(name).to_owned())).collect(),
        purposes: purposes.map_err(|_| {
            Refusal::invalid("join.no-purpose", "tick what we may write to you about, from the form")
        })?,
    })
}

fn empty(call: &Call, problem: String) -> Join {
    let token = match &call.caller {
        Caller::Visitor { token, .. } => token.clone(),
        _ => String::new(),
    };
    Join {
        frame: frame::open(call, "Sign up"),
        csrf: Csrf { token },
        fields: Vec::new(),
        choices: Vec::new(),
        problem,
        done: false,
    }
}

/// The form, with what was typed.
fn shown(call: &Call, problem: String) -> Result<Join> {
    let charter = call.app().charter()?;
    let form = &call.form.fields;
    let fields = FIELDS.iter().map(|(field, name)| JoinField {
        name: (*name).to_owned(),
        label: field.label().to_owned(),
        kind: if *field == Field::Email { "email" } else { "text" },
        required: *field == Field::Email,
        typed: form.text(name).to_owned(),
    });
    let choices = charter.purposes.iter().map(|purpose| Choice {
        value: purpose.id.to_string(),
        label: notice(&charter, purpose),
        ticked: form.all("purpose").any(|ticked| ticked == purpose.id.as_str()),
    });
    Ok(Join { fields: fields.collect(), choices: choices.collect(), ..empty(call, problem) })
}
