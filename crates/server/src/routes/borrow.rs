//! A borrower registers itself. Opening the page shows a form; the button registers, and a steward checks.

use super::{Answer, Call, Reply};
use crate::gate::Caller;
use crate::present::frame;
use crate::problem::sentence;
use crate::views::parts::Csrf;
use crate::views::supporter::{Borrow, IssueSource, JoinField, KindChoice};
use axum::http::StatusCode;
use hustings_app::lend::{NewBorrower, Registration, register_borrower};
use hustings_app::{Kind, Refusal, Result};
use hustings_domain::area::AreaId;
use hustings_domain::borrower::{Agent, BorrowerFile, BorrowerKind};
use hustings_domain::words::Slug;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Name, label, sort of input, whether it must be filled in, hint.
const FIELDS: [(&str, &str, &str, bool, &str); 9] = [
    ("name", "Name", "text", true, "As people know it: Jo Alvarez for House District 4"),
    ("office", "Office sought, or what you are", "text", true, "City council, East District"),
    (
        "area",
        "Area",
        "text",
        true,
        "The division id of your district: ocd-division/country:us/state:vt/sldl:4",
    ),
    ("election", "Day of the election", "date", false, "A candidate names it; once it is past, nobody asks"),
    ("jurisdiction", "Whose election law you stand under", "text", false, "us-vt"),
    ("treasurer", "Treasurer", "text", true, "Who answers for the money"),
    ("contact", "Where we write to", "email", true, ""),
    ("agent-name", "Who acts for you", "text", false, "Gets the log-in, once you are checked"),
    ("agent-email", "Their address", "email", false, ""),
];

/// `GET /borrow`.
pub(super) fn page(call: &Call) -> Answer {
    Reply::page(&shown(call, String::new(), String::new())?)
}

/// `POST /borrow`.
pub(super) fn act(call: &Call) -> Answer {
    match said(call).and_then(|registration| register_borrower(call.app(), registration)) {
        Ok(_) => Reply::page(&Borrow {
            frame: frame::open(call, "You are registered, and will be checked"),
            done: true,
            ..empty(call)
        }),
        Err(refusal) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => Reply::page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &shown(
                call,
                sentence(&refusal.message),
                refusal.hints.first().map(|hint| sentence(hint)).unwrap_or_default(),
            )?,
        ),
        Err(refusal) => Err(refusal),
    }
}

fn said(call: &Call) -> Result<Registration> {
    let form = &call.form.fields;
    let typed = |name: &str| form.text(name).trim().to_owned();
    let wrong = |what: String| Refusal::invalid("borrower.form", what);
    let kind: BorrowerKind = typed("kind")
        .parse()
        .map_err(|_| wrong("say what you are: a candidate, a committee or a group".to_owned()))?;
    let area = typed("area").parse::<AreaId>().map_err(|error| {
        wrong(format!("{error}")).hint("your state's or county's clerk lists them; a steward can help")
    })?;
    let mut sources = BTreeMap::new();
    for issue in &call.app().charter()?.issues {
        let source = typed(&source_field(&issue.id));
        if !source.is_empty() {
            sources.insert(issue.id.clone(), source);
        }
    }
    let election = match typed("election").as_str() {
        "" => None,
        day => Some(
            day.parse::<Date>()
                .map_err(|_| wrong(format!("`{day}` is not a day")).hint("such as 2026-11-03"))?,
        ),
    };
    let jurisdiction = match typed("jurisdiction").as_str() {
        "" => None,
        name => Some(name.parse::<Slug>().map_err(|error| wrong(error.to_string()))?),
    };
    let agent = Agent { name: typed("agent-name"), email: typed("agent-email") };
    let has_agent = !agent.name.is_empty() || !agent.email.is_empty();
    Ok(Registration {
        borrower: NewBorrower {
            name: typed("name"),
            kind,
            office: typed("office"),
            area,
            positions: sources.keys().cloned().collect(),
            contact_email: typed("contact"),
            treasurer: typed("treasurer"),
        },
        file: BorrowerFile {
            jurisdiction,
            elections: election.into_iter().collect(),
            sources,
            agents: if has_agent { vec![agent] } else { Vec::new() },
        },
    })
}

fn source_field(issue: &Slug) -> String {
    format!("source-{issue}")
}

fn empty(call: &Call) -> Borrow {
    let token = match &call.caller {
        Caller::Visitor { token, .. } => token.clone(),
        _ => String::new(),
    };
    Borrow {
        frame: frame::open(call, "Ask for our reach"),
        csrf: Csrf { token },
        kinds: Vec::new(),
        fields: Vec::new(),
        issues: Vec::new(),
        problem: String::new(),
        hint: String::new(),
        done: false,
    }
}

/// The form, with what was typed.
fn shown(call: &Call, problem: String, hint: String) -> Result<Borrow> {
    let charter = call.app().charter()?;
    let form = &call.form.fields;
    let kinds = BorrowerKind::ALL.into_iter().map(|kind| KindChoice {
        value: kind.as_str().to_owned(),
        label: kind.label().to_owned(),
        chosen: form.text("kind") == kind.as_str(),
    });
    let fields = FIELDS.into_iter().map(|(name, label, kind, required, hint)| {
        let field = JoinField {
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            required,
            typed: form.text(name).to_owned(),
        };
        (field, hint.to_owned())
    });
    let issues = charter.issues.iter().map(|issue| {
        let name = source_field(&issue.id);
        IssueSource { typed: form.text(&name).to_owned(), label: issue.label.clone(), name }
    });
    Ok(Borrow {
        kinds: kinds.collect(),
        fields: fields.collect(),
        issues: issues.collect(),
        problem,
        hint,
        ..empty(call)
    })
}
