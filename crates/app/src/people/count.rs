//! Exact counts of an audience, for the list's own people; a borrower gets noise (`lend::estimate`).

use super::audience::{AsOf, ask, in_words, source_names, threads, vocabulary};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_audience::{Bitmap, BreakdownBy, Selection, Vocabulary};
use hustings_domain::access::{Action, Actor};
use hustings_domain::consent::SuppressionScope;
use hustings_policy::permit;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// An audience in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// How many people are in it.
    pub count: u64,
    /// Of them, how many have stopped everything: whatever is sent does not reach them.
    pub stopped: u64,
    /// What the numbers are true of.
    pub as_of: AsOf,
    /// The one text for all expressions that say the same.
    pub canonical: String,
    /// The expression in words.
    pub words: String,
    /// How they divide.
    pub breakdowns: Vec<Breakdown>,
}

/// One division of an audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breakdown {
    /// By what, such as `state`, `issue` or `month joined`.
    pub by: String,
    /// The parts that are not empty.
    pub parts: Vec<(String, u64)>,
}

/// Counts the audience that `text` describes on the day `today`.
pub fn count(app: &App, actor: &Actor, text: &str, today: Date) -> Result<Counted> {
    permit(actor, Action::CountAudience)?;
    let expr = ask(app, text, today)?;
    let charter = app.charter()?;
    let (stopped, sources) = app.store.read(|tx| {
        let stopped: Bitmap = tx.stopped_supporters(&[SuppressionScope::Everything])?.into_iter().collect();
        Ok::<_, Refusal>((stopped, source_names(tx)?))
    })?;
    let at = app.now();
    app.with_index(|index| {
        let known = vocabulary(index.vocabulary(), &charter);
        let people = index.select(&expr, Selection::OwnUse, today, threads());
        let parts = |by: &str, how: &BreakdownBy| Breakdown {
            by: by.to_owned(),
            parts: named_parts(how, index.breakdown(&people, how, Selection::OwnUse, threads()), &sources),
        };
        let mut breakdowns: Vec<Breakdown> = area_kinds(&known)
            .iter()
            .map(|kind| parts(kind, &BreakdownBy::Area { inside: None, kind: kind.clone() }))
            .collect();
        breakdowns.push(parts("issue", &BreakdownBy::Issue));
        breakdowns.push(parts("month joined", &BreakdownBy::JoinedMonth));
        breakdowns.push(parts("source", &BreakdownBy::Source));
        breakdowns.retain(|breakdown| !breakdown.parts.is_empty());
        Counted {
            count: people.count(),
            stopped: people.count_and(&stopped),
            as_of: AsOf { change: index.as_of(), today, at },
            canonical: expr.canonical(),
            words: in_words(&expr),
            breakdowns,
        }
    })
}

/// The kinds of areas that people live in, the wide ones first; the country says nothing.
pub(crate) fn area_kinds(known: &Vocabulary) -> Vec<String> {
    let mut kinds: Vec<(usize, &str)> = known
        .areas
        .iter()
        .filter_map(|area| Some((area.split('/').count(), area.rsplit('/').next()?.split_once(':')?.0)))
        .filter(|(depth, _)| *depth > 2)
        .collect();
    kinds.sort_unstable();
    let mut named: Vec<String> = Vec::new();
    for (_, kind) in kinds {
        if !named.iter().any(|known| known == kind) {
            named.push(kind.to_owned());
        }
    }
    named
}

/// How many people a rule selects on the day `today`, and no more than that: for lists of audiences.
pub fn people(app: &App, actor: &Actor, text: &str, today: Date) -> Result<u64> {
    permit(actor, Action::CountAudience)?;
    let expr = ask(app, text, today)?;
    app.with_index(|index| index.count(&expr, Selection::OwnUse, today, threads()))
}

/// Parts by what people call them: sources come from the index by number.
pub(crate) fn named_parts(
    how: &BreakdownBy,
    parts: Vec<(String, u64)>,
    sources: &BTreeMap<String, String>,
) -> Vec<(String, u64)> {
    if *how != BreakdownBy::Source {
        return parts;
    }
    let mut named: Vec<(String, u64)> = parts
        .into_iter()
        .map(|(number, people)| (sources.get(&number).cloned().unwrap_or(number), people))
        .collect();
    named.sort();
    named
}
