//! One process among several on one list: its row under its epoch, kept alive by a lease on the server's clock. Whoever
//! finds the lease run out takes the row away, and with it the right to write.

use super::link::Link;
use super::pool::Pool;
use super::schema::WRITER;
use crate::areas::notes::{META, SET_META};
use crate::coding::numbers::signed;
use crate::engine::Sql;
use crate::error::{StoreError, StoreResult};
use crate::sqlite::lock_folder;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use uuid::Uuid;

/// How long a process may be silent before others take its work over.
const LEASE: Duration = Duration::from_secs(15);
/// A lease is renewed so often before it runs out.
const BEATS: u32 = 5;
/// The file in a data folder with the name of its node.
const FILE: &str = "node";

/// Held shared by every process that writes, as long as its connection lives, and alone by whoever changes tables or
/// moves a list: a program that knows of one writer only asks for it alone, and is refused.
///
/// The wait is for a process that was killed just now, and that the server has not missed yet.
const TOGETHER: &str =
    "SET lock_timeout TO '1s'; SELECT pg_advisory_lock_shared(521321132); SET lock_timeout TO 0";
const ALONE: &str = "SET lock_timeout TO '1s'; SELECT pg_advisory_lock(521321132); SET lock_timeout TO 0";
const NO_MORE_ALONE: &str = "SELECT pg_advisory_unlock(521321132)";

const FORGET_ALL: &str = "DELETE FROM node";
const FORGET_EARLIER: &str = "DELETE FROM node WHERE id = $1";
const REGISTER: &str = "INSERT INTO node (epoch, id, expires)
    VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')";
const RENEW: &str =
    "UPDATE node SET expires = clock_timestamp() + $2::bigint * interval '1 millisecond' WHERE epoch = $1";
const IS_THERE: &str = "SELECT count(*) FROM node WHERE epoch = $1";
const LEAVE: &str = "DELETE FROM node WHERE epoch = $1";

/// Who a process is among those that have a list open for writing.
#[derive(Debug)]
pub struct Node {
    id: Uuid,
    lease: Duration,
    /// Whether no other process may write at the same time.
    pub(super) alone: bool,
    /// One process at a time works from a data folder.
    _folder: Option<File>,
}

impl Node {
    /// A node of this name; who opens the list under the same name later is its successor.
    pub fn new(id: Uuid) -> Self {
        Self { id, lease: LEASE, alone: false, _folder: None }
    }

    /// The node of a data folder, which is locked; a folder that has no node yet becomes that of `fresh`.
    ///
    /// `InUse` when another process works from the folder.
    pub fn of_folder(folder: &Path, fresh: Uuid) -> StoreResult<Self> {
        let lock = lock_folder(folder)?;
        let path = folder.join(FILE);
        let refused =
            |error: std::io::Error| StoreError::Files { path: path.clone(), why: error.to_string() };
        let id = match std::fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().map_err(|_| {
                StoreError::Damaged(format!("`{}` does not hold the name of a node", path.display()))
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let partial = folder.join(".node");
                std::fs::write(&partial, format!("{fresh}\n")).map_err(refused)?;
                File::open(&partial).and_then(|file| file.sync_all()).map_err(refused)?;
                std::fs::rename(&partial, &path).map_err(refused)?;
                fresh
            }
            Err(error) => return Err(refused(error)),
        };
        Ok(Self { id, lease: LEASE, alone: false, _folder: Some(lock) })
    }

    /// The same with another lease.
    #[must_use]
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// The same, while no other process has the list open for writing.
    #[must_use]
    pub fn alone(self) -> Self {
        Self { alone: true, ..self }
    }
}

/// A node that is registered, until it is dropped or taken for gone.
pub(super) struct Membership {
    /// INVARIANT: a write goes through only while the row of this epoch is there, looked for by the write's own
    /// transaction under the lock of all writers; whoever takes the row away holds that lock.
    pub(super) epoch: u64,
    lost: Arc<AtomicBool>,
    stop: Option<Sender<()>>,
    heart: Option<JoinHandle<()>>,
    _node: Node,
}

/// A connection that holds the lock of all writers' processes, shared or alone.
pub(super) struct Place(Link);

impl Place {
    /// `InUse` (with no place) when another process holds it in a way that does not go together.
    pub(super) fn take(pool: &Pool, alone: bool) -> StoreResult<Self> {
        let link = pool.connect()?;
        link.connection.batch(if alone { ALONE } else { TOGETHER })?;
        Ok(Self(link))
    }

    /// Lets others in.
    pub(super) fn share(&self) -> StoreResult<()> {
        self.0.connection.batch(TOGETHER)?;
        self.0.connection.batch(NO_MORE_ALONE)
    }
}

impl Membership {
    /// Counts the epoch up and registers the node under it. Earlier processes of the same node are gone for good.
    pub(super) fn join(pool: &Arc<Pool>, node: Node, place: Place) -> StoreResult<Self> {
        let link = pool.begin(&format!("BEGIN; {WRITER}"))?;
        let lease = i64::try_from(node.lease.as_millis()).unwrap_or(i64::MAX);
        let registered = epoch(&link).and_then(|last| {
            let epoch = last + 1;
            link.connection.run(SET_META, ("epoch", epoch.to_string()))?;
            if node.alone {
                // Somebody whose connection is broken just now may not notice that it is not alone any more.
                link.connection.run(FORGET_ALL, ())?;
            }
            link.connection.run(FORGET_EARLIER, (node.id.as_bytes(),))?;
            link.connection.run(REGISTER, (signed(epoch)?, node.id.as_bytes(), lease))?;
            link.connection.batch("COMMIT")?;
            Ok(epoch)
        });
        let epoch = match registered {
            Ok(epoch) => {
                pool.give_back(link);
                epoch
            }
            Err(error) => {
                pool.roll_back(link);
                return Err(error);
            }
        };
        let lost = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = channel();
        let heart = Heart {
            pool: Arc::clone(pool),
            place: Some(place),
            alone: node.alone,
            epoch: signed(epoch)?,
            lease,
            lost: Arc::clone(&lost),
            silent: false,
        };
        let pause = node.lease / BEATS;
        let beat = move || {
            let mut heart = heart;
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                heart.beat();
            }
            heart.leave();
        };
        let heart = std::thread::Builder::new()
            .name("lease".to_owned())
            .spawn(beat)
            .map_err(|error| StoreError::Engine(format!("no thread could be started: {error}")))?;
        Ok(Self { epoch, lost, stop: Some(stop), heart: Some(heart), _node: node })
    }

    /// Whether this process was taken for gone, as far as it knows.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    /// Looks inside a write transaction whether this process still belongs.
    pub(super) fn holds(&self, link: &Link) -> StoreResult<bool> {
        let there = link.connection.number(IS_THERE, (signed(self.epoch)?,))? == 1;
        if !there {
            self.lost.store(true, Ordering::SeqCst);
        }
        Ok(there)
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(heart) = self.heart.take() {
            // It never panics; if it did, the lease runs out by itself.
            drop(heart.join());
        }
    }
}

/// What keeps a lease alive.
struct Heart {
    pool: Arc<Pool>,
    place: Option<Place>,
    alone: bool,
    epoch: i64,
    lease: i64,
    lost: Arc<AtomicBool>,
    /// The server could not be told; said once.
    silent: bool,
}

impl Heart {
    fn beat(&mut self) {
        if self.lost.load(Ordering::SeqCst) {
            return;
        }
        match self.renew() {
            Ok(true) => self.silent = false,
            Ok(false) => {
                self.lost.store(true, Ordering::SeqCst);
                tracing::error!(
                    "this process was not heard from for too long, and another has taken its work over"
                );
            }
            Err(error) => {
                if !self.silent {
                    tracing::warn!(%error, "the lease could not be renewed; trying again until it can");
                }
                self.silent = true;
                self.place = None;
            }
        }
    }

    fn renew(&mut self) -> StoreResult<bool> {
        let place = match self.place.take() {
            Some(place) if !place.0.connection.is_closed() => place,
            _ => Place::take(&self.pool, self.alone)?,
        };
        let renewed = place.0.connection.run(RENEW, (self.epoch, self.lease))?;
        self.place = Some(place);
        Ok(renewed == 1)
    }

    /// Says goodbye, so that nobody waits for the lease to run out.
    fn leave(mut self) {
        let Some(place) = self.place.take() else { return };
        let left = place.0.connection.run(LEAVE, (self.epoch,));
        let left = left.and_then(|_| place.0.connection.batch("SELECT pg_advisory_unlock_all()"));
        if let Err(error) = left {
            tracing::warn!(%error, "the server was not told that this process ends: its lease runs out by itself");
        }
    }
}

pub(super) fn epoch(link: &Link) -> StoreResult<u64> {
    let kept: Option<String> = link.connection.one(META, ("epoch",), |row| row.get(0))?;
    kept.map_or(Ok(0), |text| {
        text.parse().map_err(|_| StoreError::Damaged("the epoch is not a number".to_owned()))
    })
}
