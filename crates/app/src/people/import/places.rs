//! Which areas a postal code lies in, from the owner's table, and reading that table.

use super::rejects::Reject;
use super::report::{ImportReport, RejectReason};
use super::row::kind;
use super::target::Target;
use super::values::{mend_postal, postal_key};
use super::{detect::Table, known, layout::Layout, run::Run};
use crate::refusal::Result;
use hustings_domain::area::AreaId;
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_store::Tx;
use hustings_vault::{PostalCode, Region};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most postal codes in one table.
const MOST: usize = 500_000;

/// The table, as rows are placed with it.
#[derive(Debug, Default)]
pub(super) struct PostalAreas(HashMap<String, Vec<AreaId>>);

impl PostalAreas {
    /// The kept table. A code that lies in several areas of one kind tells nothing of that kind.
    pub(super) fn read(tx: &mut dyn Tx) -> Result<Self> {
        let table = tx.postal_areas()?.into_iter().map(|(code, areas)| (code, telling(&areas)));
        Ok(Self(table.collect()))
    }

    /// The areas of a code.
    pub(super) fn of(&self, code: &str) -> &[AreaId] {
        self.0.get(postal_key(code)).map_or(&[], Vec::as_slice)
    }
}

/// Those of a code's areas that are the only one of their kind.
fn telling(areas: &[AreaId]) -> Vec<AreaId> {
    let alone = |area: &&AreaId| areas.iter().filter(|other| kind(other) == kind(area)).count() == 1;
    areas.iter().filter(alone).cloned().collect()
}

/// The areas that one postal code tells.
pub(in crate::people) fn areas_of(tx: &mut dyn Tx, code: &str) -> Result<Vec<AreaId>> {
    Ok(telling(&tx.areas_of_postal_code(postal_key(code))?))
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
    let before: HashMap<String, BTreeSet<AreaId>> =
        tx.postal_areas()?.into_iter().map(|(code, areas)| (code, areas.into_iter().collect())).collect();
    let mut rows = Vec::new();
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
        tx.put_postal_areas(&rows)?;
        // Files that are in already may place people elsewhere now.
        tx.set_meta(known::AREAS, &run.report.id.to_string())?;
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
) -> Result<bool> {
    let table = PostalAreas::read(tx)?;
    let told = |code: Option<&str>| code.map_or(&[][..], |code| table.of(code));
    let before = facts.clone();
    facts.retain(|fact| !matches!(&fact.value, FactValue::Area(area) if told(old).contains(area)));
    for area in told(new) {
        let known = facts.iter().any(|fact| match &fact.value {
            FactValue::Area(stated) => kind(stated) == kind(area) || area.contains(stated),
            _ => false,
        });
        if !known {
            facts.push(Fact { value: FactValue::Area(area.clone()), origin: Origin::SelfGiven, source });
        }
    }
    Ok(*facts != before)
}
