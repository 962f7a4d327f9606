//! One division of an audience: by area, issue, month of joining or source.

use super::{AsOf, ask, source_names, threads};
use crate::context::App;
use crate::people::count::{area_kinds, named_parts};
use crate::refusal::{Refusal, Result};
use hustings_audience::{BreakdownBy, Selection};
use hustings_domain::access::{Action, Actor};
use hustings_domain::area::AreaId;
use hustings_policy::permit;
use jiff::civil::Date;
use serde::Serialize;

/// By what an audience is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DivideBy {
    /// Areas of one kind, such as `state`; the widest below the country when none is named.
    Area {
        /// The kind.
        kind: Option<String>,
        /// The area that they must lie in.
        inside: Option<AreaId>,
    },
    /// Declared issues.
    Issue,
    /// Month of joining.
    Month,
    /// Where anything known of a person came from.
    Source,
}

/// An audience divided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Divided {
    /// How many people are in it.
    pub count: u64,
    /// By what, such as `state`, `issue`, `month joined` or `source`.
    pub by: String,
    /// The parts that are not empty; a person may count under several issues or sources.
    pub parts: Vec<(String, u64)>,
    /// What the numbers are true of.
    pub as_of: AsOf,
}

/// Divides the audience that `text` describes on the day `today`.
pub fn breakdown(app: &App, actor: &Actor, text: &str, by: &DivideBy, today: Date) -> Result<Divided> {
    permit(actor, Action::CountAudience)?;
    let expr = ask(app, text, today)?;
    let names = app.store.read(source_names)?;
    let at = app.now();
    app.with_index(|index| {
        let (by, how) = match by {
            DivideBy::Area { kind, inside } => {
                let kinds = area_kinds(&index.vocabulary());
                let kind = match kind {
                    Some(kind) if !kinds.contains(kind) => {
                        let message = format!("no area of this list is a `{kind}`");
                        let hint = format!("the kinds are {}", kinds.join(", "));
                        return Err(Refusal::invalid("audience.kind", message).hint(hint));
                    }
                    Some(kind) => kind.clone(),
                    None => kinds.first().cloned().ok_or_else(|| {
                        Refusal::conflict(
                            "audience.no-areas",
                            "nobody on this list has an area below the country",
                        )
                    })?,
                };
                (kind.clone(), BreakdownBy::Area { inside: inside.clone(), kind })
            }
            DivideBy::Issue => ("issue".to_owned(), BreakdownBy::Issue),
            DivideBy::Month => ("month joined".to_owned(), BreakdownBy::JoinedMonth),
            DivideBy::Source => ("source".to_owned(), BreakdownBy::Source),
        };
        let people = index.select(&expr, Selection::OwnUse, today, threads());
        let parts = index.breakdown(&people, &how, Selection::OwnUse, threads());
        let as_of = AsOf { change: index.as_of(), today, at };
        Ok(Divided { count: people.count(), by, parts: named_parts(&how, parts, &names), as_of })
    })?
}
