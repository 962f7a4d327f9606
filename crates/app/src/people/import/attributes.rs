//! Attributes that a file brings: each keeps the type that it has on the list, and a new one is declared on the way.

use super::layout::Layout;
use super::target::Target;
use super::typed::Book;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::attribute::{Attribute, AttributeType};
use hustings_domain::words::Slug;
use hustings_store::Tx;
use jiff::Timestamp;

/// The attributes of a file, each with its column's name.
fn typed<'a>(
    header: &'a [String],
    layout: &'a Layout,
) -> impl Iterator<Item = (&'a str, &'a Slug, AttributeType)> {
    layout.columns.iter().zip(header).filter_map(|(target, header)| {
        let (name, kind) = target.as_ref()?.attribute()?;
        Some((header.as_str(), name, kind))
    })
}

/// Refuses columns that would give an attribute another type, or bring something under one that is out of use.
pub(super) fn check_types(app: &App, header: &[String], layout: &Layout) -> Result<()> {
    if typed(header, layout).next().is_none() {
        return Ok(());
    }
    let declared = app.store.read(|tx| Ok::<_, Refusal>(tx.attributes()?))?;
    let known = app.with_index(hustings_audience::Index::vocabulary)?;
    for (column, name, kind) in typed(header, layout) {
        if let Some((rival, _, other)) =
            typed(header, layout).find(|(_, other, of)| *other == name && *of != kind)
        {
            let because = format!("`{rival}` is mapped to `{other}:{name}`");
            return Err(changed(column, name, other, kind).because(because));
        }
        if hustings_audience::language::is_taken(name) {
            return Err(taken(name)
                .hint(format!("map it under another name: --column \"{column}={kind}:my-{name}\"")));
        }
        if known.type_of(name.as_str()).is_some_and(|is| is != kind)
            && !declared.iter().any(|attribute| attribute.name == *name)
            && let Some(is) = known.type_of(name.as_str())
        {
            return Err(on_the_list(column, name, is, kind));
        }
        check_declared(&declared, column, name, kind)?;
    }
    Ok(())
}

fn check_declared(declared: &[Attribute], column: &str, name: &Slug, kind: AttributeType) -> Result<()> {
    match declared.iter().find(|attribute| attribute.name == *name) {
        Some(attribute) if attribute.kind != kind => Err(on_the_list(column, name, attribute.kind, kind)),
        Some(attribute) if attribute.retired.is_some() => Err(Refusal::invalid(
            "import.attribute-retired",
            format!("`{column}` is mapped to `{kind}:{name}`, and the attribute `{name}` is out of use"),
        )
        .hint(format!(
            "map the column to `ignore`, or take it back: hustings attribute add {name} --type {kind}"
        ))),
        _ => Ok(()),
    }
}

fn on_the_list(column: &str, name: &Slug, is: AttributeType, kind: AttributeType) -> Refusal {
    changed(column, name, is, kind).because(format!("on this list `{name}` is {}", is.words()))
}

fn changed(column: &str, name: &Slug, is: AttributeType, kind: AttributeType) -> Refusal {
    Refusal::invalid(
        "import.attribute-type",
        format!(
            "`{column}` is mapped to `{kind}:{name}`, and `{name}` cannot be both {} and {}",
            is.words(),
            kind.words()
        ),
    )
    .hint(format!(
        "an attribute keeps its type: map it to `{is}:{name}`, or under a name of its own: --column \"{column}={kind}:{name}-2\""
    ))
}

/// A name that rules have a meaning of their own for.
pub(in crate::people) fn taken(name: &Slug) -> Refusal {
    Refusal::invalid(
        "attribute.name-taken",
        format!("`{name}` is a word of rules, and no attribute can be named so"),
    )
}

/// Declares the attributes of a file that the list does not have yet.
pub(super) fn declare(tx: &mut dyn Tx, header: &[String], layout: &Layout, now: Timestamp) -> Result<()> {
    for (column, name, kind) in typed(header, layout) {
        match tx.attribute(name)? {
            // Two files may come in at once: what was looked at before may have changed.
            Some(known) => check_declared(&[known], column, name, kind)?,
            None => tx.put_attribute(&Attribute {
                name: name.clone(),
                title: crate::people::attributes::title(column, name),
                kind,
                choices: std::collections::BTreeSet::new(),
                open: true,
                declared: now,
                retired: None,
            })?,
        }
    }
    Ok(())
}

/// Keeps the choices that a file brought, so that a rule may name one that nobody has made for a while.
pub(super) fn remember(app: &App, book: &Book) -> Result<()> {
    let brought = book.all_choices();
    if brought.is_empty() {
        return Ok(());
    }
    app.store.write(|tx| {
        for (name, choices) in brought {
            let Some(mut attribute) = tx.attribute(name)? else { continue };
            let before = attribute.choices.len();
            attribute.choices.extend(choices);
            if attribute.choices.len() > before {
                tx.put_attribute(&attribute)?;
            }
        }
        Ok(())
    })
}

/// What cells of attributes are read with; nothing for a file that has none.
pub(super) fn book(app: &App, layout: &Layout) -> Result<Book> {
    let any = layout.columns.iter().flatten();
    if !any.into_iter().any(|target| *target == Target::Attributes || target.attribute().is_some()) {
        return Ok(Book::default());
    }
    let declared = app.store.read(|tx| Ok::<_, Refusal>(tx.attributes()?))?;
    let vocabulary = app.with_index(hustings_audience::Index::vocabulary)?;
    let mut book = Book::of(&declared, &vocabulary);
    for (name, kind) in layout.columns.iter().flatten().filter_map(Target::attribute) {
        if book.kind(name).is_none() {
            book.add(name, kind, true, std::iter::empty());
        }
    }
    Ok(book)
}
