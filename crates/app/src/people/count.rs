//! Exact counts of an audience, for the list's own people; a borrower gets noise (`lend::estimate`).

use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_audience::{Bitmap, BreakdownBy, Expr, Selection, Vocabulary, parse};
use hustings_domain::access::{Action, Actor, permit};
use hustings_domain::charter::Charter;
use hustings_domain::consent::SuppressionScope;
use jiff::civil::Date;
use serde::Serialize;

/// An audience in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// How many people are in it.
    pub count: u64,
    /// Of them, how many have stopped everything: whatever is sent does not reach them.
    pub stopped: u64,
    /// The change of the store up to which the numbers are true.
    pub as_of: u64,
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
    let expr = parse(text).map_err(|error| wrong(&error.message, error.render(text), error.hint.clone()))?;
    let charter = app.charter()?;
    let stopped: Bitmap = app
        .store
        .read(|tx| Ok::<_, Refusal>(tx.stopped_supporters(&[SuppressionScope::Everything])?))?
        .into_iter()
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    app.with_index(|index| {
        let known = vocabulary(index.vocabulary(), &charter);
        expr.check(&known).map_err(|error| wrong(&error.message, error.render(text), error.hint.clone()))?;
        let people = index.select(&expr, Selection::OwnUse, today, threads);
        let parts = |by: &str, how: &BreakdownBy| Breakdown {
            by: by.to_owned(),
            parts: index.breakdown(&people, how, Selection::OwnUse),
        };
        let mut breakdowns: Vec<Breakdown> = area_kinds(&known)
            .iter()
            .map(|kind| parts(kind, &BreakdownBy::Area { inside: None, kind: kind.clone() }))
            .collect();
        breakdowns.push(parts("issue", &BreakdownBy::Issue));
        breakdowns.push(parts("month joined", &BreakdownBy::JoinedMonth));
        breakdowns.retain(|breakdown| !breakdown.parts.is_empty());
        Ok(Counted {
            count: people.count(),
            stopped: people.count_and(&stopped),
            as_of: index.as_of(),
            canonical: expr.canonical(),
            words: in_words(&expr),
            breakdowns,
        })
    })?
}

fn wrong(message: &str, drawing: String, hint: Option<String>) -> Refusal {
    let refusal = Refusal::invalid("audience.wrong", message.to_owned()).because(drawing);
    match hint {
        Some(hint) => refusal.hint(hint),
        None => refusal,
    }
}

/// What the list holds, and what the charter names though nobody carries it yet.
fn vocabulary(mut known: Vocabulary, charter: &Charter) -> Vocabulary {
    known.issues.extend(charter.issues.iter().map(|issue| issue.id.to_string()));
    known.purposes.extend(charter.purposes.iter().map(|purpose| purpose.id.to_string()));
    known
}

/// The kinds of areas that people live in, the wide ones first; the country says nothing.
fn area_kinds(known: &Vocabulary) -> Vec<String> {
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

fn in_words(expr: &Expr) -> String {
    let label = |area: &str| {
        area.parse().map_or_else(|_| area.to_owned(), |area: hustings_domain::area::AreaId| area.label())
    };
    hustings_audience::to_words(expr, label)
}
