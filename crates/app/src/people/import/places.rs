//! Which areas a postal code lies in, from the owner's table, and reading that table.

use super::rejects::Reject;
use super::report::{ImportReport, RejectReason};
use super::target::Target;
use super::values::{mend_postal, postal_key};
use super::{detect::Table, known, layout::Layout, run::Run};
use crate::refusal::Result;
use hustings_domain::area::AreaId;
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_store::Tx;
use hustings_store::records::PostalPlace;
use hustings_vault::{PostalCode, Region};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most postal codes in one table.
const MOST: usize = 500_000;

/// From this share on, in thousands, an area is that of the whole code.
const WHOLE: u16 = 995;
/// Above this share an area is where somebody of the code more likely lives than not.
const HALF: u16 = 500;

/// An area that a code tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::people) struct Told {
    pub(in crate::people) area: AreaId,
    /// Most of the code's people live there, not all of them.
    pub(in crate::people) likely: bool,
}

/// The table, as people are placed with it.
#[derive(Debug, Default)]
pub(in crate::people) struct PostalAreas {
    now: HashMap<String, Vec<Told>>,
    past: HashMap<String, Vec<AreaId>>,
}

impl PostalAreas {
    /// The kept table on the day `today`.
    pub(in crate::people) fn read(tx: &mut dyn Tx, today: Date) -> Result<Self> {
        Self::gather(tx, today, false)
    }

    /// The same, with what was said of each code before.
    pub(in crate::people) fn with_past(tx: &mut dyn Tx, today: Date) -> Result<Self> {
        Self::gather(tx, today, true)
    }

    fn gather(tx: &mut dyn Tx, today: Date, with_past: bool) -> Result<Self> {
        let mut said: HashMap<String, Vec<PostalPlace>> = HashMap::new();
        let mut past: HashMap<String, Vec<AreaId>> = HashMap::new();
        tx.postal_places(&mut |place, in_force| {
            if in_force && is_valid(&place, today) {
                said.entry(place.code.clone()).or_default().push(place);
            } else if with_past {
                past.entry(place.code).or_default().push(place.area);
            }
        })?;
        let now = said.into_iter().map(|(code, places)| (code, told(&places))).collect();
        Ok(Self { now, past })
    }

    /// The areas that a code tells.
    pub(in crate::people) fn of(&self, code: &str) -> &[Told] {
        self.now.get(postal_key(code)).map_or(&[], Vec::as_slice)
    }

    /// The areas that a code was said to lie in before.
    pub(in crate::people) fn before(&self, code: &str) -> &[AreaId] {
        self.past.get(postal_key(code)).map_or(&[], Vec::as_slice)
    }
}

/// What can be told from a code's areas: where all of it lies, and where most of it does. A code that lies in several
/// areas of one kind, without shares, tells nothing of that kind; one that two countries have tells nothing at all.
fn told(places: &[PostalPlace]) -> Vec<Told> {
    let one_country =
        places.iter().all(|place| places.first().is_some_and(|first| first.country == place.country));
    if !one_country {
        return Vec::new();
    }
    let alone = |place: &PostalPlace| {
        places.iter().filter(|other| other.area.kind() == place.area.kind()).count() == 1
    };
    let read = |place: &PostalPlace| {
        let sure = place.share.map_or_else(|| alone(place), |share| share >= WHOLE);
        let likely = place.share.is_some_and(|share| share > HALF);
        (sure || likely).then(|| Told { area: place.area.clone(), likely: !sure })
    };
    let mut told: Vec<Told> = places.iter().filter_map(read).collect();
    // The narrow ones first: what they lie in says nothing more.
    told.sort_by_key(|told| std::cmp::Reverse(told.area.as_str().matches('/').count()));
    told
}

/// What one postal code tells on the day `today`.
pub(in crate::people) fn areas_of(tx: &mut dyn Tx, code: &str, today: Date) -> Result<Vec<Told>> {
    let mut places = tx.postal_places_at(postal_key(code))?;
    places.retain(|place| is_valid(place, today));
    Ok(told(&places))
}

fn is_valid(place: &PostalPlace, today: Date) -> bool {
    place.valid_from.is_none_or(|from| from <= today)
        && place.valid_through.is_none_or(|through| today <= through)
}

/// Reads a table of areas; one code may have several rows.
pub(super) fn read_table(
    table: &Table,
    layout: &Layout,
    region: Region,
    report: &mut ImportReport,
) -> Result<(Areas, Vec<Reject>)> {
    let mut areas = Areas::default();
    let mut rejects = Vec::new();
    let mut reader = table.reader()?;
    for row in reader.records() {
        let row = row.map_err(super::pipeline::unreadable)?;
        report.lines += 1;
        let line = row.position().map_or(0, csv::Position::line);
        let line = line - table.lines_added().min(line);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            report.blank += 1;
            continue;
        }
        let reason = match read_row(layout, &row, region) {
            Some(_) if row.len() > layout.width() => RejectReason::TooManyColumns,
            Some((code, found)) if areas.0.len() < MOST => {
                areas.0.entry(code).or_default().push((line, found));
                continue;
            }
            _ => RejectReason::BrokenArea,
        };
        report.reject(line, reason);
        rejects.push(Reject { line, reason, row });
    }
    Ok((areas, rejects))
}

/// By code: the areas of each of its rows.
#[derive(Debug, Default)]
pub(super) struct Areas(BTreeMap<String, Vec<(u64, Vec<AreaId>)>>);

pub(super) fn read_row(
    layout: &Layout,
    row: &csv::StringRecord,
    region: Region,
) -> Option<(String, Vec<AreaId>)> {
    let (mut code, mut areas) = (None, Vec::new());
    for (target, cell) in layout.columns.iter().zip(row) {
        match target {
            Some(Target::PostalCode) => {
                let mended = PostalCode::parse(&mend_postal(cell, region)).ok()?;
                code = Some(postal_key(mended.reveal()).to_owned());
            }
            Some(Target::Area) if !cell.trim().is_empty() => {
                areas.push(cell.trim().to_lowercase().parse().ok()?);
            }
            _ => {}
        }
    }
    code.filter(|_| !areas.is_empty()).map(|code| (code, areas))
}

/// Keeps a table in one transaction.
pub(super) fn keep(run: &mut Run<'_>, tx: &mut dyn Tx, areas: Areas) -> Result<()> {
    let mut before: HashMap<String, BTreeSet<AreaId>> = HashMap::new();
    tx.postal_places(&mut |place, in_force| {
        if in_force {
            before.entry(place.code).or_default().insert(place.area);
        }
    })?;
    let mut rows: Vec<(String, Vec<AreaId>)> = Vec::new();
    for (code, lines) in areas.0 {
        let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let now: BTreeSet<AreaId> = lines.into_iter().flat_map(|(_, areas)| areas).collect();
        let first = match before.get(&code) {
            None => &mut run.report.new,
            Some(known) if *known == now => &mut run.report.unchanged,
            Some(_) => &mut run.report.changed,
        };
        *first += 1;
        match before.get(&code) {
            Some(known) if *known == now => run.report.unchanged += count - 1,
            _ => {
                run.report.merged += count - 1;
                rows.push((code, now.into_iter().collect()));
            }
        }
    }
    if !rows.is_empty() {
        let load = tx.newest_postal_load()?.saturating_add(1);
        for (code, areas) in rows {
            for area in areas {
                let country = area.country().to_owned();
                let code = code.clone();
                let place =
                    PostalPlace { country, code, area, valid_from: None, valid_through: None, share: None };
                tx.put_postal_place(load, &place)?;
            }
        }
        tx.end_postal_places(load)?;
        // Files that are in already may place people elsewhere now, and people move.
        known::note_change(tx, run.report.id)?;
        crate::people::places::must_settle(tx)?;
    }
    Ok(())
}

/// A postal code was corrected: areas that the old one told go, and those that the new one tells come, of kinds of
/// which nothing else is known. True when that changes the facts.
pub(in crate::people) fn move_areas(
    tx: &mut dyn Tx,
    facts: &mut Vec<Fact>,
    (old, new): (Option<&str>, Option<&str>),
    source: u32,
    today: Date,
) -> Result<bool> {
    let table = PostalAreas::with_past(tx, today)?;
    let before = facts.clone();
    if let Some(old) = old {
        let (told, past) = (table.of(old), table.before(old));
        facts.retain(|fact| match &fact.value {
            FactValue::Area(area) => !told.iter().any(|told| told.area == *area) && !past.contains(area),
            _ => true,
        });
    }
    for told in new.map_or(&[][..], |code| table.of(code)) {
        if !knows(facts, told) {
            let origin = if told.likely { Origin::Inferred } else { Origin::SelfGiven };
            facts.push(Fact { value: FactValue::Area(told.area.clone()), origin, source });
        }
    }
    Ok(*facts != before)
}

/// Whether an area of this kind, or something inside it, is known; against what is told for sure a guess counts nothing.
pub(in crate::people) fn knows(facts: &[Fact], told: &Told) -> bool {
    facts.iter().any(|fact| match &fact.value {
        FactValue::Area(stated) if told.likely || fact.origin != Origin::Inferred => {
            stated.kind() == told.area.kind() || told.area.contains(stated)
        }
        _ => false,
    })
}
