//! One person's page for a steward, and the same person's own page. What was opened lives for one render only.

use super::{frame, words};
use crate::routes::Call;
use crate::views::console::{ConsentRow, FactRow, HistoryRow, Supporter};
use crate::views::format::count;
use crate::views::parts::{Badge, FieldInput, Hash, Terms};
use crate::views::{Frame, Place};
use hustings_app::Result;
use hustings_app::people::show::SupporterPage;
use hustings_domain::access::Action;
use hustings_domain::charter::Charter;
use hustings_domain::consent::{ConsentState, SuppressionScope};
use hustings_domain::facts::{FactValue, Origin};
use hustings_vault::{Field, Identity};
use jiff::Timestamp;

/// A steward's page of one person.
pub(crate) fn page(call: &Call, held: &SupporterPage) -> Result<Supporter> {
    let charter = call.app().charter()?;
    // INVARIANT: the title is what a browser keeps in its history, so it names nobody.
    let frame: Frame = frame::console(call, "One supporter", Place::Supporters)?;
    Ok(Supporter {
        frame,
        id: held.id.to_string(),
        state: state(held),
        identity: identity(call, held),
        consents: consents(call, held, &charter),
        history: history(call, held),
        facts: facts(held, &charter),
        inputs: if frame::may(call, Action::CorrectSupporter) { inputs(&held.identity) } else { Vec::new() },
        may_export: frame::may(call, Action::ExportSupporter),
        may_erase: frame::may(call, Action::EraseSupporter),
    })
}

/// Every field of an identity, for a form that puts it right.
pub(crate) fn inputs(identity: &Identity) -> Vec<FieldInput> {
    Field::ALL.into_iter().map(|field| FieldInput::new(field, identity.get(field))).collect()
}

fn state(held: &SupporterPage) -> Badge {
    if held.stops.iter().any(|stop| stop.scope == SuppressionScope::Everything) {
        return Badge::stop("has stopped everything");
    }
    let given = held.consents.iter().any(|line| line.in_force && line.consent.state.counts());
    if given { Badge::go("can be addressed") } else { Badge::plain("has agreed to nothing") }
}

fn identity(call: &Call, held: &SupporterPage) -> Terms {
    let known = held.identity.fields().filter_map(|field| held.identity.get(field).map(|text| (field, text)));
    let mut rows: Vec<(String, String)> =
        known.map(|(field, text)| (field_label(field), text.to_owned())).collect();
    rows.push(("On the list since".to_owned(), frame::day(call, held.joined).text));
    if !held.gifts.is_empty() {
        let total: i64 = held.gifts.iter().map(|gift| gift.amount.0).sum();
        let said =
            format!("{}, {} in all", count(held.gifts.len() as u64), hustings_domain::money::Cents(total));
        rows.push(("Gifts".to_owned(), said));
    }
    rows.into_iter().collect()
}

/// A field's name as a heading.
pub(crate) fn field_label(field: Field) -> String {
    let name = words::field(field.as_str());
    let mut characters = name.chars();
    characters
        .next()
        .map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), characters.as_str()))
}

/// A consent's state, with its tone.
pub(crate) fn consent_badge(state: ConsentState) -> Badge {
    match state {
        ConsentState::Given => Badge::go("given"),
        ConsentState::Unknown => Badge::plain("unknown"),
        ConsentState::Expired => Badge::wait("expired"),
        ConsentState::Refused => Badge::stop("refused"),
        ConsentState::Withdrawn => Badge::stop("withdrawn"),
    }
}

/// A purpose in a person's words.
pub(crate) fn purpose_label(charter: &Charter, id: &hustings_domain::words::Slug) -> String {
    charter
        .purposes
        .iter()
        .find(|purpose| purpose.id == *id)
        .map_or_else(|| id.to_string(), |found| found.label.clone())
}

fn consents(call: &Call, held: &SupporterPage, charter: &Charter) -> Vec<ConsentRow> {
    held.consents
        .iter()
        .filter(|line| line.in_force)
        .map(|line| ConsentRow {
            purpose: purpose_label(charter, &line.consent.purpose),
            channel: line.consent.channel.as_str().to_owned(),
            state: consent_badge(line.consent.state),
            notice: line.consent.notice.map(|notice| Hash { full: notice.0.to_string() }),
            when: Some(frame::day(call, line.consent.at)),
            source: line.consent.source.clone(),
        })
        .collect()
}

fn history(call: &Call, held: &SupporterPage) -> Vec<HistoryRow> {
    let mut happened: Vec<(Timestamp, HistoryRow)> = Vec::new();
    let mut add = |at: Timestamp, kind: Badge, said: String, path: Option<String>| {
        happened.push((at, HistoryRow { when: frame::when(call, at), kind, said, path, proof: None }));
    };
    let loan_path = |number: hustings_domain::ids::LoanNumber| Some(format!("/console/loans/{}", number.0));
    for line in &held.deliveries {
        let said = format!(
            "By {}, loan {}: \u{201c}{}\u{201d}",
            line.loan.borrower, line.loan.number.0, line.loan.subject
        );
        add(line.at, delivery(&line.state), said, loan_path(line.loan.number));
    }
    for line in &held.responses {
        let passed = if line.fields.is_empty() {
            String::new()
        } else {
            format!(", passing {}", words::fields(&line.fields))
        };
        let said = format!("To {}, loan {}{passed}", line.loan.borrower, line.loan.number.0);
        add(line.at, words::answered(line.kind), said, loan_path(line.loan.number));
    }
    for line in &held.introductions {
        let said =
            format!("To {}: {}, as row {}", line.loan.borrower, words::fields(&line.fields), line.reference);
        add(line.made, Badge::go("introduced"), said, Some(format!("/console/copies/{}", line.copy.0)));
    }
    for line in &held.stops {
        let what = match &line.scope {
            SuppressionScope::Everything => "Everything".to_owned(),
            SuppressionScope::Purpose(purpose) => format!("The purpose {purpose}"),
            SuppressionScope::Borrower(_) => "One borrower".to_owned(),
        };
        add(line.at, Badge::stop("stopped"), format!("{what}: {}", line.reason.as_str()), None);
    }
    for line in &held.consents {
        let said =
            format!("{} by {}: {}", line.consent.purpose, line.consent.channel.as_str(), line.consent.source);
        add(line.consent.at, consent_badge(line.consent.state), said, None);
    }
    happened.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    happened.into_iter().map(|(_, row)| row).collect()
}

/// Where a message stands, by the word it is kept under.
fn delivery<S: serde::Serialize>(state: &S) -> Badge {
    let word = serde_json::to_value(state)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default();
    match word.as_str() {
        "accepted" => Badge::go("addressed"),
        "in-doubt" => Badge::wait("perhaps addressed"),
        "refused" => Badge::stop("not delivered"),
        "stopped" => Badge::plain("left out: had stopped"),
        _ => Badge::wait("to be addressed"),
    }
}

/// A fact's name and value in words.
pub(crate) fn fact(value: &FactValue, charter: &Charter) -> (String, String) {
    match value {
        FactValue::Area(area) => ("area".to_owned(), area.label()),
        FactValue::Issue(issue) => ("issue".to_owned(), charter.issue_label(issue)),
        FactValue::Tag(tag) => ("tag".to_owned(), tag.to_string()),
        FactValue::Number(name, number) => (name.to_string().replace('-', " "), number.to_string()),
        FactValue::Date(name, date) => (name.to_string().replace('-', " "), date.to_string()),
        FactValue::Text(name, text) => (name.to_string().replace('-', " "), text.as_str().to_owned()),
        FactValue::Money(name, cents) => (name.to_string().replace('-', " "), cents.to_string()),
        FactValue::Choice(name, choice) | FactValue::Choices(name, choice) => {
            (name.to_string().replace('-', " "), choice.to_string().replace('-', " "))
        }
        FactValue::NamedArea(name, area) => (name.to_string().replace('-', " "), area.label()),
    }
}

/// How a fact came, to the person it is about.
pub(crate) fn how(origin: Origin) -> &'static str {
    match origin {
        Origin::SelfGiven => "you told us",
        Origin::Imported => "came with a file; nobody else gets it",
        Origin::VoterFile => "from a register of voters; nobody else gets it",
        Origin::Inferred => "guessed; nobody else gets it",
    }
}

fn facts(held: &SupporterPage, charter: &Charter) -> Vec<FactRow> {
    let mut rows: Vec<FactRow> = held
        .facts
        .iter()
        .map(|line| {
            let (name, value) = fact(&line.fact.value, charter);
            FactRow {
                name,
                value,
                kind: match line.fact.origin {
                    Origin::SelfGiven => Badge::go("declared"),
                    Origin::Imported => Badge::plain("imported"),
                    Origin::VoterFile => Badge::plain("voter file: never lent"),
                    Origin::Inferred => Badge::plain("inferred: never lent"),
                },
                source: if line.licence.is_empty() {
                    line.source.clone()
                } else {
                    format!("{}, {}", line.source, line.licence)
                },
            }
        })
        .collect();
    rows.sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
    rows
}
