//! How a set of people divides by area, issue or the month they joined.

use super::bitmap::Bitmap;
use super::columns::Columns;
use super::words::Words;
use crate::days::day_number;
use crate::naive::Selection;
use hustings_domain::area::AreaId;
use jiff::ToSpan as _;
use jiff::civil::Date;

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
    /// By the month of joining, written `2025-01`.
    JoinedMonth,
}

pub(super) fn breakdown(
    columns: &Columns,
    people: &Bitmap,
    by: &BreakdownBy,
    mode: Selection,
) -> Vec<(String, u64)> {
    let own_use = mode == Selection::OwnUse;
    let parts: Vec<(String, u64)> = match by {
        BreakdownBy::Area { inside, kind } => {
            (if own_use { &columns.areas } else { &columns.areas_declared })
                .iter()
                .filter(|(area, _)| {
                    let last = area.as_str().rsplit('/').next().and_then(|step| step.split_once(':'));
                    last.is_some_and(|(of, _)| of == kind)
                        && inside.as_ref().is_none_or(|inside| inside.contains(area))
                })
                .map(|(area, set)| (area.to_string(), people.count_and(set)))
                .collect()
        }
        BreakdownBy::Issue => (if own_use { &columns.issues } else { &columns.issues_declared })
            .iter()
            .map(|(issue, set)| (issue.to_string(), people.count_and(set)))
            .collect(),
        BreakdownBy::JoinedMonth => months(columns, people),
    };
    parts.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Counts months by halving the time between the first and the last while anybody is in it: a few stray
/// dates far away cost a few steps, not one for each month between.
fn months(columns: &Columns, people: &Bitmap) -> Vec<(String, u64)> {
    let mut counted = Vec::new();
    let Some((low, high)) = columns.joined.bounds() else { return counted };
    let of_day = |day: i64| {
        let earliest = i64::from(day_number(Date::MIN));
        let latest = i64::from(day_number(Date::MAX));
        let days = day.clamp(earliest, latest);
        let date = Date::constant(1970, 1, 1).checked_add(days.days()).unwrap_or(Date::MAX);
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    };
    halve(columns, people, of_day(low), of_day(high), &mut counted);
    counted
}

fn halve(columns: &Columns, people: &Bitmap, first: i32, last: i32, counted: &mut Vec<(String, u64)>) {
    let count = joined_between(columns, people, first_day_of(first), first_day_of(last + 1) - 1);
    if count == 0 {
        return;
    }
    if first == last {
        counted.push((format!("{:04}-{:02}", first.div_euclid(12), first.rem_euclid(12) + 1), count));
        return;
    }
    let middle = first + (last - first) / 2;
    halve(columns, people, first, middle, counted);
    halve(columns, people, middle + 1, last, counted);
}

/// The day number of the first of a month, counted from the year 0.
fn first_day_of(month: i32) -> i64 {
    let (year, of_year) = (month.div_euclid(12), month.rem_euclid(12));
    i16::try_from(year)
        .ok()
        .zip(i8::try_from(of_year + 1).ok())
        .and_then(|(year, month)| Date::new(year, month, 1).ok())
        .map_or_else(|| i64::from(day_number(Date::MAX)) + 1, |date| i64::from(day_number(date)))
}

fn joined_between(columns: &Columns, people: &Bitmap, low: i64, high: i64) -> u64 {
    let mut total = 0;
    for (block, container) in people.blocks.iter().enumerate() {
        let mut out = Words::NONE;
        container.widen(&mut out);
        columns.joined.narrow(block, low, high, &mut out);
        total += u64::from(out.count());
    }
    total
}
