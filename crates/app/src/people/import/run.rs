//! One table on its way into the list: a transaction for each batch, which keeps how far it is as well.

use super::detect::Table;
use super::layout::Layout;
use super::mode::Mode;
use super::parts::Part;
use super::pipeline::{self, Rows};
use super::places::{self, PostalAreas};
use super::rejects::{Reject, RejectFile};
use super::report::ImportReport;
use super::row::RowReader;
use super::trail::{self, Begun, Ended, Mark, Trail};
use super::{ImportJob, ImportKind, Progress, apply, attributes, known, stops};
use crate::context::App;
use crate::hold;
use crate::journal::enter;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::chance::Rng;
use hustings_domain::charter::Charter;
use hustings_domain::consent::NoticeHash;
use hustings_domain::facts::Origin;
use hustings_domain::ids::{Ordinal, uuid_v7};
use hustings_domain::money::group_thousands;
use hustings_store::records::{ImportRecord, Source};
use hustings_store::{StoreError, Tx};
use hustings_vault::{Region, SuppressionHash, WrappedKey};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::time::Instant;

/// One import on its way.
pub(super) struct Run<'a> {
    pub(super) app: &'a App,
    pub(super) job: &'a ImportJob,
    pub(super) charter: Charter,
    pub(super) now: Timestamp,
    pub(super) rng: Box<dyn Rng>,
    pub(super) source: Source,
    pub(super) notice: Option<NoticeHash>,
    /// Whoever stands below was known before this run.
    pub(super) first_new: Ordinal,
    /// Whoever stands at or above was brought by the batch at hand.
    batch_first: Ordinal,
    pub(super) any_stops: bool,
    pub(super) occurrences: HashMap<(Ordinal, Date, i64), u32>,
    pub(super) stopped_here: HashSet<SuppressionHash>,
    /// The keys of a dry run's people, who are never kept.
    pub(super) unkept_keys: HashMap<Ordinal, WrappedKey>,
    /// Of people who were known: whose names and places a row of this run has replaced.
    pub(super) replaced: HashSet<Ordinal>,
    pub(super) report: ImportReport,
    pub(super) trail: Trail,
    began: Instant,
    began_at: Timestamp,
    /// How long it took before it was paused or killed.
    earlier_ms: u64,
    /// The reject file of the run that this one goes on from.
    reject_file: Option<String>,
    /// What was kept of the rows that are read again only to get back to where the last run ended.
    behind: Option<Begun>,
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

/// One batch to be worked in, inside whatever transaction.
type BatchWork<'b> = Box<dyn FnOnce(&mut Run<'_>, &mut dyn Tx) -> Result<Vec<Reject>> + 'b>;
type Keep<'k> = &'k mut dyn FnMut(&mut Run<'_>, BatchWork<'_>) -> Result<()>;

impl<'a> Run<'a> {
    /// How numbers without a country are dialled.
    pub(super) fn region(&self) -> Region {
        self.job.region(&self.charter)
    }

    pub(super) fn new(app: &'a App, job: &'a ImportJob, charter: &Charter, part: &Part) -> Self {
        #[expect(clippy::disallowed_methods, reason = "only how long it took is measured")]
        let began = Instant::now();
        let now = app.now();
        let mut rng = app.rng("import");
        let report = ImportReport::begun(uuid_v7(now, &mut *rng), part, job.dry_run);
        Self {
            app,
            job,
            charter: charter.clone(),
            now,
            rng,
            source: Source { number: 0, name: part.source.clone(), licence: String::new(), at: now },
            notice: None,
            first_new: Ordinal(0),
            batch_first: Ordinal(0),
            any_stops: false,
            occurrences: HashMap::new(),
            stopped_here: HashSet::new(),
            unkept_keys: HashMap::new(),
            replaced: HashSet::new(),
            report,
            trail: Trail::new(part.fingerprint, part.mode, Ordinal(0)),
            began,
            began_at: now,
            earlier_ms: 0,
            reject_file: None,
            behind: None,
        }
    }

    /// Whether this import brought this person. Others bring people at the same time.
    pub(super) fn has_brought(&self, ordinal: Ordinal) -> bool {
        let behind = self.behind.as_ref().map(|begun| begun.trail.brought.as_slice());
        let is_in = |ranges: &[(u32, u32)]| {
            let after = ranges.partition_point(|range| range.0 <= ordinal.0);
            after.checked_sub(1).and_then(|place| ranges.get(place)).is_some_and(|range| ordinal.0 <= range.1)
        };
        ordinal >= self.batch_first
            || (ordinal >= self.first_new && (is_in(&self.trail.brought) || behind.is_some_and(is_in)))
    }

    /// A batch begins whose new people stand at `first` and above.
    pub(super) fn begin_batch(&mut self, first: Ordinal) {
        // A dry run is one transaction, and nobody else brings anybody meanwhile.
        self.batch_first = if self.job.dry_run { self.first_new } else { first };
    }

    /// Brings the table in.
    pub(super) fn bring_in(
        mut self,
        actor: &Actor,
        mut part: Part,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<ImportReport> {
        let app = self.app;
        let mut rejects = RejectFile::new(&app.folder, self.report.id, &part.table.header);
        let kept = if self.job.dry_run {
            self.dry(&part, progress)
        } else {
            self.wet(actor, &mut part, &mut rejects, progress)
        };
        if let Err(refusal) = kept {
            self.give_up()?;
            return Err(refusal);
        }
        self.report.rejects_file = rejects.finish()?;
        self.report.elapsed_ms = self.elapsed_ms();
        if !self.report.adds_up() {
            return Err(Refusal::internal("the import's report does not add up"));
        }
        if !self.job.dry_run {
            self.finish(actor)?;
        }
        Ok(self.report)
    }

    /// Every batch in a transaction of its own.
    fn wet(
        &mut self,
        actor: &Actor,
        part: &mut Part,
        rejects: &mut RejectFile,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<()> {
        let app = self.app;
        app.store.write(|tx| self.begin_or_go_on(tx, actor, part))?;
        let name = self.reject_file.as_deref();
        let elsewhere = app.store.node();
        if let Some(begun) = self.behind.as_mut() {
            if !rejects.go_on(begun.report.id, name, begun.reject_bytes, elsewhere)? {
                begun.report.rejects_elsewhere = begun.report.rejected;
            }
        } else if self.report.resumed_after > 0
            && !rejects.go_on(self.report.id, name, part.table.reject_bytes, elsewhere)?
        {
            self.report.rejects_elsewhere = self.report.rejected;
        }
        let (rows, empty_lines) = (part.table.rows, part.table.empty_lines);
        let resumable = part.layout.kind != ImportKind::Areas;
        progress(Progress { rows: self.report.lines, of: rows + empty_lines });
        self.each_batch(part, &mut |run, work| {
            if run.job.pause.is_asked() {
                return Err(run.paused(rows, empty_lines));
            }
            app.store.write(|tx| {
                // Somebody may have stopped since, here or in another process.
                run.any_stops = run.any_stops || tx.suppression_count()? > 0;
                let before = Mark::of(tx)?;
                let rejected = work(run, tx)?;
                run.trail.follow(before, Mark::of(tx)?);
                let done = run.report.lines - empty_lines;
                if let Some(begun) = run.behind.take_if(|begun| begun.rows <= done) {
                    run.go_on_from(&begun);
                } else if run.behind.is_none() {
                    // Rejects first: what the batch's transaction says of their file must be there.
                    let reject_bytes = rejects.write(&rejected)?;
                    if resumable {
                        let begun = run.begun(rows, done, reject_bytes);
                        Begun { reject_file: rejects.name(), ..begun }.keep(tx)?;
                    }
                }
                Ok::<_, Refusal>(())
            })?;
            progress(Progress { rows: run.report.lines, of: rows + empty_lines });
            Ok(())
        })
    }

    /// All batches in one transaction, which is undone.
    fn dry(&mut self, part: &Part, progress: &mut dyn FnMut(Progress)) -> Result<()> {
        let app = self.app;
        let of = part.table.rows + part.table.empty_lines;
        let undone = app.store.write(|tx| {
            let mut all = || {
                self.begin(tx)?;
                attributes::declare(tx, &part.table.header, &part.layout, self.now)?;
                self.each_batch(part, &mut |run, work| {
                    if run.job.pause.is_asked() {
                        return Err(Refusal::new(Kind::Busy, "import.paused", "the dry run was stopped"));
                    }
                    work(run, tx)?;
                    progress(Progress { rows: run.report.lines, of });
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

    /// Hands the table to `keep`, batch by batch.
    fn each_batch(&mut self, part: &Part, keep: Keep<'_>) -> Result<()> {
        let Part { table, layout, .. } = part;
        match layout.kind {
            ImportKind::Areas => {
                let (areas, rejects) = places::read_table(table, layout, self.region(), &mut self.report)?;
                keep(self, Box::new(|run, tx| places::keep(run, tx, areas).map(|()| rejects)))
            }
            ImportKind::Suppressions => {
                let mut rows = Rows::of(table)?;
                while let Some(batch) = stops::next_batch(&mut rows)? {
                    keep(self, Box::new(|run, tx| stops::apply(run, tx, layout, batch)))?;
                }
                Ok(())
            }
            ImportKind::Supporters | ImportKind::Gifts => self.each_batch_of_people(table, layout, keep),
        }
    }

    fn each_batch_of_people(&mut self, table: &Table, layout: &Layout, keep: Keep<'_>) -> Result<()> {
        let app = self.app;
        let charter = self.charter.clone();
        let issues = charter.issues.iter().map(|issue| issue.id.clone()).collect();
        let today = Offset::UTC.to_datetime(self.now).date();
        let places = app.store.read(|tx| PostalAreas::read(tx, today))?;
        let attributes = attributes::book(app, layout)?;
        let reader = RowReader {
            layout,
            charter: &charter,
            issues: &issues,
            places: &places,
            attributes: &attributes,
            vault: &app.vault,
            region: self.region(),
            source: self.source.number,
            origin: self.origin(),
            gifts: layout.kind == ImportKind::Gifts,
            any_stops: self.any_stops || app.store.node().is_some(),
            now: self.now,
        };
        pipeline::run(table, &reader, &|| (app.now(), app.rng("import-rows")), |batches| {
            for batch in batches {
                let batch = batch?;
                keep(self, Box::new(|run, tx| apply::apply(run, tx, batch)))?;
            }
            Ok(())
        })?;
        // A dry run is one transaction, which is undone.
        if self.job.dry_run { Ok(()) } else { attributes::remember(app, &attributes) }
    }

    fn origin(&self) -> Option<Origin> {
        self.job.origin.or(self.job.mapping.as_ref().and_then(|mapping| mapping.origin))
    }

    /// What an import needs to know of the list before its first row.
    fn begin(&mut self, tx: &mut dyn Tx) -> Result<()> {
        let licence = self.job.licence.as_deref().unwrap_or_default();
        self.source = tx.source(&self.report.source, licence, self.now)?;
        self.notice = self.job.notice.as_deref().map(|text| tx.put_notice(text)).transpose()?;
        self.first_new = tx.next_ordinal()?;
        self.trail.first_new = self.first_new;
        self.any_stops = tx.suppression_count()? > 0;
        Ok(())
    }

    /// The same, unless this very import was begun before and has not ended: then it goes on.
    fn begin_or_go_on(&mut self, tx: &mut dyn Tx, actor: &Actor, part: &mut Part) -> Result<()> {
        let work = hold::importing(part.fingerprint);
        if !hold::take(self.app, tx, &work)? {
            return Err(Refusal::new(Kind::Busy, "import.elsewhere", "another process is bringing this file in")
                .hint("should it have ended without a word, the file can be brought in here as soon as its lease has run out: try again in a minute"));
        }
        self.begin(tx)?;
        attributes::declare(tx, &part.table.header, &part.layout, self.now)?;
        let mut begun = Begun::find(tx, part.fingerprint)?.filter(|begun| begun.rows > 0);
        if let Some(earlier) = begun.take_if(|_| self.job.again) {
            // Whom the earlier run brought is brought by this import too, when it comes to undoing it.
            self.trail.brought = earlier.trail.brought;
            self.trail.changes = earlier.trail.changes;
            self.trail.gifts_to_known = earlier.trail.gifts_to_known;
        }
        let Some(begun) = begun else {
            if part.layout.kind != ImportKind::Areas {
                self.begun(part.table.rows, 0, 0).begin(tx)?;
            }
            let body = json!({"import": self.report.id, "kind": self.report.kind, "source": self.report.source,
                "mode": part.mode, "file_sha256": self.report.sha256, "rows": part.table.rows});
            return enter(tx, self.now, actor, "import.begun", body).map(drop);
        };
        self.first_new = begun.trail.first_new;
        self.report.id = begun.report.id;
        self.reject_file.clone_from(&begun.reject_file);
        let body = json!({"import": begun.report.id, "rows": part.table.rows, "after": begun.rows});
        // How often a gift stood in the file, and whose names were replaced by it, is known only from all its rows.
        // Reading them again changes nothing: they are in.
        if part.layout.kind == ImportKind::Gifts || part.mode == Mode::Overwrite {
            part.table.seam = begun.rows;
            self.behind = Some(begun);
        } else {
            part.table.skip = begun.rows;
            part.table.reject_bytes = begun.reject_bytes;
            self.go_on_from(&begun);
        }
        enter(tx, self.now, actor, "import.resumed", body).map(drop)
    }

    fn go_on_from(&mut self, begun: &Begun) {
        self.report = begun.report.clone();
        self.report.resumed_after = begun.rows;
        self.trail = begun.trail.clone();
        self.earlier_ms = begun.report.elapsed_ms;
        self.began_at = begun.began;
    }

    fn begun(&mut self, of: u64, rows: u64, reject_bytes: u64) -> Begun {
        self.report.elapsed_ms = self.elapsed_ms();
        Begun {
            report: self.report.clone(),
            trail: self.trail.clone(),
            rows,
            of,
            reject_bytes,
            reject_file: None,
            began: self.began_at,
            at: self.app.now(),
        }
    }

    fn paused(&self, rows: u64, empty_lines: u64) -> Refusal {
        let done = self.behind.as_ref().map_or(self.report.lines - empty_lines, |begun| begun.rows);
        let (done, rows) = (group_thousands(done), group_thousands(rows));
        Refusal::new(Kind::Busy, "import.paused", format!("paused after {done} of {rows} rows, which are in"))
            .hint("say the same again, and it goes on after them")
            .hint(format!("to take them out again: hustings import undo {}", self.report.id))
    }

    fn elapsed_ms(&self) -> u64 {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.earlier_ms.saturating_add(now)
    }

    fn finish(&self, actor: &Actor) -> Result<()> {
        let report = &self.report;
        let text = trail::write(&Ended { report: report.clone(), trail: Some(self.trail.clone()) })?;
        self.app.store.write(|tx| {
            tx.add_import(&ImportRecord { id: report.id, report: text, at: self.app.now() })?;
            trail::end(tx, self.trail.fingerprint)?;
            known::remember(tx, self.trail.fingerprint, report.id)?;
            let body = json!({"import": report.id, "kind": report.kind, "source": report.source,
                "mode": report.mode, "file_sha256": report.sha256, "lines": report.lines, "new": report.new,
                "changed": report.changed, "unchanged": report.unchanged, "merged": report.merged,
                "rejected": report.rejected, "blank": report.blank, "consents_given": report.consents_given,
                "consents_refused": report.consents_refused, "stops_added": report.stops_added,
                "suppressions_kept": report.suppressions_kept, "gifts": report.gifts});
            enter(tx, self.now, actor, "import.finished", body)?;
            hold::let_go(self.app, tx, &hold::importing(self.trail.fingerprint))
        })
    }

    /// After a batch that was undone, its people's keys belong to nobody, and whoever comes next may go on.
    fn give_up(&self) -> Result<()> {
        self.app.store.write(|tx| {
            self.app.store.keys().sweep(tx.next_ordinal()?)?;
            hold::let_go(self.app, tx, &hold::importing(self.trail.fingerprint))
        })
    }
}
