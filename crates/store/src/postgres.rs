//! A list on a PostgreSQL server: the schema `hustings` and, for the wrapped keys, `hustings_keys`, each owned by a
//! role of its own. Any number of processes write, one transaction at a time; a commit is on the server's disk before it
//! returns.

mod address;
mod bulk;
mod consents;
mod engine;
mod error;
mod export;
mod keys;
mod link;
mod listening;
mod moving;
mod node;
mod passwords;
mod people;
mod pool;
mod schema;
mod sends;
mod tls;
mod worker;

pub use address::Address;
pub use moving::{Moved, Progress};
pub use node::Node;

use crate::engine::Unit;
use crate::error::{StoreError, StoreResult};
use crate::handle::{Backend, Listen, Store};
use crate::keys::KeyStore;
use crate::traits::Tx;
use hustings_domain::ids::Ordinal;
use hustings_vault::vault::WrappedKey;
use keys::Keys;
use link::Link;
use listening::Listening;
use node::{Membership, Place};
use pool::Pool;
use schema::{KEYS, MAIN, WRITER};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use worker::Worker;

const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The backend on PostgreSQL. [`Postgres::create`], [`Postgres::open`] and [`Postgres::open_reading`] are the ways
/// to one.
///
/// A thread that is inside [`Store::write`] must not begin another write: there is one writer, and it would wait
/// for itself. Reading inside a write is allowed, and reads what was committed before.
pub struct Postgres {
    address: Arc<Address>,
    pool: Arc<Pool>,
    keys: Keys,
    member: Option<Membership>,
    /// One writer at a time in this process too, so that waiting costs no connection.
    writing: Mutex<()>,
    worker: Arc<Worker>,
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
    pub fn create(address: &Address, node: Node) -> StoreResult<Store> {
        Ok(Store::new(Arc::new(Self::create_as(address, node)?)))
    }

    fn create_as(address: &Address, node: Node) -> StoreResult<Self> {
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
        Self::start(address, worker, pool, keys, node)
    }

    /// Opens the list as one of the processes that write to it. The first brings it up to this program's version.
    ///
    /// `NotThere`, `InUse` (a process that is to be alone has it open), `Newer`, `Unreachable`, `Denied`.
    pub fn open(address: &Address, node: Node) -> StoreResult<Store> {
        Ok(Store::new(Arc::new(Self::open_as(address, node)?)))
    }

    fn open_as(address: &Address, node: Node) -> StoreResult<Self> {
        let (address, worker, pool, keys) = Self::find(address, true)?;
        Self::start(address, worker, pool, keys, node)
    }

    /// Opens the list for reading, beside processes that may be writing; writes are `InUse`.
    ///
    /// A list of an older version is a conflict: open it once for writing.
    pub fn open_reading(address: &Address) -> StoreResult<Store> {
        let (address, worker, pool, keys) = Self::find(address, false)?;
        if is_older(&pool, &keys)? {
            return Err(StoreError::Conflict(
                "the data are of an older version: start `hustings serve` once to bring them up to date"
                    .to_owned(),
            ));
        }
        Ok(Store::new(Arc::new(Self {
            address,
            pool: Arc::new(pool),
            keys,
            member: None,
            writing: Mutex::default(),
            worker,
        })))
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

    fn start(
        address: Arc<Address>,
        worker: Arc<Worker>,
        pool: Pool,
        keys: Keys,
        node: Node,
    ) -> StoreResult<Self> {
        let place = if is_older(&pool, &keys)? {
            // A process of the older program would not understand what it finds.
            let place = Place::take(&pool, true).map_err(|error| match error {
                StoreError::InUse(_) => StoreError::Conflict(
                    "the data are of an older version, and other processes have them open: stop all of them, and \
                     start this one first"
                        .to_owned(),
                ),
                other => other,
            })?;
            for (pool, kind) in [(keys.pool(), &KEYS), (&pool, &MAIN)] {
                let link = pool.connect()?;
                schema::migrate(&link, kind, kind.migrations)?;
                pool.give_back(link);
            }
            if !node.alone {
                place.share()?;
            }
            place
        } else {
            Place::take(&pool, node.alone).map_err(|error| match error {
                StoreError::InUse(_) => StoreError::InUse(address.place()),
                other => other,
            })?
        };
        let pool = Arc::new(pool);
        let member = Membership::join(&pool, node, place)?;
        Ok(Self { address, pool, keys, member: Some(member), writing: Mutex::default(), worker })
    }

    fn fenced(&self) -> StoreError {
        StoreError::Fenced(self.address.place())
    }
}

/// Whether the tables are of an older version; refuses what a newer program wrote.
fn is_older(pool: &Pool, keys: &Keys) -> StoreResult<bool> {
    let mut older = false;
    for (pool, kind) in [(pool, &MAIN), (keys.pool(), &KEYS)] {
        let link = pool.connect()?;
        older |= schema::check_version(&link, kind, kind.migrations)? < schema::newest(kind.migrations);
        pool.give_back(link);
    }
    Ok(older)
}

fn pools(address: &Arc<Address>, worker: &Arc<Worker>) -> (Pool, Pool) {
    let data = Pool::new(address, worker, &address.data_role(), MAIN.schema);
    let keys = Pool::new(address, worker, &address.keys_role(), KEYS.schema);
    (data, keys)
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
        let member = self.member.as_ref().ok_or_else(|| StoreError::InUse(self.address.place()))?;
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // Should `work` panic, the connection is let go with the link, and the server undoes what was begun.
        let mut link = self.pool.begin(&format!("BEGIN; {WRITER}"))?;
        let belongs = member.holds(&link).and_then(|holds| if holds { Ok(()) } else { Err(self.fenced()) });
        if let Err(error) = belongs {
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

    fn node(&self) -> Option<u64> {
        self.member.as_ref().map(|member| member.epoch)
    }

    fn check_standing(&self) -> StoreResult<()> {
        if self.member.as_ref().is_some_and(Membership::is_lost) { Err(self.fenced()) } else { Ok(()) }
    }

    fn listen(&self) -> Option<Box<dyn Listen>> {
        Some(Box::new(Listening::new(&self.address, &self.worker)))
    }
}
