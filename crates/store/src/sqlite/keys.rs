//! The wrapped keys, in a file of their own. A key has a fixed slot in a block that fills one page; destroying
//! it writes zeros over the slot where it stands and empties the write-ahead log.

use super::files;
use super::sql::Sql;
use crate::coding::numbers::unsigned;
use crate::error::{StoreError, StoreResult};
use crate::keys::KeyStore;
use hustings_domain::ids::Ordinal;
use hustings_vault::vault::WrappedKey;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of a slot: the epoch in four, the wrapped key in sixty.
pub(super) const SLOT: usize = 64;
/// Slots of a block: 4,032 bytes, the most that stay inside one page of 4,096.
pub(super) const SLOTS: u32 = 63;

const HEADER: &str = "SELECT json FROM header WHERE n = 1";
const SET_HEADER: &str =
    "INSERT INTO header (n, json) VALUES (1, $1) ON CONFLICT (n) DO UPDATE SET json = excluded.json";
const BLOCK: &str = "SELECT slots FROM key_block WHERE block = $1";
const PUT_BLOCK: &str = "INSERT INTO key_block (block, slots) VALUES ($1, $2)
    ON CONFLICT (block) DO UPDATE SET slots = excluded.slots";
const SLOT_OF: &str = "SELECT substr(slots, $1, 64) FROM key_block WHERE block = $2";
const BLOCKS_FROM: &str = "SELECT block FROM key_block WHERE block >= $1 ORDER BY block";
const HELD: &str = "SELECT held FROM tally WHERE n = 1";
const ADD_HELD: &str = "UPDATE tally SET held = held + $1 WHERE n = 1";

/// The keys of one list.
pub(super) struct Keys {
    folder: PathBuf,
    writer: Option<Mutex<Connection>>,
    reader: Mutex<Connection>,
    /// Keys of people who are added in the open transaction of the other file.
    staged: Mutex<BTreeMap<Ordinal, WrappedKey>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn place_of(ordinal: Ordinal) -> (u32, usize) {
    (ordinal.0 / SLOTS, usize::try_from(ordinal.0 % SLOTS).unwrap_or(0) * SLOT)
}

fn open(connection: &Connection, block: u32) -> StoreResult<Option<Vec<u8>>> {
    connection.one(BLOCK, (block,), |row| Ok(row.get(0)?))
}

fn read(slot: &[u8]) -> StoreResult<Option<WrappedKey>> {
    if slot.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    slot.split_first_chunk::<4>()
        .and_then(|(epoch, bytes)| {
            Some(WrappedKey { epoch: u32::from_be_bytes(*epoch), bytes: bytes.try_into().ok()? })
        })
        .map(Some)
        .ok_or_else(|| StoreError::Damaged("a key's slot is cut".to_owned()))
}

fn slot(slots: &mut [u8], offset: usize) -> StoreResult<&mut [u8]> {
    slots
        .get_mut(offset..offset + SLOT)
        .ok_or_else(|| StoreError::Damaged("a block of keys is cut".to_owned()))
}

/// How many slots of a block hold a key.
pub(super) fn held(slots: &[u8]) -> usize {
    slots.chunks(SLOT).filter(|slot| slot.iter().any(|byte| *byte != 0)).count()
}

impl Keys {
    pub(super) fn new(folder: PathBuf, writer: Option<Connection>, reader: Connection) -> Self {
        Self { folder, writer: writer.map(Mutex::new), reader: Mutex::new(reader), staged: Mutex::default() }
    }

    fn reading(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> StoreResult<MutexGuard<'_, Connection>> {
        let writer = self.writer.as_ref().ok_or_else(|| StoreError::InUse(self.folder.clone()))?;
        Ok(writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(
        &self,
        connection: &Connection,
        work: impl FnOnce(&Connection) -> StoreResult<T>,
    ) -> StoreResult<T> {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
            .map_err(|error| files::placed(error.into(), &self.folder))?;
        let done = work(&transaction)?;
        transaction.commit().map_err(|error| files::placed(error.into(), &self.folder))?;
        Ok(done)
    }

    fn staged(&self) -> MutexGuard<'_, BTreeMap<Ordinal, WrappedKey>> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds keys until [`Keys::keep_staged`], found by whoever asks for them meanwhile.
    pub(super) fn stage(&self, keys: Vec<(Ordinal, WrappedKey)>) {
        self.staged().extend(keys);
    }

    /// Lets go of keys whose records are not kept.
    pub(super) fn forget_staged(&self) {
        self.staged().clear();
    }

    /// Keeps what is staged, durable on return. It is of new people: a key in a slot of theirs is of a commit that
    /// failed, and is put over.
    pub(super) fn keep_staged(&self) -> StoreResult<()> {
        let staged: Vec<(Ordinal, WrappedKey)> = self.staged().iter().map(|(o, key)| (*o, *key)).collect();
        if staged.is_empty() {
            return Ok(());
        }
        let writer = self.writing()?;
        self.write(&writer, |connection| put(connection, &staged, true))?;
        self.forget_staged();
        Ok(())
    }

    /// INVARIANT (promise 8): on return no page of the write-ahead log holds what was there before; nobody of
    /// this process reads meanwhile, and a reader elsewhere makes this fail rather than pass.
    fn empty_log(&self, writer: &Connection) -> StoreResult<()> {
        let reader = self.reading();
        let busy: i64 = writer
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get(0))
            .map_err(|error| files::placed(error.into(), &self.folder))?;
        drop(reader);
        if busy == 0 { Ok(()) } else { Err(StoreError::InUse(self.folder.clone())) }
    }

    /// Writes zeros over the slots of `ordinals` that are held, all of one block.
    fn wipe(connection: &Connection, block: u32, from: usize, to: usize) -> StoreResult<usize> {
        let Some(mut slots) = open(connection, block)? else { return Ok(0) };
        let range = slots
            .get_mut(from..to.min(SLOT * SLOTS as usize))
            .ok_or_else(|| StoreError::Damaged("a block of keys is cut".to_owned()))?;
        let gone = held(range);
        if gone > 0 {
            range.fill(0);
            connection.run(PUT_BLOCK, (block, &slots))?;
            connection.run(ADD_HELD, (-i64::try_from(gone).unwrap_or(0),))?;
        }
        Ok(gone)
    }
}

pub(super) fn put_header(connection: &Connection, json: &str) -> StoreResult<()> {
    connection.run(SET_HEADER, (json,)).map(drop)
}

pub(super) fn put_many(connection: &Connection, keys: &[(Ordinal, WrappedKey)]) -> StoreResult<()> {
    put(connection, keys, false)
}

/// Puts keys into their slots, over what lies there or only where nothing does.
fn put(connection: &Connection, keys: &[(Ordinal, WrappedKey)], over: bool) -> StoreResult<()> {
    let mut added = 0_i64;
    let mut sorted: Vec<&(Ordinal, WrappedKey)> = keys.iter().collect();
    sorted.sort_unstable_by_key(|key| key.0);
    for together in sorted.chunk_by(|a, b| place_of(a.0).0 == place_of(b.0).0) {
        let Some(first) = together.first() else { continue };
        let (block, _) = place_of(first.0);
        let mut slots = open(connection, block)?.unwrap_or_else(|| vec![0; SLOT * SLOTS as usize]);
        for (ordinal, key) in together {
            let slot = slot(&mut slots, place_of(*ordinal).1)?;
            let taken = slot.iter().any(|byte| *byte != 0);
            if taken && !over {
                return Err(StoreError::Conflict(format!("supporter {} has a key already", ordinal.0)));
            }
            added += i64::from(!taken);
            let bytes = key.epoch.to_be_bytes().into_iter().chain(key.bytes);
            slot.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
            if slot.iter().all(|byte| *byte == 0) {
                return Err(StoreError::Conflict(format!("the key of supporter {} is empty", ordinal.0)));
            }
        }
        connection.run(PUT_BLOCK, (block, &slots))?;
    }
    connection.run(ADD_HELD, (added,)).map(drop)
}

fn get_many(connection: &Connection, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<WrappedKey>>> {
    let mut sorted: Vec<(usize, Ordinal)> = ordinals.iter().copied().enumerate().collect();
    sorted.sort_unstable_by_key(|entry| entry.1);
    let mut found = vec![None; ordinals.len()];
    for together in sorted.chunk_by(|a, b| place_of(a.1).0 == place_of(b.1).0) {
        let Some(first) = together.first() else { continue };
        let Some(mut slots) = open(connection, place_of(first.1).0)? else { continue };
        for (place, ordinal) in together {
            if let Some(to) = found.get_mut(*place) {
                *to = read(slot(&mut slots, place_of(*ordinal).1)?)?;
            }
        }
    }
    Ok(found)
}

impl KeyStore for Keys {
    fn header(&self) -> StoreResult<Option<String>> {
        self.reading().one(HEADER, (), |row| Ok(row.get(0)?))
    }

    fn set_header(&self, json: &str) -> StoreResult<()> {
        let writer = self.writing()?;
        self.write(&writer, |connection| connection.run(SET_HEADER, (json,)).map(drop))?;
        // An old header can open what a new one cannot (a retired epoch), so it may not linger either.
        self.empty_log(&writer)
    }

    fn put_many(&self, keys: &[(Ordinal, WrappedKey)]) -> StoreResult<()> {
        let writer = self.writing()?;
        self.write(&writer, |connection| put_many(connection, keys))
    }

    fn get(&self, ordinal: Ordinal) -> StoreResult<Option<WrappedKey>> {
        if let Some(key) = self.staged().get(&ordinal) {
            return Ok(Some(*key));
        }
        let (block, offset) = place_of(ordinal);
        let place = (i64::try_from(offset).unwrap_or(0) + 1, block);
        let found: Option<Vec<u8>> = self.reading().one(SLOT_OF, place, |row| Ok(row.get(0)?))?;
        found.map_or(Ok(None), |slot| read(&slot))
    }

    fn get_many(&self, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<WrappedKey>>> {
        let mut found = get_many(&self.reading(), ordinals)?;
        let staged = self.staged();
        for (ordinal, found) in ordinals.iter().zip(&mut found).filter(|_| !staged.is_empty()) {
            *found = staged.get(ordinal).copied().or(*found);
        }
        Ok(found)
    }

    fn destroy(&self, ordinal: Ordinal) -> StoreResult<()> {
        let writer = self.writing()?;
        let (block, offset) = place_of(ordinal);
        self.write(&writer, |connection| Self::wipe(connection, block, offset, offset + SLOT))?;
        self.empty_log(&writer)
    }

    fn destroy_many(&self, ordinals: &[Ordinal]) -> StoreResult<()> {
        if ordinals.is_empty() {
            return Ok(());
        }
        let writer = self.writing()?;
        self.write(&writer, |connection| {
            for ordinal in ordinals {
                let (block, offset) = place_of(*ordinal);
                Self::wipe(connection, block, offset, offset + SLOT)?;
            }
            Ok(())
        })?;
        self.empty_log(&writer)
    }

    fn sweep(&self, first: Ordinal) -> StoreResult<u64> {
        self.staged().retain(|ordinal, _| *ordinal < first);
        let writer = self.writing()?;
        let (first_block, offset) = place_of(first);
        let gone = self.write(&writer, |connection| {
            let blocks: Vec<u32> = connection.all(BLOCKS_FROM, (first_block,), |row| Ok(row.get(0)?))?;
            let mut gone = 0;
            for block in blocks {
                let from = if block == first_block { offset } else { 0 };
                gone += Self::wipe(connection, block, from, usize::MAX)?;
            }
            Ok(gone)
        })?;
        self.empty_log(&writer)?;
        Ok(gone as u64)
    }

    fn count(&self) -> StoreResult<u64> {
        self.reading().number(HELD, ())
    }

    fn back_up(&self, to: &Path) -> StoreResult<()> {
        files::copy_database(&self.reading(), to)
    }
}

/// Calls `found` with each supporter who has a key, in order: for checking a whole list.
pub(super) fn holders(connection: &Connection, mut found: impl FnMut(u32)) -> StoreResult<()> {
    connection.each("SELECT block, slots FROM key_block ORDER BY block", (), |row| {
        let block: u32 = row.get(0)?;
        let slots: Vec<u8> = row.get(1)?;
        for (place, slot) in (0_u32..).zip(slots.chunks(SLOT)) {
            if slot.iter().any(|byte| *byte != 0) {
                found(block.saturating_mul(SLOTS).saturating_add(place));
            }
        }
        Ok(())
    })
}

/// What the tally says, for checking a whole list.
pub(super) fn tallied(connection: &Connection) -> StoreResult<u64> {
    let held: Option<i64> = connection.one(HELD, (), |row| Ok(row.get(0)?))?;
    unsigned(held.unwrap_or(0))
}

/// Whether no vault was ever made over these keys.
pub(super) fn is_without_header(connection: &Connection) -> StoreResult<bool> {
    Ok(connection.one(HEADER, (), |_| Ok(()))?.is_none())
}
