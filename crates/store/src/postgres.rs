//! A list on a PostgreSQL server: the schema `hustings` and, for the wrapped keys, `hustings_keys`, each owned by a
//! role of its own. One transaction writes at a time, over all processes; a commit is on the server's disk before
//! it returns.

mod address;
mod bulk;
mod consents;
mod engine;
mod error;
mod export;
mod keys;
mod link;
mod moving;
mod people;
mod pool;
mod schema;
mod sends;
mod worker;

pub use address::Address;
pub use moving::{Moved, Progress};

use crate::areas::notes::{META, SET_META};
use crate::engine::{Sql, Unit};
use crate::error::{StoreError, StoreResult};
use crate::handle::{Backend, Store};
use crate::keys::KeyStore;
use crate::traits::Tx;
use hustings_domain::ids::Ordinal;
use hustings_vault::vault::WrappedKey;
use keys::Keys;
use link::Link;
use pool::Pool;
use schema::{KEYS, MAIN, WRITER};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use worker::Worker;

const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Held by the one process that writes, as long as its connection lives.
///
/// The wait is for a process that was killed just now, and that the server has not missed yet.
const FENCE: &str = "SET lock_timeout TO '1s'; SELECT pg_advisory_lock(521321132); SET lock_timeout TO 0";
const UNFENCE: &str = "SELECT pg_advisory_unlock(521321132)";

/// The backend on PostgreSQL. [`Postgres::create`], [`Postgres::open`] and [`Postgres::open_reading`] are the ways
/// to one.
///
/// A thread that is inside [`Store::write`] must not begin another write: there is one writer, and it would wait
/// for itself. Reading inside a write is allowed, and reads what was committed before.
pub struct Postgres {
    address: Arc<Address>,
    pool: Pool,
    keys: Keys,
    fence: Option<Fence>,
    _worker: Arc<Worker>,
}

/// What makes this process the one that writes.
struct Fence {
    /// INVARIANT: a write goes through only while the list's epoch is this one. Whoever opens the list for writing
    /// counts it up, so a process that was taken for gone cannot write over its successor's work.
    epoch: u64,
    /// One writer at a time in this process too, so that waiting costs no connection.
    writing: Mutex<()>,
    holder: Mutex<Link>,
}

impl Drop for Fence {
    fn drop(&mut self) {
        let holder = self.holder.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = holder.connection.batch(UNFENCE) {
            tracing::warn!(%error, "the list stays locked until the server notices that this process is gone");
        }
    }
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Postgres {
    /// Makes a new, empty list in a database that exists, with its schemas and roles.
    ///
    /// `AlreadyThere` when it holds a list, or the keys of one; `Denied` with what an administrator must run when
    /// the login may not make roles and schemas.
    pub fn create(address: &Address) -> StoreResult<Store> {
        Ok(Store::new(Arc::new(Self::create_alone(address)?)))
    }

    fn create_alone(address: &Address) -> StoreResult<Self> {
        let address = Arc::new(address.clone());
        let worker = Arc::new(Worker::start()?);
        schema::prepare(&Link::new(worker.connect(&address)?), &address)?;
        let (pool, keys) = pools(&address, &worker);
        let link = keys.connect()?;
        schema::migrate(&link, &KEYS, KEYS.migrations)?;
        keys.give_back(link);
        let keys = Keys::new(keys, address.place(), true);
        // Keys without their list are somebody's only way back to it.
        if keys.count()? > 0 || keys.header()?.is_some() {
            return Err(StoreError::AlreadyThere(address.place()));
        }
        Self::start(address, worker, pool, keys)
    }

    /// Opens the list, alone, and brings it up to this program's version.
    ///
    /// `NotThere`, `InUse` (another process has it open for writing), `Newer`, `Unreachable`, `Denied`.
    pub fn open(address: &Address) -> StoreResult<Store> {
        Ok(Store::new(Arc::new(Self::open_alone(address)?)))
    }

    fn open_alone(address: &Address) -> StoreResult<Self> {
        let (address, worker, pool, keys) = Self::find(address, true)?;
        Self::start(address, worker, pool, keys)
    }

    /// Opens the list for reading, beside a process that may be writing; writes are `InUse`.
    ///
    /// A list of an older version is a conflict: open it once for writing.
    pub fn open_reading(address: &Address) -> StoreResult<Store> {
        let (address, worker, pool, keys) = Self::find(address, false)?;
        for (pool, kind) in [(&pool, &MAIN), (keys.pool(), &KEYS)] {
            let link = pool.connect()?;
            if schema::check_version(&link, kind, kind.migrations)? < schema::newest(kind.migrations) {
                return Err(StoreError::Conflict(
                    "the data are of an older version: start `hustings serve` once to bring them up to date"
                        .to_owned(),
                ));
            }
            pool.give_back(link);
        }
        Ok(Store::new(Arc::new(Self { address, pool, keys, fence: None, _worker: worker })))
    }

    fn find(address: &Address, writes: bool) -> StoreResult<(Arc<Address>, Arc<Worker>, Pool, Keys)> {
        let address = Arc::new(address.clone());
        let worker = Arc::new(Worker::start()?);
        if !schema::is_there(&Link::new(worker.connect(&address)?), &MAIN)? {
            return Err(StoreError::NotThere(address.place()));
        }
        let (pool, keys) = pools(&address, &worker);
        let keys = Keys::new(keys, address.place(), writes);
        Ok((address, worker, pool, keys))
    }

    fn start(address: Arc<Address>, worker: Arc<Worker>, pool: Pool, keys: Keys) -> StoreResult<Self> {
        let holder = pool.connect()?;
        holder.connection.batch(FENCE).map_err(|error| match error {
            StoreError::InUse(_) => StoreError::InUse(address.place()),
            other => other,
        })?;
        let mut fence = Fence { epoch: 0, writing: Mutex::new(()), holder: Mutex::new(holder) };
        for (pool, kind) in [(keys.pool(), &KEYS), (&pool, &MAIN)] {
            let link = pool.connect()?;
            schema::migrate(&link, kind, kind.migrations)?;
            pool.give_back(link);
        }
        fence.epoch = bump_epoch(&pool)?;
        Ok(Self { address, pool, keys, fence: Some(fence), _worker: worker })
    }

    /// Refuses when another process has taken the list over.
    fn check_fence(&self, link: &Link, fence: &Fence) -> StoreResult<()> {
        if epoch(link)? == fence.epoch { Ok(()) } else { Err(StoreError::InUse(self.address.place())) }
    }
}

fn pools(address: &Arc<Address>, worker: &Arc<Worker>) -> (Pool, Pool) {
    let data = Pool::new(address, worker, &address.data_role(), MAIN.schema);
    let keys = Pool::new(address, worker, &address.keys_role(), KEYS.schema);
    (data, keys)
}

fn epoch(link: &Link) -> StoreResult<u64> {
    let kept: Option<String> = link.connection.one(META, ("epoch",), |row| row.get(0))?;
    kept.map_or(Ok(0), |text| {
        text.parse().map_err(|_| StoreError::Damaged("the epoch is not a number".to_owned()))
    })
}

/// Counts the openings for writing, so that claims of an earlier process can be told from this one's.
fn bump_epoch(pool: &Pool) -> StoreResult<u64> {
    let link = pool.begin(&format!("BEGIN; {WRITER}"))?;
    let counted = epoch(&link).and_then(|last| {
        link.connection.run(SET_META, ("epoch", (last + 1).to_string()))?;
        link.connection.batch("COMMIT")?;
        Ok(last + 1)
    });
    match counted {
        Ok(epoch) => {
            pool.give_back(link);
            Ok(epoch)
        }
        Err(error) => {
            pool.roll_back(link);
            Err(error)
        }
    }
}

impl Postgres {
    /// Keeps the keys of people who are added in the transaction that is about to end. Nobody else adds people
    /// meanwhile, so a key at or above the first of them is of a commit that failed, and belongs to nobody.
    fn keep_keys(&self, keys: &[(Ordinal, WrappedKey)]) -> StoreResult<()> {
        let Some(first) = keys.iter().map(|key| key.0).min() else { return Ok(()) };
        self.keys.sweep(first)?;
        self.keys.put_many(keys)
    }
}

impl Backend for Postgres {
    fn with_read(&self, work: &mut dyn FnMut(&mut dyn Tx)) -> StoreResult<()> {
        let mut link = self.pool.begin(READ)?;
        let Link { connection, words } = &mut link;
        work(&mut Unit::new(&*connection, words));
        self.pool.roll_back(link);
        Ok(())
    }

    fn with_write(&self, work: &mut dyn FnMut(&mut dyn Tx) -> bool) -> StoreResult<()> {
        let fence = self.fence.as_ref().ok_or_else(|| StoreError::InUse(self.address.place()))?;
        let _alone = fence.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // Should `work` panic, the connection is let go with the link, and the server undoes what was begun.
        let mut link = self.pool.begin(&format!("BEGIN; {WRITER}"))?;
        if let Err(error) = self.check_fence(&link, fence) {
            self.pool.roll_back(link);
            return Err(error);
        }
        let Link { connection, words } = &mut link;
        let mut tx = Unit::new(&*connection, words);
        if !work(&mut tx) {
            words.forget_new();
            self.pool.roll_back(link);
            return Ok(());
        }
        let keys = tx.take_keys();
        let done = tx.check().and_then(|()| self.keep_keys(&keys)).and_then(|()| {
            connection.batch("COMMIT").map_err(|error| match error {
                StoreError::Unreachable(why) => StoreError::Unreachable(format!(
                    "{why}, just while a change was being kept: look whether it was before trying again"
                )),
                other => other,
            })
        });
        if let Err(error) = done {
            words.forget_new();
            self.pool.roll_back(link);
            return Err(error);
        }
        words.keep_new();
        self.pool.give_back(link);
        Ok(())
    }

    fn keys(&self) -> &dyn KeyStore {
        &self.keys
    }

    fn back_up(&self, to: &Path) -> StoreResult<()> {
        export::data(&self.pool, to)
    }
}
