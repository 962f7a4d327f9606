//! How a set of people divides by area, issue, source or the month they joined.

use super::bitmap::Bitmap;
use super::columns::Columns;
use super::run::{fold_blocks, on_blocks};
use crate::days::day_number;
use crate::naive::Selection;
use hustings_domain::area::AreaId;
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// By what a set is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreakdownBy {
    /// By the areas of one kind (the last step's, such as `state` or `sldl`), all or those inside one.
    Area {
        /// The area that they must lie in.
        inside: Option<AreaId>,
        /// Their kind.
        kind: String,
    },
    /// By declared issue; a person may count under several.
    Issue,
    /// By the source of anything known of a person, by number; a person may count under several.
    Source,
    /// By the month of joining, written `2025-01`.
    JoinedMonth,
}

/// A part by name: its people, and those among them who did not say it themselves.
type Part<'a> = (String, &'a Bitmap, Option<&'a Bitmap>);

pub(super) fn breakdown(
    columns: &Columns,
    people: &Bitmap,
    by: &BreakdownBy,
    mode: Selection,
    threads: usize,
) -> Vec<(String, u64)> {
    let own_use = mode == Selection::OwnUse;
    let sets: Vec<Part<'_>> = match by {
        BreakdownBy::Area { inside, kind } => columns
            .areas
            .iter()
            .filter(|(area, _)| {
                let last = area.as_str().rsplit('/').next().and_then(|step| step.split_once(':'));
                last.is_some_and(|(of, _)| of == kind)
                    && inside.as_ref().is_none_or(|inside| inside.contains(area))
            })
            .map(|(area, set)| (area.to_string(), set, columns.areas_undeclared.get(area)))
            .collect(),
        BreakdownBy::Issue => columns
            .issues
            .iter()
            .map(|(issue, set)| (issue.to_string(), set, columns.issues_undeclared.get(issue)))
            .collect(),
        BreakdownBy::Source => {
            columns.sources.iter().map(|(source, set)| (source.to_string(), set, None)).collect()
        }
        BreakdownBy::JoinedMonth => return months(columns, people, threads),
    };
    let counted = on_blocks(
        people.blocks.len(),
        threads,
        || (),
        |(), block| {
            let people = people.block(block);
            let count = |set: &Bitmap| set.block(block).count_and(people);
            sets.iter()
                .map(|(_, set, undeclared)| {
                    let without = undeclared.filter(|_| !own_use).map_or(0, count);
                    count(set).saturating_sub(without)
                })
                .collect::<Vec<u32>>()
        },
    );
    let mut parts: Vec<(String, u64)> = sets.into_iter().map(|(name, ..)| (name, 0)).collect();
    for block in counted {
        parts.iter_mut().zip(block).for_each(|((_, total), count)| *total += u64::from(count));
    }
    parts.retain(|(_, count)| *count > 0);
    parts
}

/// The first day whose people are counted in a row of numbers, 1900-01-01; who joined before or in 180 years is
/// counted apart, so that a stray date costs nothing.
const NEAR_FIRST: i64 = -25_567;
const NEAR_DAYS: usize = 1 << 16;

#[derive(Debug)]
struct Days {
    near: Vec<u64>,
    far: BTreeMap<i64, u64>,
}

impl Days {
    fn new() -> Self {
        Self { near: vec![0; NEAR_DAYS], far: BTreeMap::new() }
    }

    fn add(&mut self, day: i64, people: u64) {
        let near = day.checked_sub(NEAR_FIRST).and_then(|at| usize::try_from(at).ok());
        match near.and_then(|at| self.near.get_mut(at)) {
            Some(count) => *count += people,
            None => *self.far.entry(day).or_default() += people,
        }
    }

    fn into_parts(self) -> impl Iterator<Item = (i64, u64)> {
        let near = (NEAR_FIRST..).zip(self.near).filter(|(_, people)| *people > 0);
        near.chain(self.far)
    }
}

fn months(columns: &Columns, people: &Bitmap, threads: usize) -> Vec<(String, u64)> {
    let gathered = fold_blocks(people.blocks.len(), threads, Days::new, |days, block| {
        columns.joined.each_value(block, people.block(block), |day, people| days.add(day, people));
    });
    let mut months: BTreeMap<(i16, i8), u64> = BTreeMap::new();
    for (day, people) in gathered.into_iter().flat_map(Days::into_parts) {
        let (earliest, latest) = (i64::from(day_number(Date::MIN)), i64::from(day_number(Date::MAX)));
        let day = day.clamp(earliest, latest);
        let date = Date::constant(1970, 1, 1).checked_add(day.days()).unwrap_or(Date::MAX);
        *months.entry((date.year(), date.month())).or_default() += people;
    }
    months.into_iter().map(|((year, month), people)| (format!("{year:04}-{month:02}"), people)).collect()
}
