//! Areas for people who look: what lies in what, since when and until when, who lives there, which codes lie in it.

use super::settle::waiting;
use super::validity::successors;
use crate::context::App;
use crate::people::audience::threads;
use crate::refusal::{Refusal, Result};
use hustings_audience::language::{Node, Term};
use hustings_audience::{Expr, Index, Selection, Span, Spanned, nearest_areas};
use hustings_domain::access::{Action, Actor};
use hustings_domain::area::{AreaId, Division};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many areas a page shows.
const ROWS: usize = 200;
/// How many codes a page shows.
const CODES: u32 = 20;
/// How many divisions are read at a time.
const PAGE: u32 = 5_000;

/// One area in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AreaRow {
    /// Its id.
    pub id: AreaId,
    /// Its name.
    pub name: String,
    /// From this day on.
    pub valid_from: Option<Date>,
    /// Up to this day.
    pub valid_through: Option<Date>,
    /// Whether it has ended.
    pub ended: bool,
    /// How many people live there.
    pub people: u64,
}

/// Areas that lie directly in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlacesPage {
    /// What they lie in; none for countries.
    pub inside: Option<AreaId>,
    /// How many divisions the register has in all.
    pub divisions: u64,
    /// The first of them.
    pub rows: Vec<AreaRow>,
    /// How many there are.
    pub of: u64,
    /// Whether people are still to be moved after a load.
    pub unsettled: bool,
}

/// One area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AreaPage {
    /// It.
    #[serde(flatten)]
    pub row: AreaRow,
    /// Another id that the register prefers.
    pub same_as: Option<AreaId>,
    /// What took its place, when it has ended.
    pub instead: Vec<AreaId>,
    /// What it lies in, the widest first.
    pub lies_in: Vec<AreaId>,
    /// How many areas of each kind lie in it, however deep; those that have ended are not counted.
    pub kinds: BTreeMap<String, u64>,
    /// How many postal codes lie in exactly this area.
    pub codes: u64,
    /// The first of them, as `us/05401`, with the share in thousands where one is said.
    pub first_codes: Vec<(String, Option<u16>)>,
}

/// The areas directly inside one, or the countries; of one kind, however deep, when a kind is named.
pub fn areas(app: &App, actor: &Actor, inside: Option<&AreaId>, kind: Option<&str>) -> Result<PlacesPage> {
    permit(actor, Action::CountAudience)?;
    let today = today(app);
    let known = app.with_index(|index| index.vocabulary().areas)?;
    let (found, divisions, unsettled) = app.store.read(|tx| {
        let mut found: BTreeMap<AreaId, Option<Division>> = BTreeMap::new();
        each_division(tx, inside, |division| {
            if wanted(&division.id, inside, kind) {
                found.insert(division.id.clone(), Some(division));
            }
        })?;
        Ok::<_, Refusal>((found, tx.division_count()?, waiting(tx)?.is_some()))
    })?;
    let mut found = found;
    // Where people live without a register.
    for area in known.iter().filter_map(|area| area.parse::<AreaId>().ok()) {
        if wanted(&area, inside, kind) {
            found.entry(area).or_default();
        }
    }
    let of = u64::try_from(found.len()).unwrap_or(0);
    let rows = app.with_index(|index| {
        found.into_iter().take(ROWS).map(|(id, division)| row(id, division.as_ref(), index, today)).collect()
    })?;
    Ok(PlacesPage { inside: inside.cloned(), divisions, rows, of, unsettled })
}

fn wanted(area: &AreaId, inside: Option<&AreaId>, kind: Option<&str>) -> bool {
    let within = inside.is_none_or(|inside| inside != area && inside.contains(area));
    match kind {
        Some(kind) => within && area.kind() == kind,
        None => within && area.parent().as_ref() == inside,
    }
}

/// One area, as rules name it.
pub fn show_area(app: &App, actor: &Actor, text: &str) -> Result<AreaPage> {
    permit(actor, Action::CountAudience)?;
    let today = today(app);
    let known = app.with_index(|index| index.vocabulary().areas)?;
    let id: Option<AreaId> = text.trim().to_lowercase().parse().ok();
    let (id, division) = app.store.read(|tx| {
        let division = id.as_ref().map(|id| tx.division(id)).transpose()?.flatten();
        if let Some(id) = id.filter(|id| division.is_some() || known.contains(id.as_str())) {
            return Ok((id, division));
        }
        let mut all = known.clone();
        let country: Option<AreaId> = text.get(..23).and_then(|country| country.parse().ok());
        each_division(tx, country.as_ref(), |division| {
            all.insert(division.id.to_string());
        })?;
        let refusal = Refusal::not_found("area.unknown", format!("there is no area `{text}`"));
        Err(match nearest_areas(text, &all).as_slice() {
            [] => refusal.hint("`hustings places list` names those that there are"),
            near => refusal.hint(format!("did you mean `{}`?", near.join("` or `"))),
        })
    })?;
    let row = app.with_index(|index| row(id.clone(), division.as_ref(), index, today))?;
    app.store.read(|tx| {
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        each_division(tx, Some(&id), |division| {
            if division.ended(today).is_none() {
                *kinds.entry(division.id.kind().to_owned()).or_default() += 1;
            }
        })?;
        let (codes, first) = tx.postal_places_of(&id, CODES)?;
        let first = first.into_iter().map(|place| (format!("{}/{}", place.country, place.code), place.share));
        let mut lies_in = id.with_parents();
        lies_in.pop();
        Ok(AreaPage {
            same_as: division.as_ref().and_then(|division| division.same_as.clone()),
            instead: match &division {
                Some(division) if row.ended => successors(tx, division, today)?,
                _ => Vec::new(),
            },
            lies_in,
            kinds,
            codes,
            first_codes: first.collect(),
            row,
        })
    })
}

fn today(app: &App) -> Date {
    Offset::UTC.to_datetime(app.now()).date()
}

fn row(id: AreaId, division: Option<&Division>, index: &Index, today: Date) -> AreaRow {
    let area = Spanned { value: id.clone(), span: Span::default() };
    let lives_there = Expr::new(Node::Term(Term::Area(vec![area])));
    AreaRow {
        name: division.map_or_else(|| id.label(), |division| division.name.clone()),
        valid_from: division.and_then(|division| division.valid_from),
        valid_through: division.and_then(|division| division.valid_through),
        ended: division.is_some_and(|division| division.ended(today).is_some()),
        people: index.count(&lives_there, Selection::OwnUse, Date::MIN, threads()),
        id,
    }
}

fn each_division(tx: &mut dyn Tx, inside: Option<&AreaId>, mut each: impl FnMut(Division)) -> Result<()> {
    let mut after: Option<AreaId> = None;
    loop {
        let page = tx.divisions(inside, after.as_ref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id.clone());
        page.into_iter().for_each(&mut each);
    }
}
