//! The export for programs. What each field means is in `docs/person-export.md`; a test compares the two.

use super::gather::Gathered;
use super::{FORMAT, consent_record};
use crate::people::show::{FactLine, LoanLine};
use hustings_domain::facts::{FactValue, Origin};
use hustings_domain::response::ResponseKind;
use serde_json::{Map, Value, json};

/// The whole export.
pub(super) fn json(held: &Gathered) -> Value {
    let owner = &held.charter.owner;
    json!({
        "format": FORMAT,
        "written": held.now.to_string(),
        "controller": {"name": owner.name, "contact": owner.from_address, "postal_address": owner.postal_address},
        "id": held.page.id,
        "joined": held.page.joined.to_string(),
        "identity": identity(held),
        "facts": held.page.facts.iter().map(fact).collect::<Vec<_>>(),
        "gifts": list(&held.page.gifts, |gift| json!({"on": gift.on.to_string(), "amount_cents": gift.amount})),
        "sources": list(&held.sources, |source| json!({"name": source.name, "licence": source.licence,
            "first_seen": source.at.to_string()})),
        "consent_records": consent_record::records(held),
        "stops": list(&held.page.stops, |line| json!({"scope": line.scope.to_string(), "reason": line.reason,
            "at": line.at.to_string()})),
        "messages": list(&held.page.deliveries, |line| json!({"for": loan(&line.loan), "state": line.state,
            "at": line.at.to_string()})),
        "answers": answers(held),
        "introductions": introductions(held),
        "outcomes": list(&held.outcomes, |told| json!({"reported_by": told.borrower, "copy": told.copy.to_string(),
            "outcome": told.outcome.kind, "amount_cents": told.outcome.amount,
            "on": told.outcome.on.map(|day| day.to_string()), "reported": told.at.to_string()})),
        "derived": derived(held),
    })
}

fn list<T>(lines: &[T], write: impl FnMut(&T) -> Value) -> Vec<Value> {
    lines.iter().map(write).collect()
}

fn identity(held: &Gathered) -> Map<String, Value> {
    let identity = &held.page.identity;
    let known =
        identity.fields().filter_map(|field| Some((field.as_str().to_owned(), json!(identity.get(field)?))));
    known.collect()
}

fn loan(line: &LoanLine) -> Value {
    json!({"loan": line.number.to_string(), "borrower": line.borrower, "subject": line.subject})
}

/// A fact's name and value.
pub(super) fn name_and_value(value: &FactValue) -> (String, Value) {
    match value {
        FactValue::Area(area) => ("area".to_owned(), json!(area)),
        FactValue::Issue(issue) => ("issue".to_owned(), json!(issue)),
        FactValue::Tag(tag) => ("tag".to_owned(), json!(tag)),
        FactValue::Number(name, number) => (name.to_string(), json!(number)),
        FactValue::Date(name, date) => (name.to_string(), json!(date.to_string())),
        FactValue::Text(name, text) => (name.to_string(), json!(text.as_str())),
        FactValue::Money(name, cents) => (name.to_string(), json!(cents.to_string())),
        FactValue::Choice(name, choice) | FactValue::Choices(name, choice) => {
            (name.to_string(), json!(choice))
        }
        FactValue::NamedArea(name, area) => (name.to_string(), json!(area)),
    }
}

fn fact(line: &FactLine) -> Value {
    let (name, value) = name_and_value(&line.fact.value);
    let kind = line.fact.value.attribute().map(|(_, kind)| kind);
    json!({"name": name, "value": value, "type": kind, "origin": line.fact.origin, "source": line.source,
        "licence": line.licence, "may_be_lent": line.fact.origin.may_be_lent()})
}

fn answers(held: &Gathered) -> Vec<Value> {
    list(&held.page.responses, |line| {
        let words =
            held.reports.iter().find(|(number, _)| *number == line.loan.number).map(|(_, words)| words);
        json!({"to": loan(&line.loan), "answer": line.kind, "at": line.at.to_string(),
            "fields": if line.kind == ResponseKind::Yes { json!(line.fields) } else { json!([]) },
            "report": words})
    })
}

fn introductions(held: &Gathered) -> Vec<Value> {
    list(&held.page.introductions, |line| {
        let fate = held.fate(line.copy, &line.reference);
        let text = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
        let said = fate.and_then(|fate| fate.said.as_ref());
        json!({"to": loan(&line.loan), "copy": line.copy.to_string(), "reference": line.reference,
            "fields": line.fields, "made": line.made.to_string(), "erase_by": line.expires.to_string(),
            "fetched": text(fate.and_then(|fate| fate.fetched)),
            "told_to_erase": text(fate.and_then(|fate| fate.told)),
            "said_erased": text(said.map(|said| said.at)), "said_done": said.map(|said| said.done),
            "said_processors": said.map(|said| said.processors)})
    })
}

/// What was not told to us by anybody, but follows from the rest.
fn derived(held: &Gathered) -> Value {
    let inferred: Vec<&FactLine> =
        held.page.facts.iter().filter(|line| line.fact.origin == Origin::Inferred).collect();
    json!({
        "inferred_facts": inferred.into_iter().map(fact).collect::<Vec<_>>(),
        "held_back_from": list(&held.held_back, loan),
        "signs_of_backlash": list(&held.signals, |line| json!({"for": loan(&line.loan), "sign": line.signal,
            "at": line.at.to_string()})),
        "keyed_hashes": keyed_hashes(held),
    })
}

/// The hashes themselves are of use to nobody who has the address, and stay here.
pub(super) fn keyed_hashes(held: &Gathered) -> Vec<&'static str> {
    let identity = &held.page.identity;
    let email =
        identity.email.is_some().then_some(["finding the e-mail address", "stops of the e-mail address"]);
    let phone = identity.phone.is_some().then_some(["finding the phone number", "stops of the phone number"]);
    email.into_iter().chain(phone).flatten().collect()
}
