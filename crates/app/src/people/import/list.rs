//! The imports of a list: those that have ended, those that can go on, those that were undone.

use super::report::ImportReport;
use super::trail::{self, Begun, Ended, Trail};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportState {
    /// All of its rows are in.
    Finished,
    /// So many of its rows are in: it runs, or was paused or killed, and goes on when it is run again.
    Unfinished {
        /// Rows that are in.
        rows: u64,
        /// Rows of the file.
        of: u64,
    },
    /// What could be taken out again was.
    Undone {
        /// When.
        at: Timestamp,
    },
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedImport {
    /// When it ended, or when its last batch was kept.
    pub at: Timestamp,
    /// Where it stands.
    pub state: ImportState,
    /// What it did.
    pub report: ImportReport,
}

impl ListedImport {
    /// For how many seconds it would go on at the rate so far; none when it has ended or hardly begun.
    pub fn seconds_left(&self) -> Option<u64> {
        let ImportState::Unfinished { rows, of } = self.state else { return None };
        let left = of.saturating_sub(rows);
        (rows > 0).then(|| left.saturating_mul(self.report.elapsed_ms) / rows / 1_000)
    }
}

/// Every import, the newest first.
pub fn imports(app: &App, actor: &Actor) -> Result<Vec<ListedImport>> {
    permit(actor, Action::ImportList)?;
    app.store.read(|tx| {
        let mut listed: Vec<ListedImport> = Begun::all(tx)?
            .into_iter()
            .rev()
            .map(|begun| {
                let state = ImportState::Unfinished { rows: begun.rows, of: begun.of };
                ListedImport { at: begun.at, state, report: begun.report }
            })
            .collect();
        for kept in tx.imports(u32::MAX)? {
            let report = trail::read::<Ended>(&kept.report)?.report;
            let state = match trail::undone(tx, kept.id)? {
                Some(at) => ImportState::Undone { at },
                None => ImportState::Finished,
            };
            listed.push(ListedImport { at: kept.at, state, report });
        }
        Ok(listed)
    })
}

/// An import with what it did to the list, by its id or the beginning of it.
pub(super) fn find(tx: &mut dyn Tx, id: &str) -> Result<(ImportReport, Trail)> {
    let id = id.trim().to_lowercase();
    let is = |known: Uuid| !id.is_empty() && known.to_string().starts_with(&id);
    let mut found: Vec<(ImportReport, Option<Trail>)> = Begun::all(tx)?
        .into_iter()
        .filter(|begun| is(begun.report.id))
        .map(|begun| (begun.report, Some(begun.trail)))
        .collect();
    for kept in tx.imports(u32::MAX)?.into_iter().filter(|kept| is(kept.id)) {
        let ended: Ended = trail::read(&kept.report)?;
        found.push((ended.report, ended.trail));
    }
    let (report, trail) = match found.len() {
        1 => found.pop(),
        0 => None,
        _ => {
            return Err(Refusal::invalid("import.ambiguous", format!("several imports begin with `{id}`"))
                .hint("give more of the id"));
        }
    }
    .ok_or_else(|| {
        Refusal::not_found("import.none", format!("there is no import `{id}`"))
            .hint("`hustings import list` names them")
    })?;
    let trail = trail.ok_or_else(|| {
        Refusal::conflict("import.no-trail", "this import was made before it was kept what an import does")
    })?;
    Ok((report, trail))
}
