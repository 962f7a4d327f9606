//! A person's own word on an attribute: it takes the place of whatever was known, and is self-given from then on.

use super::{all, unknown};
use crate::context::App;
use crate::journal::enter;
use crate::people::consent::gone;
use crate::people::follow;
use crate::people::import::Book;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::attribute::AttributeType;
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::Tx;
use serde_json::json;

/// The source of what people put right.
const SOURCE: &str = "correction";

/// A steward puts an attribute right for somebody who asked; blank takes it away. True when that changes anything.
pub fn state(app: &App, actor: &Actor, id: SupporterId, name: &str, text: &str) -> Result<bool> {
    permit(actor, Action::CorrectSupporter)?;
    let record = app.store.read(|tx| Ok::<_, Refusal>(tx.supporter_by_id(id)?))?.ok_or_else(gone)?;
    carry_out(app, actor, record.ordinal, (name, text), "steward")
}

/// The person puts an attribute of theirs right, from their own page.
pub fn state_mine(app: &App, ordinal: Ordinal, name: &str, text: &str) -> Result<bool> {
    carry_out(app, &Actor::machine(), ordinal, (name, text), "supporter")
}

fn carry_out(
    app: &App,
    actor: &Actor,
    ordinal: Ordinal,
    (name, text): (&str, &str),
    asked: &str,
) -> Result<bool> {
    let now = app.now();
    let vocabulary = app.with_index(hustings_audience::Index::vocabulary)?;
    let changed = app.store.write(|tx| {
        let declared = tx.attributes()?;
        let attributes = all(&declared, &vocabulary);
        let found = attributes.iter().find(|attribute| attribute.name.as_str() == name);
        let attribute = found.ok_or_else(|| unknown(name, &attributes))?;
        if attribute.retired.is_some() && !text.trim().is_empty() {
            return Err(Refusal::conflict("attribute.retired", format!("`{name}` is out of use")));
        }
        let book = Book::of(&declared, &vocabulary);
        let mut values = Vec::new();
        let broken = book.read(attribute.kind, &attribute.name, text, |value| values.push(value));
        if broken > 0 {
            return Err(unusable(attribute.kind, name, &book.choices(&attribute.name)));
        }
        tx.supporter(ordinal)?.ok_or_else(gone)?;
        let before = tx.facts(ordinal)?;
        let mut facts = before.clone();
        facts.retain(|fact| fact.value.attribute().is_none_or(|(of, _)| *of != attribute.name));
        // INVARIANT (promise 1): what the person says is the one thing that makes a value theirs to be lent.
        let source = tx.source(SOURCE, "told by the person to put it right", now)?.number;
        values.sort();
        values.dedup();
        facts.extend(values.into_iter().map(|value| Fact { value, origin: Origin::SelfGiven, source }));
        if facts == before {
            return Ok(false);
        }
        remember(tx, &facts, &attribute.name)?;
        tx.set_facts(&[(ordinal, facts)])?;
        tx.record_change(ordinal, ordinal)?;
        // INVARIANT (promise 5): the ledger names the attribute and no value of it.
        let body = json!({"asked_by": asked, "attribute": attribute.name});
        enter(tx, now, actor, "supporter.corrected", body)?;
        Ok(true)
    })?;
    follow::catch_up(app)?;
    Ok(changed)
}

/// A choice that was made once can be named by rules from then on.
fn remember(tx: &mut dyn Tx, facts: &[Fact], name: &Slug) -> Result<()> {
    let Some(mut attribute) = tx.attribute(name)? else { return Ok(()) };
    let before = attribute.choices.len();
    attribute.choices.extend(facts.iter().filter_map(|fact| match &fact.value {
        FactValue::Choice(of, choice) | FactValue::Choices(of, choice) if of == name => Some(choice.clone()),
        _ => None,
    }));
    if attribute.choices.len() > before {
        tx.put_attribute(&attribute)?;
    }
    Ok(())
}

fn unusable(kind: AttributeType, name: &str, choices: &[String]) -> Refusal {
    let message = format!("`{name}` is {}, and this cannot be kept as that", kind.words());
    let refusal = Refusal::invalid("correction.unusable", message);
    match kind {
        AttributeType::Choice | AttributeType::Choices if !choices.is_empty() && choices.len() <= 20 => {
            refusal.hint(format!("the choices are {}", choices.join(", ")))
        }
        AttributeType::Choice | AttributeType::Choices => refusal.hint("write a choice that the list knows"),
        AttributeType::Number => refusal.hint("write a whole number such as 1960"),
        AttributeType::Money => refusal.hint("write an amount such as 27.50"),
        AttributeType::Date => refusal.hint("write a day such as 2025-01-31"),
        AttributeType::Area => refusal.hint("write a division id such as ocd-division/country:us/state:vt"),
        AttributeType::Text => refusal.hint("write one line of at most 120 characters"),
    }
}
