//! Bringing a file in: supporters, gifts, stops, or the table of areas. Whatever is wrong with the file as a whole
//! is found before anything is kept; whatever is wrong with a row is reported with its line.

mod apply;
mod detect;
mod layout;
mod mapping;
mod memo;
mod person;
mod pipeline;
mod places;
mod preview;
mod rejects;
mod report;
mod row;
mod scan;
mod stops;
mod target;
mod transcode;
mod values;

pub use mapping::Mapping;
pub(super) use places::move_areas;
pub use preview::{Preview, preview};
pub use report::{ImportReport, RejectReason, RejectedLine};

use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use detect::Table;
use hustings_domain::access::{Action, Actor, permit};
use hustings_domain::chance::Rng;
use hustings_domain::charter::Charter;
use hustings_domain::consent::NoticeHash;
use hustings_domain::facts::Origin;
use hustings_domain::ids::{Ordinal, uuid_v7};
use hustings_store::records::{ImportRecord, Source};
use hustings_store::{StoreError, Tx};
use hustings_vault::{Region, SuppressionHash, WrappedKey};
use jiff::Timestamp;
use jiff::civil::Date;
use layout::Layout;
use pipeline::Rows;
use places::PostalAreas;
use rejects::{Reject, RejectFile};
use row::RowReader;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

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

/// A file to bring in, and how.
#[derive(Debug, Clone)]
pub struct ImportJob {
    /// The file.
    pub path: PathBuf,
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
    /// How numbers without a country are dialled.
    pub region: Region,
}

impl ImportJob {
    /// The file at `path`, with everything worked out from it.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            source: None,
            licence: None,
            mapping: None,
            dry_run: false,
            kind: None,
            notice: None,
            origin: None,
            region: Region::NorthAmerica,
        }
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

/// One import on its way.
struct Run<'a> {
    app: &'a App,
    job: &'a ImportJob,
    charter: Charter,
    now: Timestamp,
    rng: Box<dyn Rng>,
    source: Source,
    notice: Option<NoticeHash>,
    /// Whoever stands at or above was brought by this run.
    first_new: Ordinal,
    any_stops: bool,
    occurrences: HashMap<(Ordinal, Date, i64), u32>,
    stopped_here: HashSet<SuppressionHash>,
    /// The keys of a dry run's people, who are never kept.
    unkept_keys: HashMap<Ordinal, WrappedKey>,
    report: ImportReport,
}

/// Why a transaction of an import ends without keeping anything.
enum Undone {
    Refused(Refusal),
    DryRun,
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// Brings a file in.
///
/// Each batch of rows is one transaction. An import that was killed is completed by running it again: what was
/// kept is found, and nothing is kept twice. A dry run does the same work in a transaction that is undone.
pub fn import(
    app: &App,
    actor: &Actor,
    job: &ImportJob,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport> {
    permit(actor, Action::ImportList)?;
    #[expect(clippy::disallowed_methods, reason = "only how long it took is measured")]
    let began = std::time::Instant::now();
    let mapping = job.mapping.clone().unwrap_or_default();
    let charter = app.charter()?;
    let table = detect::look_over(&job.path, mapping.separator)?;
    let stem = job.path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let layout = Layout::of(&table.header, &stem, &mapping, job.kind, &charter)?;
    let source = source_name(job, &stem)?;
    let now = app.now();
    let mut rng = app.rng("import");
    let report = ImportReport {
        id: uuid_v7(now, &mut *rng),
        kind: layout.kind,
        file: job.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        sha256: table.sha256,
        encoding: table.encoding.name().to_owned(),
        separator: char::from(table.separator),
        source: source.clone(),
        dry_run: job.dry_run,
        lines: table.empty_lines,
        new: 0,
        changed: 0,
        unchanged: 0,
        merged: 0,
        rejected: 0,
        blank: table.empty_lines,
        rejects: BTreeMap::new(),
        first_rejects: Vec::new(),
        rejects_file: None,
        consents_given: 0,
        consents_refused: 0,
        stops_added: 0,
        suppressions_kept: 0,
        gifts: 0,
        conflicting: 0,
        addresses_dropped: 0,
        cells_dropped: 0,
        unknown_issues: 0,
        unclear_consents: 0,
        unusable_consents: 0,
        columns: layout.used.clone(),
        ignored_columns: layout.ignored.clone(),
        elapsed_ms: 0,
    };
    let mut run = Run {
        app,
        job,
        charter,
        now,
        rng,
        source: Source { number: 0, name: source, licence: String::new(), at: now },
        notice: None,
        first_new: Ordinal(0),
        any_stops: false,
        occurrences: HashMap::new(),
        stopped_here: HashSet::new(),
        unkept_keys: HashMap::new(),
        report,
    };
    let mut rejects = RejectFile::new(&app.folder, run.report.id, &table.header);
    let origin = job.origin.or(mapping.origin);
    let kept = if job.dry_run {
        dry(&mut run, &table, &layout, origin, progress)
    } else {
        wet(&mut run, actor, &table, &layout, origin, &mut rejects, progress)
    };
    if let Err(refusal) = kept {
        sweep(app)?;
        return Err(refusal);
    }
    run.report.rejects_file = rejects.finish()?;
    run.report.elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if !run.report.adds_up() {
        return Err(Refusal::internal("the import's report does not add up"));
    }
    if !job.dry_run {
        app.store.settle()?;
        finish(&run, actor)?;
        super::follow::save(app)?;
    }
    Ok(run.report)
}

/// Every batch in a transaction of its own.
fn wet(
    run: &mut Run<'_>,
    actor: &Actor,
    table: &Table,
    layout: &Layout,
    origin: Option<Origin>,
    rejects: &mut RejectFile,
    progress: &mut dyn FnMut(Progress),
) -> Result<()> {
    let app = run.app;
    app.store.write(|tx| {
        begin(run, tx)?;
        let body = json!({"import": run.report.id, "kind": run.report.kind, "source": run.report.source,
            "file_sha256": run.report.sha256, "rows": table.rows});
        enter(tx, run.now, actor, "import.begun", body)
    })?;
    each_batch(run, table, layout, origin, &mut |run, work| {
        let rejected = app.store.write(|tx| work(run, tx))?;
        rejects.write(&rejected)?;
        progress(Progress { rows: run.report.lines, of: table.rows });
        Ok(())
    })
}

/// All batches in one transaction, which is undone.
fn dry(
    run: &mut Run<'_>,
    table: &Table,
    layout: &Layout,
    origin: Option<Origin>,
    progress: &mut dyn FnMut(Progress),
) -> Result<()> {
    let app = run.app;
    let undone = app.store.write(|tx| {
        let mut all = || {
            begin(run, tx)?;
            each_batch(run, table, layout, origin, &mut |run, work| {
                work(run, tx)?;
                progress(Progress { rows: run.report.lines, of: table.rows });
                Ok(())
            })
        };
        match all() {
            Ok(()) => Err::<(), Undone>(Undone::DryRun),
            Err(refusal) => Err(Undone::Refused(refusal)),
        }
    });
    match undone {
        Ok(()) | Err(Undone::DryRun) => Ok(()),
        Err(Undone::Refused(refusal)) => Err(refusal),
    }
}

/// One batch to be worked in, inside whatever transaction.
type BatchWork<'b> = Box<dyn FnOnce(&mut Run<'_>, &mut dyn Tx) -> Result<Vec<Reject>> + 'b>;
type Keep<'k> = &'k mut dyn FnMut(&mut Run<'_>, BatchWork<'_>) -> Result<()>;

/// Hands the file to `keep`, batch by batch.
fn each_batch(
    run: &mut Run<'_>,
    table: &Table,
    layout: &Layout,
    origin: Option<Origin>,
    keep: Keep<'_>,
) -> Result<()> {
    match layout.kind {
        ImportKind::Areas => {
            let (areas, rejects) = places::read_table(table, layout, run.job.region, &mut run.report)?;
            keep(run, Box::new(|run, tx| places::keep(run, tx, areas).map(|()| rejects)))
        }
        ImportKind::Suppressions => {
            let mut rows = Rows::of(table)?;
            while let Some(batch) = stops::next_batch(&mut rows)? {
                keep(run, Box::new(|run, tx| stops::apply(run, tx, layout, batch)))?;
            }
            Ok(())
        }
        ImportKind::Supporters | ImportKind::Gifts => {
            let app = run.app;
            let charter = run.charter.clone();
            let issues = charter.issues.iter().map(|issue| issue.id.clone()).collect();
            let places = app.store.read(PostalAreas::read)?;
            let reader = RowReader {
                layout,
                charter: &charter,
                issues: &issues,
                places: &places,
                vault: &app.vault,
                region: run.job.region,
                origin,
                gifts: layout.kind == ImportKind::Gifts,
                any_stops: run.any_stops,
                now: run.now,
            };
            pipeline::run(table, &reader, &|| (app.now(), app.rng("import-rows")), |batches| {
                for batch in batches {
                    let batch = batch?;
                    keep(run, Box::new(|run, tx| apply::apply(run, tx, batch)))?;
                }
                Ok(())
            })
        }
    }
}

/// What an import needs to know of the list before its first row.
fn begin(run: &mut Run<'_>, tx: &mut dyn Tx) -> Result<()> {
    let licence = run.job.licence.as_deref().unwrap_or_default();
    run.source = tx.source(&run.report.source, licence, run.now)?;
    run.notice = run.job.notice.as_deref().map(|text| tx.put_notice(text)).transpose()?;
    run.first_new = tx.next_ordinal()?;
    run.any_stops = tx.suppression_count()? > 0;
    Ok(())
}

fn finish(run: &Run<'_>, actor: &Actor) -> Result<()> {
    let report = &run.report;
    let text = serde_json::to_string(report)
        .map_err(|error| Refusal::internal("the report cannot be written").because(error))?;
    run.app.store.write(|tx| {
        tx.add_import(&ImportRecord { id: report.id, report: text, at: run.now })?;
        let body = json!({"import": report.id, "kind": report.kind, "source": report.source,
            "file_sha256": report.sha256, "lines": report.lines, "new": report.new, "changed": report.changed,
            "unchanged": report.unchanged, "merged": report.merged, "rejected": report.rejected,
            "blank": report.blank, "consents_given": report.consents_given,
            "consents_refused": report.consents_refused, "stops_added": report.stops_added,
            "suppressions_kept": report.suppressions_kept, "gifts": report.gifts});
        enter(tx, run.now, actor, "import.finished", body)?;
        Ok(())
    })
}

/// After a batch that was undone, its people's keys belong to nobody.
fn sweep(app: &App) -> Result<()> {
    app.store.write(|tx| {
        let next = tx.next_ordinal()?;
        app.store.keys().sweep(next)?;
        Ok(())
    })
}

fn source_name(job: &ImportJob, stem: &str) -> Result<String> {
    let name = job.source.as_deref().unwrap_or(stem).trim();
    if name.is_empty()
        || name.chars().count() > 100
        || name.contains('@')
        || name.chars().any(char::is_control)
    {
        return Err(Refusal::invalid(
            "import.source",
            "the source needs a name of 1 to 100 characters, and no address in it",
        )
        .hint("such as `petition-2025`: it is shown wherever something came from it"));
    }
    Ok(name.to_owned())
}
