//! Loading files of places: a file is in as a whole or not at all, and one that says nothing new changes nothing.

use super::Step;
use super::read::{BadRow, read_divisions, read_postcodes};
use super::settle::{Settled, must_settle, settle};
use crate::context::App;
use crate::journal::enter;
use crate::people::import::{begin_rejects, harmless, note_change, rejects_failed};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::uuid_v7;
use hustings_policy::permit;
use hustings_store::records::Put;
use hustings_store::{StoreError, Tx};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// How many bad lines are named in a report; the reject file holds them all.
const NAMED: usize = 20;
/// Rows between two words on how far it is.
const EVERY: u64 = 2_000;

/// A line that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadLine {
    /// Its number; the header is line 1.
    pub line: u64,
    /// Why.
    pub reason: BadRow,
}

/// What a file came to; `new`, `changed`, `unchanged` and `rejected` add up to `rows`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LoadReport {
    /// Rows below the header that are not blank.
    pub rows: u64,
    /// Rows that said something new.
    pub new: u64,
    /// Rows that say something else than before.
    pub changed: u64,
    /// Rows that said what was known.
    pub unchanged: u64,
    /// Rows that were not taken.
    pub rejected: u64,
    /// By reason.
    pub reasons: BTreeMap<BadRow, u64>,
    /// The first lines that were not taken.
    pub first_rejects: Vec<BadLine>,
    /// Where all of them stand, with their reasons.
    pub rejects_file: Option<PathBuf>,
    /// What earlier files said of the same codes and this one does not: it is said no more.
    pub ended: u64,
    /// Who moved; none when the file has nothing to do with where people live.
    pub settled: Option<Settled>,
}

impl LoadReport {
    /// Whether the list is as it was.
    pub fn changed_nothing(&self) -> bool {
        self.new + self.changed + self.ended == 0
    }
}

/// Loads a register of divisions.
pub fn load_divisions(
    app: &App,
    actor: &Actor,
    path: &Path,
    progress: &mut dyn FnMut(Step),
) -> Result<LoadReport> {
    permit(actor, Action::LoadPlaces)?;
    load(app, path, progress, &mut |tx, load| {
        let number = tx.newest_division_load()?.saturating_add(1);
        read_divisions(load.reader()?, |(line, text, row)| match row {
            Ok(division) => load.keep(tx.put_division(number, &division)?, line, text),
            Err(reason) => load.reject(line, reason, text),
        })?;
        if load.report.changed_nothing() {
            return Ok(());
        }
        enter(tx, app.now(), actor, "places.divisions-loaded", load.body()).map(drop)
    })
}

/// Loads a table of postal codes, and moves the people whose codes lie elsewhere now. What earlier tables said of a
/// code that this one names holds no more.
pub fn load_postcodes(
    app: &App,
    actor: &Actor,
    path: &Path,
    progress: &mut dyn FnMut(Step),
) -> Result<LoadReport> {
    permit(actor, Action::LoadPlaces)?;
    let mut report = load(app, path, progress, &mut |tx, load| {
        let number = tx.newest_postal_load()?.saturating_add(1);
        read_postcodes(load.reader()?, |(line, text, row)| match row {
            Ok(place) => load.keep(tx.put_postal_place(number, &place)?, line, text),
            Err(reason) => load.reject(line, reason, text),
        })?;
        load.report.ended = tx.end_postal_places(number)?;
        if load.report.changed_nothing() {
            return Ok(());
        }
        note_change(tx, load.id)?;
        must_settle(tx)?;
        enter(tx, app.now(), actor, "places.postcodes-loaded", load.body()).map(drop)
    })?;
    report.settled = settle(app, progress)?;
    Ok(report)
}

/// Why a transaction ends without keeping anything.
enum Undone {
    Refused(Refusal),
    SaysNothingNew,
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// A file on its way in.
struct Load<'a> {
    id: Uuid,
    path: &'a Path,
    folder: &'a Path,
    bytes: u64,
    read: Arc<AtomicU64>,
    progress: &'a mut dyn FnMut(Step),
    report: LoadReport,
    rejects: Option<csv::Writer<File>>,
}

fn load(
    app: &App,
    path: &Path,
    progress: &mut dyn FnMut(Step),
    work: &mut dyn FnMut(&mut dyn Tx, &mut Load<'_>) -> Result<()>,
) -> Result<LoadReport> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
    let mut load = Load {
        id: uuid_v7(app.now(), &mut *app.rng("places")),
        path,
        folder: app.folder(),
        bytes: metadata.len(),
        read: Arc::default(),
        progress,
        report: LoadReport::default(),
        rejects: None,
    };
    let kept = app.store.write(|tx| {
        work(tx, &mut load).map_err(Undone::Refused)?;
        if load.report.changed_nothing() { Err(Undone::SaysNothingNew) } else { Ok(()) }
    });
    match kept {
        Ok(()) | Err(Undone::SaysNothingNew) => {}
        Err(Undone::Refused(refusal)) => {
            if let Some(kept) = &load.report.rejects_file {
                // Of a file that is not in, no line was rejected.
                drop(std::fs::remove_file(kept));
            }
            return Err(refusal);
        }
    }
    if let Some(mut rejects) = load.rejects.take() {
        rejects
            .flush()
            .and_then(|()| rejects.get_ref().sync_all())
            .map_err(|error| rejects_failed(&error))?;
    }
    (load.progress)(Step::Read(load.bytes, load.bytes));
    Ok(load.report)
}

impl Load<'_> {
    /// The file from its beginning.
    fn reader(&self) -> Result<impl BufRead + use<>> {
        let file = File::open(self.path).map_err(|error| unreadable(self.path, error))?;
        Ok(BufReader::with_capacity(1 << 18, Counted { file, read: Arc::clone(&self.read) }))
    }

    fn keep(&mut self, put: Put, line: u64, text: &str) -> Result<()> {
        match put {
            Put::New => self.report.new += 1,
            Put::Changed => self.report.changed += 1,
            Put::Unchanged => self.report.unchanged += 1,
            Put::Repeated => return self.reject(line, BadRow::SaidBefore, text),
        }
        self.row();
        Ok(())
    }

    fn row(&mut self) {
        self.report.rows += 1;
        if self.report.rows.is_multiple_of(EVERY) {
            (self.progress)(Step::Read(self.read.load(Ordering::Relaxed).min(self.bytes), self.bytes));
        }
    }

    fn reject(&mut self, line: u64, reason: BadRow, text: &str) -> Result<()> {
        self.row();
        self.report.rejected += 1;
        *self.report.reasons.entry(reason).or_default() += 1;
        if self.report.first_rejects.len() < NAMED {
            self.report.first_rejects.push(BadLine { line, reason });
        }
        if self.rejects.is_none() {
            let path = self.folder.join("imports").join(format!("{}-rejects.csv", self.id));
            self.rejects =
                Some(begin_rejects(&path, ["row"].into_iter()).map_err(|error| rejects_failed(&error))?);
            self.report.rejects_file = Some(path);
        }
        let Some(writer) = &mut self.rejects else { return Ok(()) };
        let line = line.to_string();
        writer
            .write_record([line.as_str(), reason.words(), &harmless(text)])
            .map_err(|error| rejects_failed(&error.into()))
    }

    fn body(&self) -> serde_json::Value {
        let report = &self.report;
        json!({"load": self.id, "rows": report.rows, "new": report.new, "changed": report.changed,
            "unchanged": report.unchanged, "rejected": report.rejected, "ended": report.ended})
    }
}

fn unreadable(path: &Path, error: io::Error) -> Refusal {
    Refusal::invalid("file.unreadable", format!("`{}` cannot be read", path.display())).because(error)
}

/// Counts what is read.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read.fetch_add(u64::try_from(read).unwrap_or(0), Ordering::Relaxed);
        Ok(read)
    }
}
