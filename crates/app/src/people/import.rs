//! Bringing a file in: supporters, gifts, stops, or the table of areas. Whatever is wrong with the file as a whole
//! is found before anything is kept; whatever is wrong with a row is reported with its line.

mod apply;
mod attributes;
mod columns;
mod container;
mod detect;
mod json_lines;
mod known;
mod layout;
mod list;
mod mapping;
mod memo;
mod mode;
mod parts;
mod person;
mod pipeline;
mod places;
mod preview;
mod rejects;
mod report;
mod row;
mod run;
mod saved;
mod scan;
mod stops;
mod target;
mod trail;
mod transcode;
mod typed;
mod undo;
mod values;

pub(super) use attributes::taken;
pub use columns::{ColumnShown, ColumnsShown, Why, show_columns};
pub(super) use known::note_change;
pub use list::{ImportState, ListedImport, imports};
pub use mapping::Mapping;
pub use mode::Mode;
pub(super) use places::{PostalAreas, Told, areas_of, knows, move_areas};
pub use preview::{Preview, preview};
pub(super) use rejects::{begin as begin_rejects, failed as rejects_failed, harmless};
pub use report::{ImportReport, RejectReason, RejectedLine};
pub use saved::{SavedMapping, saved_mapping, saved_mappings};
pub(super) use typed::Book;
pub use undo::{UndoneImport, undo};
pub(crate) use values::amount;
pub(super) use values::{date, mend_postal, postal_key};

use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::charter::Charter;
use hustings_domain::facts::Origin;
use hustings_policy::permit;
use hustings_vault::Region;
use run::Run;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportKind {
    /// People, with what they said.
    Supporters,
    /// People and one gift a row.
    Gifts,
    /// Addresses that must never be mailed.
    Suppressions,
    /// Which areas a postal code lies in.
    Areas,
}

impl ImportKind {
    /// The word used on the command line and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Supporters => "supporters",
            Self::Gifts => "gifts",
            Self::Suppressions => "suppressions",
            Self::Areas => "areas",
        }
    }
}

impl std::str::FromStr for ImportKind {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        [Self::Supporters, Self::Gifts, Self::Suppressions, Self::Areas]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("`{text}` is nothing to import: supporters, gifts, suppressions or areas"))
    }
}

/// Asks an import to stop after the batch that it is at; it goes on when it is run again.
#[derive(Debug, Clone, Default)]
pub struct Pause(Arc<AtomicBool>);

impl Pause {
    /// Asks.
    pub fn ask(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A file to bring in, and how.
#[derive(Debug, Clone)]
pub struct ImportJob {
    /// The file.
    pub path: PathBuf,
    /// The one table of a zip that is meant; all of them when none is named.
    pub member: Option<String>,
    /// What becomes of people who are known already; by the kind of the file when none is given.
    pub mode: Option<Mode>,
    /// Go through the file row by row, also when it is known to be in, and from its beginning.
    pub again: bool,
    /// Under which name the mapping is to be kept.
    pub save_mapping: Option<String>,
    /// How to ask it to stop between two batches.
    pub pause: Pause,
    /// The name under which facts and consents say where they are from; the file's name when none is given.
    pub source: Option<String>,
    /// What the source may be used for, in words.
    pub licence: Option<String>,
    /// Which column is what.
    pub mapping: Option<Mapping>,
    /// Only look what would happen.
    pub dry_run: bool,
    /// What the file holds; worked out from its columns when none is given.
    pub kind: Option<ImportKind>,
    /// The exact text that people saw when they were asked.
    pub notice: Option<String>,
    /// How everything in the file was come by; each field's usual origin when none is given.
    pub origin: Option<Origin>,
    /// How numbers without a country are dialled; as in the charter's country when none.
    pub region: Option<Region>,
}

impl ImportJob {
    /// The file at `path`, with everything worked out from it.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            member: None,
            mode: None,
            again: false,
            save_mapping: None,
            pause: Pause::default(),
            source: None,
            licence: None,
            mapping: None,
            dry_run: false,
            kind: None,
            notice: None,
            origin: None,
            region: None,
        }
    }
}

impl ImportJob {
    /// How numbers without a country are dialled.
    pub(crate) fn region(&self, charter: &Charter) -> Region {
        self.region.unwrap_or_else(|| super::dialled(charter))
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows done.
    pub rows: u64,
    /// Rows in all.
    pub of: u64,
}

/// Brings in a file that holds one table.
///
/// Each batch of rows is one transaction, which also keeps how far the file is. An import that was killed or paused
/// goes on from there when it is run again. A dry run does the same work in a transaction that is undone. A file that
/// is in already, with nothing changed since that could matter, is answered from the report of then.
pub fn import(
    app: &App,
    actor: &Actor,
    job: &ImportJob,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport> {
    let mut reports = import_some(app, actor, job, true, progress)?;
    reports.pop().ok_or_else(|| Refusal::internal("an import ended without a report"))
}

/// Brings in every table of a file: the areas first, then the stops, people and gifts. All of them are looked over
/// before anything of the first is kept.
pub fn import_all(
    app: &App,
    actor: &Actor,
    job: &ImportJob,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<ImportReport>> {
    import_some(app, actor, job, false, progress)
}

fn import_some(
    app: &App,
    actor: &Actor,
    job: &ImportJob,
    only_one: bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<ImportReport>> {
    permit(actor, Action::ImportList)?;
    let charter = app.charter()?;
    let known = app.store.read(|tx| Ok::<_, Refusal>(tx.attributes()?))?;
    let parts = parts::look_over(job, &charter, &known, only_one || job.save_mapping.is_some())?;
    for part in &parts {
        attributes::check_types(app, &part.table.header, &part.layout)?;
    }
    if let (Some(name), Some(part)) = (&job.save_mapping, parts.first()) {
        saved::save(app, name, job, part)?;
    }
    let mut reports = Vec::with_capacity(parts.len());
    for part in parts {
        reports.push(match known::report(app, job, &part)? {
            Some(report) => report,
            None => Run::new(app, job, &charter, &part).bring_in(actor, part, progress)?,
        });
    }
    if !job.dry_run && reports.iter().any(|report| report.known_from.is_none()) {
        app.store.settle()?;
        if reports.iter().any(|report| report.kind == ImportKind::Areas && report.known_from.is_none()) {
            super::places::settle(app, &mut |_| {})?;
        }
        super::follow::save_or_say(app);
    }
    Ok(reports)
}
