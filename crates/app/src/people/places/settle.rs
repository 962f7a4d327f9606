//! Moving people after a load: whoever's postal code tells other areas than it did lives there from then on. The codes
//! are sealed with the people, so everybody is opened once, a page in a transaction; a run that is cut off goes on
//! where it was.

use super::Step;
use crate::context::App;
use crate::people::follow::{self, join};
use crate::people::import::{PostalAreas, knows};
use crate::people::open_record;
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_domain::ids::Ordinal;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_vault::Field;
use jiff::tz::Offset;
use serde::Serialize;

/// The single value that says from whom on people are still to be moved; blank when nobody is.
const KEY: &str = "places-settle";
/// People looked at in one transaction.
const PAGE: u32 = 2_000;
/// The source of areas that nothing but a table tells.
const SOURCE: &str = "postal codes";
/// Moved people with at most so many others between them are one step of the change feed.
const GAP: u32 = 32;

/// What moving people came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// How many were looked at.
    pub looked_at: u64,
    /// How many live elsewhere now, or in an area more, or in one less.
    pub moved: u64,
}

/// Everybody is to be looked at again.
pub(crate) fn must_settle(tx: &mut dyn Tx) -> Result<()> {
    Ok(tx.set_meta(KEY, "0")?)
}

/// From whom on people are still to be moved, if anybody is.
pub(super) fn waiting(tx: &mut dyn Tx) -> Result<Option<u32>> {
    Ok(tx.meta(KEY)?.and_then(|text| text.parse().ok()))
}

/// Looks at everybody again: for days on which divisions began or ended since the last load, and to go on with a run
/// that was cut off.
pub fn settle_people(app: &App, actor: &Actor, progress: &mut dyn FnMut(Step)) -> Result<Settled> {
    permit(actor, Action::LoadPlaces)?;
    app.store.write(|tx| match waiting(tx)? {
        Some(_) => Ok(()),
        None => must_settle(tx),
    })?;
    Ok(settle(app, progress)?.unwrap_or_default())
}

/// Moves people if anybody is to be moved; none when nobody is.
pub(crate) fn settle(app: &App, progress: &mut dyn FnMut(Step)) -> Result<Option<Settled>> {
    if app.store.read(waiting)?.is_none() {
        return Ok(None);
    }
    let today = Offset::UTC.to_datetime(app.now()).date();
    let table = app.store.read(|tx| PostalAreas::with_past(tx, today))?;
    let mut settled = Settled::default();
    while let Some((next, of)) = app.store.write(|tx| page(app, tx, &table, &mut settled))? {
        progress(Step::Placed(u64::from(next), u64::from(of)));
    }
    // The index reads the people who moved again, from the feed.
    follow::catch_up(app)?;
    follow::save_if_large(app);
    Ok(Some(settled))
}

/// One page; how far it is now, unless all is done.
fn page(
    app: &App,
    tx: &mut dyn Tx,
    table: &PostalAreas,
    settled: &mut Settled,
) -> Result<Option<(u32, u32)>> {
    let Some(first) = waiting(tx)? else { return Ok(None) };
    let end = tx.next_ordinal()?.0;
    if first >= end {
        tx.set_meta(KEY, "")?;
        return Ok(None);
    }
    let last = end.min(first.saturating_add(PAGE));
    let ordinals: Vec<Ordinal> = (first..last).map(Ordinal).collect();
    let keys = app.store.keys().get_many(&ordinals)?;
    let (records, facts) = (tx.supporters(&ordinals)?, tx.facts_of(&ordinals)?);
    let source = tx.source(SOURCE, "where the owner's table says that a code lies", app.now())?.number;
    let (mut rows, mut ranges) = (Vec::new(), Vec::new());
    for (((ordinal, key), record), mut facts) in ordinals.into_iter().zip(keys).zip(records).zip(facts) {
        // Whoever was erased has neither a record nor a key.
        let (Some(record), Some(key)) = (record, key) else { continue };
        settled.looked_at += 1;
        let identity = open_record(&app.vault, &record, &key)?;
        let Some(code) = identity.get(Field::PostalCode) else { continue };
        if !place(&mut facts, table, code, source) {
            continue;
        }
        settled.moved += 1;
        ranges.push((ordinal.0, ordinal.0));
        rows.push((ordinal, facts));
    }
    tx.set_facts(&rows)?;
    for (first, last) in join(ranges, GAP) {
        tx.record_change(Ordinal(first), Ordinal(last))?;
    }
    tx.set_meta(KEY, &last.to_string())?;
    Ok(Some((last, end)))
}

/// Puts somebody's areas where the code lies now. What the table told before and does not tell now goes; what comes in
/// its place is known as well, and from where, as what went. Areas that no table ever told of the code stay. True when
/// that changes anything.
fn place(facts: &mut Vec<Fact>, table: &PostalAreas, code: &str, source: u32) -> bool {
    let (told, past) = (table.of(code), table.before(code));
    let before = facts.clone();
    let mut gone: Vec<Fact> = Vec::new();
    facts.retain(|fact| match &fact.value {
        // What was a guess and is told now is known from now on.
        FactValue::Area(area)
            if fact.origin == Origin::Inferred
                && told.iter().any(|told| !told.likely && told.area == *area) =>
        {
            gone.push(fact.clone());
            false
        }
        FactValue::Area(area) if past.contains(area) && !told.iter().any(|told| told.area == *area) => {
            gone.push(fact.clone());
            false
        }
        _ => true,
    });
    for told in told {
        if knows(facts, told) {
            continue;
        }
        let same_kind =
            |fact: &&Fact| matches!(&fact.value, FactValue::Area(area) if area.kind() == told.area.kind());
        let like = gone.iter().find(same_kind).or(gone.first());
        let (origin, source) = match like {
            // Most of the code's people live there: that is a guess about one of them.
            _ if told.likely => (Origin::Inferred, like.map_or(source, |fact| fact.source)),
            Some(fact) if fact.origin != Origin::Inferred => (fact.origin, fact.source),
            // Nobody knows any more how the code came: then it is never lent.
            _ => (Origin::Imported, source),
        };
        facts.push(Fact { value: FactValue::Area(told.area.clone()), origin, source });
    }
    *facts != before
}
