//! Declaring an attribute, adding to it, and taking it out of use.

use super::{CountedAttribute, show};
use crate::context::App;
use crate::journal::enter;
use crate::people::import::{note_change, taken};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::attribute::{Attribute, AttributeType, MAX_CHOICES, MAX_TITLE};
use hustings_domain::ids::uuid_v7;
use hustings_domain::words::Slug;
use hustings_policy::permit;
use serde_json::json;
use std::collections::BTreeSet;

/// What is declared.
#[derive(Debug, Clone)]
pub struct NewAttribute {
    /// The name, as files and rules use it.
    pub name: String,
    /// How people read it; from the name when none is given.
    pub title: Option<String>,
    /// What its values are.
    pub kind: AttributeType,
    /// The choices; with none of them, whatever comes is one.
    pub choices: Vec<String>,
    /// Whether other choices may come besides.
    pub open: bool,
}

/// Declares an attribute. One that is declared gets the new title and the further choices, and comes back into use;
/// its type stays.
pub fn declare(app: &App, actor: &Actor, new: &NewAttribute) -> Result<CountedAttribute> {
    permit(actor, Action::DeclareAttribute)?;
    let name = named(&new.name)?;
    if hustings_audience::language::is_taken(&name) {
        return Err(taken(&name).hint("choose another name"));
    }
    let choices = choices(new)?;
    let title = title(new)?;
    let known = app.with_index(hustings_audience::Index::vocabulary)?;
    let now = app.now();
    app.store.write(|tx| {
        let before = tx.attribute(&name)?;
        let is = before.as_ref().map(|before| before.kind).or_else(|| known.type_of(name.as_str()));
        if let Some(is) = is.filter(|is| *is != new.kind) {
            return Err(Refusal::conflict(
                "attribute.type",
                format!("the attribute `{name}` is {}, and cannot become {}", is.words(), new.kind.words()),
            )
            .hint(format!("an attribute keeps its type: declare another name, such as `{name}-2`")));
        }
        let mut attribute = before.clone().unwrap_or_else(|| Attribute {
            name: name.clone(),
            title: super::title("", &name),
            kind: new.kind,
            choices: BTreeSet::new(),
            open: choices.is_empty(),
            declared: now,
            retired: None,
        });
        if let Some(title) = title {
            attribute.title = title;
        }
        if !choices.is_empty() {
            attribute.open = new.open;
        }
        attribute.choices.extend(choices);
        attribute.retired = None;
        if attribute.choices.len() > MAX_CHOICES {
            return Err(too_many());
        }
        if before.as_ref() != Some(&attribute) {
            tx.put_attribute(&attribute)?;
            note_change(tx, uuid_v7(now, &mut *app.rng("attribute")))?;
            let body =
                json!({"attribute": attribute.name, "type": attribute.kind, "choices": attribute.choices});
            enter(tx, now, actor, "attribute.declared", body)?;
        }
        Ok(())
    })?;
    Ok(show(app, actor, name.as_str())?.counted)
}

/// Takes an attribute out of use: nothing new comes under it and no rule names it; what is kept stays with the person.
pub fn retire(app: &App, actor: &Actor, name: &str) -> Result<CountedAttribute> {
    permit(actor, Action::DeclareAttribute)?;
    let before = show(app, actor, name)?.counted;
    let now = app.now();
    app.store.write(|tx| {
        let mut attribute = before.attribute.clone();
        if attribute.retired.is_some() {
            return Err(Refusal::conflict("attribute.retired", format!("`{name}` is out of use already")));
        }
        attribute.retired = Some(now);
        tx.put_attribute(&attribute)?;
        note_change(tx, uuid_v7(now, &mut *app.rng("attribute")))?;
        enter(tx, now, actor, "attribute.retired", json!({"attribute": attribute.name})).map(drop)
    })?;
    Ok(show(app, actor, name)?.counted)
}

fn named(name: &str) -> Result<Slug> {
    name.parse().map_err(|error: hustings_domain::words::NotASlug| {
        let refusal = Refusal::invalid("attribute.name", error.to_string());
        match Slug::from_free_text(name) {
            Some(near) => refusal.hint(format!("did you mean `{near}`?")),
            None => refusal,
        }
    })
}

fn too_many() -> Refusal {
    Refusal::invalid("attribute.choices", format!("an attribute has at most {MAX_CHOICES} choices"))
        .hint("what differs from person to person is a text: --type text")
}

fn choices(new: &NewAttribute) -> Result<BTreeSet<Slug>> {
    if new.choices.is_empty() {
        return Ok(BTreeSet::new());
    }
    if !matches!(new.kind, AttributeType::Choice | AttributeType::Choices) {
        return Err(Refusal::invalid("attribute.choices", format!("{} has no choices", new.kind.words()))
            .hint("choices go with --type choice and --type choices"));
    }
    if new.choices.len() > MAX_CHOICES {
        return Err(too_many());
    }
    let read = |text: &String| {
        Slug::from_free_text(text).ok_or_else(|| {
            Refusal::invalid(
                "attribute.choices",
                format!("`{text}` cannot be a choice: it has no letter and no digit"),
            )
        })
    };
    new.choices.iter().map(read).collect()
}

fn title(new: &NewAttribute) -> Result<Option<String>> {
    let Some(title) = new.title.as_deref().map(str::trim).filter(|title| !title.is_empty()) else {
        return Ok(None);
    };
    if title.chars().count() > MAX_TITLE || title.chars().any(char::is_control) {
        return Err(Refusal::invalid(
            "attribute.title",
            format!("a title is one line of at most {MAX_TITLE} characters"),
        ));
    }
    Ok(Some(title.to_owned()))
}
