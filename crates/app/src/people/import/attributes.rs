//! The types of attributes: a name that is a date on the list cannot become a number by a file, nor the other way.

use super::layout::Layout;
use super::target::Target;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::words::Slug;
use std::collections::HashSet;

/// Refuses columns that would give a known attribute another type.
pub(super) fn check_types(app: &App, header: &[String], layout: &Layout) -> Result<()> {
    let typed =
        || layout.columns.iter().zip(header).filter_map(|(target, header)| Some((target.as_ref()?, header)));
    if !typed().any(|(target, _)| matches!(target, Target::Number(_) | Target::Date(_))) {
        return Ok(());
    }
    for (target, column) in typed() {
        let (name, other) = match target {
            Target::Number(name) => (name, Target::Date(name.clone())),
            Target::Date(name) => (name, Target::Number(name.clone())),
            _ => continue,
        };
        if let Some((_, rival)) = typed().find(|(target, _)| **target == other) {
            return Err(
                changed(column, target, name).because(format!("`{rival}` is mapped to `{}`", other.name()))
            );
        }
    }
    let words = app.with_index(hustings_audience::Index::vocabulary)?;
    for (target, column) in typed() {
        let (name, taken, is) = match target {
            Target::Number(name) => (name, &words.dates, "date"),
            Target::Date(name) => (name, &words.numbers, "number"),
            _ => continue,
        };
        if taken.iter().any(|known| known == name.as_str()) {
            return Err(changed(column, target, name).because(format!("on this list `{name}` is a {is}")));
        }
    }
    Ok(())
}

fn changed(column: &str, target: &Target, name: &Slug) -> Refusal {
    let (kind, other) =
        if matches!(target, Target::Number(_)) { ("number", "date") } else { ("date", "number") };
    Refusal::invalid(
        "import.attribute-type",
        format!(
            "`{column}` is mapped to `{}`, and `{name}` cannot be both a number and a date",
            target.name()
        ),
    )
    .hint(format!(
        "map it to `{other}:{name}`, or under a name of its own: --column \"{column}={kind}:{name}-2\""
    ))
}

/// The names of dates, which no number of a JSON object may take.
pub(super) fn dates(app: &App, layout: &Layout) -> Result<HashSet<Slug>> {
    if !layout.columns.iter().flatten().any(|target| *target == Target::Attributes) {
        return Ok(HashSet::new());
    }
    let words = app.with_index(hustings_audience::Index::vocabulary)?;
    let stated = layout.columns.iter().flatten().filter_map(|target| match target {
        Target::Date(name) => Some(name.clone()),
        _ => None,
    });
    Ok(words.dates.iter().filter_map(|name| name.parse().ok()).chain(stated).collect())
}
