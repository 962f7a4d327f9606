//! Rows from the file through two readers to the one writer, in the order of the file. What is in flight is
//! bounded, so that memory does not grow with the file.

use super::detect::Table;
use super::memo::Memo;
use super::row::{Entry, RowReader, Tally};
use crate::refusal::{Refusal, Result};
use csv::StringRecord;
use hustings_domain::chance::Rng;
use hustings_domain::ids::SupporterId;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Rows in one batch, which is one transaction.
pub(super) const BATCH: usize = 16_000;
const READERS: usize = 2;

/// Rows ready to be kept.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) entries: Vec<Entry>,
    pub(super) tally: Tally,
}

struct Raw {
    number: u64,
    rows: Vec<(u64, StringRecord)>,
    draw: Draw,
}

/// The instant of a batch and its source of chance.
pub(super) type Draw = (Timestamp, Box<dyn Rng>);

type Numbered = (u64, Result<Batch>);

/// Reads `table` and hands the batches to `keep`, in order.
pub(super) fn run<T>(
    table: &Table,
    reader: &RowReader<'_>,
    draw: &(dyn Fn() -> Draw + Sync),
    keep: impl FnOnce(&mut dyn Iterator<Item = Result<Batch>>) -> Result<T>,
) -> Result<T> {
    std::thread::scope(|scope| {
        let (raw_in, raw_out) = sync_channel::<Raw>(1);
        let (ready_in, ready_out) = sync_channel::<Numbered>(1);
        let failures = ready_in.clone();
        scope.spawn(move || {
            let mut number = 0;
            if let Err(refusal) = read_rows(table, draw, &raw_in, &mut number) {
                // The writer may be gone already; then nobody waits for this either.
                let _unheard = failures.send((number, Err(refusal)));
            }
        });
        let raw_out = Arc::new(Mutex::new(raw_out));
        for _ in 0..READERS {
            let (raw_out, ready_in) = (Arc::clone(&raw_out), ready_in.clone());
            scope.spawn(move || work(reader, &raw_out, &ready_in));
        }
        drop((raw_out, ready_in));
        // When the writer gives up, its end of the channel goes, and every thread ends at its next send.
        keep(&mut InOrder { ready: ready_out, waiting: BTreeMap::new(), next: 0 })
    })
}

struct InOrder {
    ready: Receiver<Numbered>,
    waiting: BTreeMap<u64, Result<Batch>>,
    next: u64,
}

impl Iterator for InOrder {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(batch) = self.waiting.remove(&self.next) {
                self.next += 1;
                return Some(batch);
            }
            let (number, batch) = self.ready.recv().ok()?;
            self.waiting.insert(number, batch);
        }
    }
}

fn read_rows(
    table: &Table,
    draw: &(dyn Fn() -> Draw + Sync),
    raw: &SyncSender<Raw>,
    number: &mut u64,
) -> Result<()> {
    let mut rows = Rows::of(table)?;
    loop {
        let mut batch = Vec::with_capacity(BATCH.min(usize::try_from(table.rows).unwrap_or(BATCH)));
        while batch.len() < BATCH
            && let Some(row) = rows.next()?
        {
            batch.push(row);
            if rows.at_seam() {
                break;
            }
        }
        if batch.is_empty() || raw.send(Raw { number: *number, rows: batch, draw: draw() }).is_err() {
            return Ok(());
        }
        *number += 1;
    }
}

/// The rows of a file with the line on which each begins.
pub(super) struct Rows {
    reader: csv::Reader<Box<dyn std::io::Read + Send>>,
    width: usize,
    lines_added: u64,
    /// Rows still to come before a batch must end.
    to_seam: u64,
}

impl Rows {
    pub(super) fn of(table: &Table) -> Result<Self> {
        let mut reader = table.reader()?;
        let mut row = csv::ByteRecord::new();
        for _ in 0..table.skip {
            if !reader.read_byte_record(&mut row).map_err(unreadable)? {
                break;
            }
        }
        let to_seam = table.seam.saturating_sub(table.skip);
        Ok(Self { reader, width: table.header.len(), lines_added: table.lines_added(), to_seam })
    }

    /// Whether a batch must end here.
    pub(super) fn at_seam(&self) -> bool {
        self.to_seam == 0
    }

    pub(super) fn next(&mut self) -> Result<Option<(u64, StringRecord)>> {
        let mut row = StringRecord::with_capacity(192, self.width + 1);
        if !self.reader.read_record(&mut row).map_err(unreadable)? {
            return Ok(None);
        }
        self.to_seam = self.to_seam.wrapping_sub(1);
        // The reader passes over empty lines and counts them to the row after them.
        let inside = row.iter().map(|cell| cell.bytes().filter(|byte| *byte == b'\n').count()).sum::<usize>();
        let inside = u64::try_from(inside).unwrap_or(0);
        let from = row.position().map_or(0, csv::Position::line);
        let begins = self.reader.position().line().saturating_sub(inside + 1).max(from);
        Ok(Some((begins - self.lines_added.min(begins), row)))
    }
}

pub(super) fn unreadable(error: csv::Error) -> Refusal {
    Refusal::invalid("import.unreadable", "the file cannot be read to its end").because(error)
}

fn work(reader: &RowReader<'_>, raw: &Mutex<Receiver<Raw>>, ready: &SyncSender<Numbered>) {
    let mut memo = Memo::default();
    loop {
        let next = raw.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Raw { number, rows, draw: (at, mut rng) }) = next else { return };
        let mut tally = Tally::default();
        let ids = ids(at, rows.len(), &mut *rng);
        let read = |(row, id)| reader.read(row, id, &mut *rng, &mut memo, &mut tally);
        let entries: Result<Vec<Entry>> = rows.into_iter().zip(ids).map(read).collect();
        if ready.send((number, entries.map(|entries| Batch { entries, tally }))).is_err() {
            return;
        }
    }
}

/// Ids for the people of a batch, in order, so that they go into the index of ids at its end. Their order tells no
/// more than the file's did.
fn ids(at: Timestamp, count: usize, rng: &mut dyn Rng) -> Vec<SupporterId> {
    let mut ids: Vec<SupporterId> = (0..count).map(|_| SupporterId::new(at, rng)).collect();
    ids.sort_unstable();
    ids
}
