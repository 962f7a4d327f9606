//! What a file would come to row by row, with no list at hand: what it is, which column is what, which rows cannot be
//! taken. What only a list knows (who is there already, who has stopped, which areas a code lies in) it leaves open.

use super::container::Contents;
use super::detect;
use super::layout::Layout;
use super::memo::Memo;
use super::pipeline::Rows;
use super::places::{self, PostalAreas};
use super::row::{Entry, RowReader, Tally};
use super::typed::Book;
use super::{ImportJob, ImportKind, RejectReason, stops};
use crate::refusal::Result;
use hustings_domain::chance::Rng;
use hustings_domain::charter::Charter;
use hustings_domain::ids::SupporterId;
use hustings_vault::Vault;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A file, looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What it holds.
    pub kind: ImportKind,
    /// Its encoding, such as `UTF-8`.
    pub encoding: String,
    /// What stands between its cells.
    pub separator: char,
    /// What each used column is, by its header.
    pub columns: Vec<(String, String)>,
    /// Columns that nothing is made of.
    pub ignored_columns: Vec<String>,
    /// Rows below the header that are not empty lines.
    pub rows: u64,
    /// Rows that can be taken.
    pub usable: u64,
    /// Rows without anything in them.
    pub blank: u64,
    /// Rows that cannot be taken, by reason.
    pub rejected: BTreeMap<RejectReason, u64>,
}

impl Preview {
    /// Whether every row is accounted for.
    pub fn adds_up(&self) -> bool {
        self.usable + self.blank + self.rejected.values().sum::<u64>() == self.rows
    }
}

/// Looks a file through as [`super::import`] would, under `charter`; `vault` may be any, as nothing is kept.
pub fn preview(
    job: &ImportJob,
    charter: &Charter,
    vault: &Vault,
    now: Timestamp,
    rng: &mut dyn Rng,
) -> Result<Preview> {
    let mapping = job.mapping.clone().unwrap_or_default();
    let found = Contents::of(&job.path, job.member.as_deref())?;
    let contents = found.only_one()?.clone();
    let stem = contents.stem();
    let table = detect::look_over(contents, mapping.separator)?;
    let layout = Layout::of(&table.header, &stem, &mapping, job.kind, job.mode, charter, &[])?;
    let region = job.region(charter);
    let reader = RowReader {
        layout: &layout,
        charter,
        issues: &charter.issues.iter().map(|issue| issue.id.clone()).collect(),
        places: &PostalAreas::default(),
        attributes: &Book::default(),
        vault,
        source: 0,
        region,
        origin: job.origin.or(mapping.origin),
        gifts: layout.kind == ImportKind::Gifts,
        any_stops: true,
        now,
    };
    let mut seen = Preview {
        kind: layout.kind,
        encoding: table.encoding.name().to_owned(),
        separator: char::from(table.separator),
        columns: layout.used.clone(),
        ignored_columns: layout.ignored.clone(),
        rows: 0,
        usable: 0,
        blank: 0,
        rejected: BTreeMap::new(),
    };
    let (mut rows, mut memo) = (Rows::of(&table)?, Memo::default());
    while let Some((line, row)) = rows.next()? {
        seen.rows += 1;
        let rejected = if row.iter().all(|cell| cell.trim().is_empty()) {
            seen.blank += 1;
            continue;
        } else if layout.kind == ImportKind::Suppressions {
            stops::read(vault, &layout, &row, region, now).err()
        } else if layout.kind == ImportKind::Areas {
            match places::read_row(&layout, &row, region) {
                Some(_) if row.len() > layout.width() => Some(RejectReason::TooManyColumns),
                Some(_) => None,
                None => Some(RejectReason::BrokenArea),
            }
        } else {
            let id = SupporterId::new(now, rng);
            match reader.read((line, row), id, rng, &mut memo, &mut Tally::default())? {
                Entry::Row(_) => None,
                Entry::Blank => {
                    seen.blank += 1;
                    continue;
                }
                Entry::Reject(_, reason, _) => Some(reason),
            }
        };
        match rejected {
            None => seen.usable += 1,
            Some(reason) => *seen.rejected.entry(reason).or_default() += 1,
        }
    }
    Ok(seen)
}
