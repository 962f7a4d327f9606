//! The wrapped keys, in a schema of their own that only a role of their own can read.

use super::bulk::copy;
use super::link::{Link, Param};
use super::pool::Pool;
use crate::engine::Columns;
use crate::error::{StoreError, StoreResult};
use crate::keys::KeyStore;
use hustings_domain::ids::Ordinal;
use hustings_vault::vault::WrappedKey;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const HEADER: &str = "SELECT json FROM header WHERE n = 1";
const SET_HEADER: &str =
    "INSERT INTO header (n, json) VALUES (1, $1) ON CONFLICT (n) DO UPDATE SET json = excluded.json";
const PUT: &str = "COPY key (ordinal, epoch, wrapped) FROM STDIN BINARY";
const GET: &str = "SELECT ordinal, epoch, wrapped FROM key WHERE ordinal = ANY($1)";
const WIPE: &str = "UPDATE key SET epoch = 0, wrapped = decode(repeat('00', 60), 'hex') WHERE ordinal = $1";
const DESTROY: &str = "DELETE FROM key WHERE ordinal = $1";
const WIPE_FROM: &str =
    "UPDATE key SET epoch = 0, wrapped = decode(repeat('00', 60), 'hex') WHERE ordinal >= $1";
const SWEEP: &str = "DELETE FROM key WHERE ordinal >= $1";
const HOLDERS: &str = "SELECT ordinal FROM key ORDER BY ordinal";
const COUNT: &str = "SELECT count(*) FROM key";

/// The keys of one list.
pub(super) struct Keys {
    pool: Pool,
    place: PathBuf,
    /// Whether anything may be changed.
    writes: bool,
    /// One vacuuming at a time.
    vacuuming: Mutex<()>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("place", &self.place).finish_non_exhaustive()
    }
}

fn read(row: &dyn Columns) -> StoreResult<(u32, WrappedKey)> {
    Ok((row.get(0)?, WrappedKey { epoch: row.get(1)?, bytes: row.get(2)? }))
}

fn long(ordinal: Ordinal) -> i64 {
    i64::from(ordinal.0)
}

impl Keys {
    pub(super) fn new(pool: Pool, place: PathBuf, writes: bool) -> Self {
        Self { pool, place, writes, vacuuming: Mutex::new(()) }
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    fn reading<T>(&self, work: impl FnOnce(&Link) -> StoreResult<T>) -> StoreResult<T> {
        let link = self.pool.begin("BEGIN READ ONLY")?;
        let done = work(&link);
        self.pool.roll_back(link);
        done
    }

    fn writing<T>(&self, work: impl FnOnce(&Link) -> StoreResult<T>) -> StoreResult<T> {
        if !self.writes {
            return Err(StoreError::InUse(self.place.clone()));
        }
        let link = self.pool.begin("BEGIN")?;
        let done = work(&link).and_then(|done| link.connection.batch("COMMIT").map(|()| done));
        match done {
            Ok(done) => {
                self.pool.give_back(link);
                Ok(done)
            }
            Err(error) => {
                self.pool.roll_back(link);
                Err(error)
            }
        }
    }

    /// Who has a key, in order.
    pub(super) fn holders(&self) -> StoreResult<Vec<Ordinal>> {
        let mut held = Vec::new();
        self.reading(|link| {
            link.connection.each_row(HOLDERS, &[], |row| {
                held.push(row.integer(0)?);
                Ok(())
            })
        })?;
        super::export::ordinals(held)
    }

    /// The dead rows' space is freed for other keys. What the server keeps of them beyond that, in free space and
    /// in its write-ahead log, is said in docs/threat-model.md.
    fn vacuum(&self, table: &str) -> StoreResult<()> {
        let _one = self.vacuuming.lock().unwrap_or_else(PoisonError::into_inner);
        let link = self.pool.begin(&format!("VACUUM {table}"))?;
        self.pool.give_back(link);
        Ok(())
    }
}

impl KeyStore for Keys {
    fn header(&self) -> StoreResult<Option<String>> {
        self.reading(|link| {
            let rows = link.connection.rows(HEADER, &[])?;
            rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
        })
    }

    fn set_header(&self, json: &str) -> StoreResult<()> {
        self.writing(|link| link.connection.execute_with(SET_HEADER, &[&json]).map(drop))?;
        // An old header can open what a new one cannot (a retired epoch), so it may not linger either.
        self.vacuum("header")
    }

    fn put_many(&self, keys: &[(Ordinal, WrappedKey)]) -> StoreResult<()> {
        let mut sorted: Vec<&(Ordinal, WrappedKey)> = keys.iter().collect();
        sorted.sort_unstable_by_key(|key| key.0);
        self.writing(|link| {
            let put = copy(&link.connection, PUT, 3, sorted, |cells, (ordinal, key)| {
                cells.long(ordinal.0);
                cells.long(key.epoch);
                cells.bytes(&key.bytes)
            });
            put.map(drop).map_err(|error| match error {
                StoreError::Conflict(_) => {
                    StoreError::Conflict("one of these supporters has a key already".to_owned())
                }
                other => other,
            })
        })
    }

    fn get(&self, ordinal: Ordinal) -> StoreResult<Option<WrappedKey>> {
        Ok(self.get_many(&[ordinal])?.pop().flatten())
    }

    fn get_many(&self, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<WrappedKey>>> {
        let asked: Vec<i64> = ordinals.iter().copied().map(long).collect();
        let mut found = HashMap::with_capacity(asked.len());
        self.reading(|link| {
            link.connection.each_row(GET, &[&asked as Param<'_>], |row| {
                let (ordinal, key) = read(row)?;
                found.insert(ordinal, key);
                Ok(())
            })
        })?;
        Ok(ordinals.iter().map(|ordinal| found.get(&ordinal.0).copied()).collect())
    }

    fn destroy(&self, ordinal: Ordinal) -> StoreResult<()> {
        let gone = self.writing(|link| {
            link.connection.execute_with(WIPE, &[&long(ordinal)])?;
            link.connection.execute_with(DESTROY, &[&long(ordinal)])
        })?;
        if gone == 0 { Ok(()) } else { self.vacuum("key") }
    }

    fn sweep(&self, first: Ordinal) -> StoreResult<u64> {
        let gone = self.writing(|link| {
            link.connection.execute_with(WIPE_FROM, &[&long(first)])?;
            link.connection.execute_with(SWEEP, &[&long(first)])
        })?;
        if gone > 0 {
            self.vacuum("key")?;
        }
        Ok(gone)
    }

    fn count(&self) -> StoreResult<u64> {
        self.reading(|link| {
            let rows = link.connection.rows(COUNT, &[])?;
            let count = rows.first().map_or(Ok(0), |row| row.integer(0))?;
            crate::coding::numbers::unsigned(count)
        })
    }

    fn back_up(&self, to: &Path) -> StoreResult<()> {
        super::export::keys(self, to)
    }
}
