//! The sending journal: what makes a crash neither repeat nor skip a message.
//! `D seq` is on disk before a message's final dot is written, `A seq code text` follows the reply; nothing is
//! forgotten before the caller says that it has committed it.

mod record;
mod recover;

pub use recover::{Answered, Recovered, recover, recover_bytes};

use crate::sync::lock;
use record::{HEADER_BYTES, Record};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// Past this size a journal with unsettled records is rewritten with those only.
const REWRITE_ABOVE_BYTES: u64 = 1 << 20;
/// The longest that a final dot is held back so that one sync serves a group.
const LONGEST_HOLD: Duration = Duration::from_millis(5);

/// What can go wrong with a journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read.
    #[error("the sending journal cannot be read")]
    Read {
        /// Why.
        source: std::io::Error,
    },
    /// The file cannot be written or synced; no further dot may be sent.
    #[error("the sending journal cannot be written")]
    Write {
        /// Why.
        source: std::io::Error,
    },
    /// An earlier write or sync failed.
    #[error("the sending journal failed earlier ({why}), so nothing more is sent")]
    Failed {
        /// The first failure.
        why: String,
    },
    /// The file begins with something else.
    #[error("the file is not a sending journal")]
    NotAJournal,
    /// A journal with records must be recovered, committed and cleared before it is opened again.
    #[error(
        "the sending journal holds {answered} replies and {in_doubt} deliveries in doubt: recover it first"
    )]
    Unsettled {
        /// Deliveries with a reply.
        answered: usize,
        /// Deliveries in doubt.
        in_doubt: usize,
    },
    /// The epoch must grow from owner to owner.
    #[error("epoch {given} is not above the journal's {found}: another sender took over")]
    StaleEpoch {
        /// What the caller holds.
        given: u64,
        /// What the file says.
        found: u64,
    },
    /// Another process holds the journal.
    #[error("another sender has the journal open")]
    InUse,
}

/// How the journal meets power loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// `D` records are synced to disk, in groups, before their dots; a group waits at most this long (capped at 5 ms).
    PowerLoss {
        /// How long the first of a group waits for the others.
        hold: Duration,
    },
    /// Written to the system only: survives a killed process, not a power cut.
    Process,
}

impl Default for Durability {
    fn default() -> Self {
        Self::PowerLoss { hold: Duration::from_millis(1) }
    }
}

/// What the last sync reached.
#[derive(Debug, Clone, Copy, Default)]
struct Synced {
    upto: u64,
    failed: bool,
}

#[derive(Debug)]
struct State {
    file: Arc<File>,
    length: u64,
    /// Number of `D` records written so far.
    written: u64,
    entries: HashMap<u64, Record>,
    failed: Option<String>,
    closing: bool,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    epoch: u64,
    state: Mutex<State>,
    wake: Condvar,
    synced: watch::Sender<Synced>,
}

/// An open journal; one per sending process. Dropping it waits for the last sync.
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    syncer: Option<JoinHandle<()>>,
    _lock: File,
}

impl Journal {
    /// Opens the journal at `path` for the sender of `epoch`, safe against power loss.
    ///
    /// # Errors
    /// See [`JournalError`]: unsettled records, a stale epoch, another process, or the disk.
    pub fn open(path: &Path, epoch: u64) -> Result<Self, JournalError> {
        Self::open_with(path, epoch, Durability::default())
    }

    /// [`Journal::open`] with a stated durability.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_with(path: &Path, epoch: u64, durability: Durability) -> Result<Self, JournalError> {
        let write = |source| JournalError::Write { source };
        let mut lock_path = path.as_os_str().to_owned();
        lock_path.push(".lock");
        let lock_file =
            OpenOptions::new().create(true).truncate(false).write(true).open(lock_path).map_err(write)?;
        lock_file.try_lock().map_err(|_| JournalError::InUse)?;

        let before = recover(path)?;
        if !before.is_empty() {
            let (answered, in_doubt) = (before.answered.len(), before.in_doubt.len());
            return Err(JournalError::Unsettled { answered, in_doubt });
        }
        if let Some(found) = before.epoch.filter(|found| *found > epoch) {
            return Err(JournalError::StaleEpoch { given: epoch, found });
        }
        let file = fresh_file(path, epoch, &[]).map_err(write)?;
        let shared = Arc::new(Shared {
            path: path.to_owned(),
            epoch,
            state: Mutex::new(State {
                file: Arc::new(file),
                length: HEADER_BYTES,
                written: 0,
                entries: HashMap::new(),
                failed: None,
                closing: false,
            }),
            wake: Condvar::new(),
            synced: watch::Sender::new(Synced::default()),
        });
        let syncer = match durability {
            Durability::Process => None,
            Durability::PowerLoss { hold } => {
                let shared = Arc::clone(&shared);
                let hold = hold.min(LONGEST_HOLD);
                let thread = std::thread::Builder::new().name("mail-journal".into());
                Some(thread.spawn(move || shared.sync_groups(hold)).map_err(write)?)
            }
        };
        Ok(Self { shared, syncer, _lock: lock_file })
    }

    /// Records that the final dot of `seq` is about to be written; returns when the record is durable.
    ///
    /// INVARIANT: the dot is written only after this returned `Ok`.
    ///
    /// # Errors
    /// The record is not durable: do not write the dot.
    pub async fn done(&self, seq: u64) -> Result<(), JournalError> {
        let ticket = {
            let mut state = lock(&self.shared.state);
            if let Some(why) = &state.failed {
                return Err(JournalError::Failed { why: why.clone() });
            }
            state.append(Record::Done { seq })?;
            state.written += 1;
            state.written
        };
        if self.syncer.is_none() {
            return Ok(());
        }
        self.shared.wake.notify_one();
        let mut synced = self.shared.synced.subscribe();
        let reached =
            synced.wait_for(|synced| synced.failed || synced.upto >= ticket).await.map(|synced| *synced);
        match reached {
            Ok(synced) if synced.upto >= ticket => Ok(()),
            _ => {
                let why = lock(&self.shared.state).failed.clone().unwrap_or_else(|| "closed".into());
                Err(JournalError::Failed { why })
            }
        }
    }

    /// Records the relay's reply to the final dot of `seq`. It becomes durable with the next group.
    ///
    /// # Errors
    /// The record could not be written; after a crash the delivery would be in doubt.
    pub fn answered(&self, seq: u64, code: u16, text: &str) -> Result<(), JournalError> {
        let text = record::clip(text).to_owned();
        lock(&self.shared.state).append(Record::Answered { seq, code, text })
    }

    /// Forgets deliveries whose outcome the caller has committed, and shortens the file when it can.
    ///
    /// INVARIANT: what is not in `committed` stays on disk, whether answered or in doubt.
    ///
    /// # Errors
    /// The shortened file could not be written; the old one is still whole.
    pub fn truncate(&self, committed: &[u64]) -> Result<(), JournalError> {
        let write = |source| JournalError::Write { source };
        let mut state = lock(&self.shared.state);
        for seq in committed {
            state.entries.remove(seq);
        }
        if state.entries.is_empty() {
            state.file.set_len(HEADER_BYTES).map_err(write)?;
            state.length = HEADER_BYTES;
        } else if state.length > REWRITE_ABOVE_BYTES {
            let left: Vec<Record> = state.entries.values().cloned().collect();
            let file = fresh_file(&self.shared.path, self.shared.epoch, &left).map_err(write)?;
            state.length = file.metadata().map_err(write)?.len();
            state.file = Arc::new(file);
        }
        Ok(())
    }

    /// The size of the file in bytes.
    pub fn bytes(&self) -> u64 {
        lock(&self.shared.state).length
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        lock(&self.shared.state).closing = true;
        self.shared.wake.notify_all();
        if let Some(syncer) = self.syncer.take()
            && syncer.join().is_err()
        {
            tracing::error!("the journal's sync thread panicked");
        }
    }
}

impl State {
    /// Appends one record by a single write; a failed write is cut off again so that later records stay readable.
    fn append(&mut self, record: Record) -> Result<(), JournalError> {
        let bytes = record::encode(&record);
        if let Err(source) = (&*self.file).write_all(&bytes) {
            self.failed.get_or_insert_with(|| source.to_string());
            if let Err(error) = self.file.set_len(self.length) {
                tracing::error!(%error, "a torn journal record could not be cut off");
            }
            return Err(JournalError::Write { source });
        }
        self.length += u64::try_from(bytes.len()).unwrap_or(0);
        let (Record::Done { seq } | Record::Answered { seq, .. }) = &record;
        self.entries.insert(*seq, record);
        Ok(())
    }
}

impl Shared {
    /// Syncs until closed; everything written while one sync runs is served by the next.
    fn sync_groups(&self, hold: Duration) {
        let mut reached = 0;
        loop {
            let mut state = lock(&self.state);
            while state.written == reached && !state.closing {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.written == reached {
                return;
            }
            if !hold.is_zero() {
                let waited = self.wake.wait_timeout_while(state, hold, |state| !state.closing);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            let (file, target) = (Arc::clone(&state.file), state.written);
            drop(state);
            match file.sync_data() {
                Ok(()) => {
                    reached = target;
                    self.synced.send_replace(Synced { upto: reached, failed: false });
                }
                Err(error) => {
                    // After a failed sync the system may have dropped the pages: nothing written is to be believed.
                    lock(&self.state).failed.get_or_insert_with(|| error.to_string());
                    self.synced.send_replace(Synced { upto: reached, failed: true });
                    return;
                }
            }
        }
    }
}

/// Puts a journal with `records` in place of whatever is at `path`, durably, and opens it for appending.
fn fresh_file(path: &Path, epoch: u64, records: &[Record]) -> std::io::Result<File> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = File::create(&beside)?;
    let mut bytes = record::header(epoch);
    for record in records {
        bytes.extend_from_slice(&record::encode(record));
    }
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    OpenOptions::new().append(true).open(path)
}

/// Removes the records of a journal that was recovered and committed, so that it can be opened again.
///
/// # Errors
/// The file cannot be written.
pub fn clear(path: &Path) -> Result<(), JournalError> {
    let epoch = recover(path)?.epoch.unwrap_or(0);
    fresh_file(path, epoch, &[]).map(drop).map_err(|source| JournalError::Write { source })
}

#[cfg(test)]
mod tests;
