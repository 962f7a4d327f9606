//! Everything held on one person, for that person, as JSON: data portability and access in one file.
//! Consents carry the fields of a consent record after ISO/IEC TS 27560.

use super::consent::gone;
use super::show::{ConsentLine, FactLine, LoanLine, SupporterPage, read};
use crate::beside::{self, Entered};
use crate::context::App;
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor, permit};
use hustings_domain::charter::Charter;
use hustings_domain::facts::FactValue;
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_store::Tx;
use hustings_vault::Field;
use serde_json::{Map, Value, json};

/// Writes out what is held on somebody who asked a steward for it.
pub fn export_person(app: &App, actor: &Actor, id: SupporterId) -> Result<Value> {
    permit(actor, Action::ExportSupporter)?;
    let now = app.now();
    let held = |tx: &mut dyn Tx| {
        let record = tx.supporter_by_id(id)?.ok_or_else(gone)?;
        let charter = crate::lend::charter_in(tx)?;
        Ok(to_json(&read(app, tx, record.ordinal)?, &charter, now))
    };
    if app.is_reading() {
        // The entry first, by the process that serves; without it nothing is opened.
        beside::ask_to_enter(app, actor, Entered::SupporterExported)?;
        return app.store.read(held);
    }
    app.store.write(|tx| {
        let held = held(tx)?;
        Entered::SupporterExported.enter(tx, now, actor)?;
        Ok(held)
    })
}

/// The same for the person themselves, whom a link of ours names.
pub fn own_export(app: &App, ordinal: Ordinal) -> Result<Value> {
    let now = app.now();
    app.store.read(|tx| {
        let charter = crate::lend::charter_in(tx)?;
        Ok(to_json(&read(app, tx, ordinal)?, &charter, now))
    })
}

fn to_json(page: &SupporterPage, charter: &Charter, now: jiff::Timestamp) -> Value {
    let identity: Map<String, Value> = page
        .identity
        .fields()
        .filter_map(|field: Field| Some((field.as_str().to_owned(), json!(page.identity.get(field)?))))
        .collect();
    json!({
        "format": "hustings-person/1",
        "controller": {"name": charter.owner.name, "contact": charter.owner.from_address,
            "postal_address": charter.owner.postal_address},
        "written": now.to_string(),
        "id": page.id,
        "joined": page.joined.to_string(),
        "identity": identity,
        "facts": page.facts.iter().map(fact).collect::<Vec<_>>(),
        "consents": page.consents.iter().map(|line| consent(line, charter)).collect::<Vec<_>>(),
        "gifts": page.gifts.iter().map(|gift| json!({"on": gift.on.to_string(), "amount_cents": gift.amount}))
            .collect::<Vec<_>>(),
        "messages": page.deliveries.iter().map(|line| json!({"for": loan(&line.loan), "state": line.state,
            "at": line.at.to_string()})).collect::<Vec<_>>(),
        "answers": page.responses.iter().map(|line| json!({"to": loan(&line.loan), "answer": line.kind,
            "fields": line.fields, "at": line.at.to_string()})).collect::<Vec<_>>(),
        "introductions": page.introductions.iter().map(|line| json!({"to": loan(&line.loan),
            "copy": line.copy.to_string(), "reference": line.reference, "fields": line.fields,
            "at": line.made.to_string(), "erase_by": line.expires.to_string()})).collect::<Vec<_>>(),
        "stops": page.stops.iter().map(|line| json!({"scope": line.scope.to_string(), "reason": line.reason,
            "at": line.at.to_string()})).collect::<Vec<_>>(),
    })
}

fn loan(line: &LoanLine) -> Value {
    json!({"loan": line.number.to_string(), "borrower": line.borrower, "subject": line.subject})
}

fn fact(line: &FactLine) -> Value {
    let (name, value) = match &line.fact.value {
        FactValue::Area(area) => ("area".to_owned(), json!(area)),
        FactValue::Issue(issue) => ("issue".to_owned(), json!(issue)),
        FactValue::Tag(tag) => ("tag".to_owned(), json!(tag)),
        FactValue::Number(name, number) => (name.to_string(), json!(number)),
        FactValue::Date(name, date) => (name.to_string(), json!(date.to_string())),
    };
    json!({"name": name, "value": value, "origin": line.fact.origin, "source": line.source,
        "licence": line.licence})
}

fn consent(line: &ConsentLine, charter: &Charter) -> Value {
    let said = &line.consent;
    let purpose = charter.purposes.iter().find(|purpose| purpose.id == said.purpose);
    json!({
        "purpose": said.purpose,
        "purpose_description": purpose.map(|purpose| purpose.label.as_str()),
        "channel": said.channel,
        "event_state": said.state,
        "in_force": line.in_force,
        "event_time": said.at.to_string(),
        "collection_method": said.source,
        "privacy_notice": line.notice,
        "privacy_notice_sha256": said.notice,
        "pii_controller": charter.owner.name,
    })
}
