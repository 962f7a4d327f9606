//! Who came lately, by what they are found by.
//!
//! Each person's first e-mail and phone hash stands in `hash_block`, by position, which is cheap to add to at its
//! end. The tree of `blind` is in the order of the hashes: once it is larger than the cache, each new person reads
//! and writes a page of it. So people who come by the thousand are put into the tree later, many together and in its
//! order ([`settle`]). Until then the counters `blind-from` and `blind-to` say whose hashes are only in `hash_block`,
//! and what is remembered here says where to look. It is never believed: the slot in `hash_block` is read in the
//! transaction of whoever asks, so that nobody sees what was not committed, or was erased.

use super::hashes;
use super::known::Known;
use super::people::{ADD_FURTHER, FIND_BLIND, INSERT_BLIND, kind};
use super::sql::{Sql, insert_many};
use crate::areas::people::NEXT;
use crate::engine::field;
use crate::error::{StoreError, StoreResult};
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::{BlindColumn, BlindIndex};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::{Mutex, PoisonError, RwLock};

const FROM: &str = "blind-from";
const TO: &str = "blind-to";
const COLUMNS: [BlindColumn; 2] = [BlindColumn::Email, BlindColumn::Phone];
/// From so many together on, people go into the tree later.
const MANY: usize = 256;
/// From so many questions at once on, the filter is worth making.
const QUESTIONS: usize = 4096;
/// Room in the filter for people who are still to come.
const TO_COME: usize = 4_000_000;
/// So many people wait at most before they are put into the tree.
pub(super) const WAITING: usize = 1_000_000;
/// Hashes put into the tree in one transaction.
const TOGETHER: usize = 1 << 17;

/// The first eight bytes of a hash are as good as any hash of them.
#[derive(Default)]
struct Direct(u64);

impl Hasher for Direct {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

type Hints = HashMap<u64, u32, BuildHasherDefault<Direct>>;

/// Positions from `from` on and below `upto` are remembered.
#[derive(Default)]
struct Remembered {
    email: Hints,
    phone: Hints,
    from: u32,
    upto: u32,
}

impl Remembered {
    fn of(&self, column: BlindColumn) -> &Hints {
        match column {
            BlindColumn::Email => &self.email,
            BlindColumn::Phone => &self.phone,
        }
    }

    fn of_mut(&mut self, column: BlindColumn) -> &mut Hints {
        match column {
            BlindColumn::Email => &mut self.email,
            BlindColumn::Phone => &mut self.phone,
        }
    }
}

/// What all connections of one list remember together.
#[derive(Default)]
pub(super) struct Recent {
    remembered: RwLock<Remembered>,
    known: Mutex<Option<Known>>,
}

fn first_bytes(hash: &[u8; 16]) -> u64 {
    hash.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Whose hashes wait, in this transaction: from the first on, below the second.
fn waiting(connection: &Connection) -> StoreResult<(u32, u32)> {
    let at = |name| -> StoreResult<u32> {
        Ok(u32::try_from(connection.number(NEXT, (name,))?).unwrap_or(u32::MAX))
    };
    Ok((at(FROM)?, at(TO)?))
}

impl Recent {
    /// Reads what was committed since; called where nothing uncommitted is seen.
    pub(super) fn catch_up(&self, connection: &Connection) -> StoreResult<()> {
        let (from, to) = waiting(connection)?;
        let current = |kept: &Remembered| kept.from >= from && kept.upto >= to;
        if from == to || current(&self.remembered.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(());
        }
        let mut kept = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if kept.from < from {
            for column in COLUMNS {
                kept.of_mut(column).retain(|_, ordinal| *ordinal >= from);
            }
            kept.from = from;
        }
        let first = kept.upto.max(from);
        for column in COLUMNS {
            hashes::between(connection, kind(column), first, to, |ordinal, hash| {
                kept.of_mut(column).insert(first_bytes(&hash), ordinal);
            })?;
        }
        kept.upto = kept.upto.max(to);
        Ok(())
    }

    /// What a transaction added is committed: whoever waits below `to` was remembered while it was added.
    pub(super) fn committed(&self, to: u32) {
        let mut kept = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        kept.upto = kept.upto.max(to);
    }

    /// Who has each value.
    pub(super) fn find(
        &self,
        connection: &Connection,
        column: BlindColumn,
        keys: &[BlindIndex],
        writes: bool,
    ) -> StoreResult<Vec<Option<Ordinal>>> {
        let (from, to) = waiting(connection)?;
        if !writes {
            self.catch_up(connection)?;
        }
        let mut found = vec![None; keys.len()];
        if from < to {
            self.find_waiting(connection, column, keys, (from, to), &mut found)?;
        }
        self.find_in_tree(connection, column, keys, writes, &mut found)?;
        Ok(found)
    }

    /// Who stands in the tree with each value that nobody was found by yet.
    fn find_in_tree(
        &self,
        connection: &Connection,
        column: BlindColumn,
        keys: &[BlindIndex],
        writes: bool,
        found: &mut [Option<Ordinal>],
    ) -> StoreResult<()> {
        if connection.number(ANY, ())? == 0 {
            return Ok(());
        }
        let filter = if writes && keys.len() >= QUESTIONS { Some(self.known(connection)?) } else { None };
        let in_tree = |key: &BlindIndex| filter.as_ref().is_none_or(|known| known.may_have(&key.0));
        let mut sorted: Vec<(usize, &BlindIndex)> = keys
            .iter()
            .enumerate()
            .filter(|(place, key)| found.get(*place).is_some_and(Option::is_none) && in_tree(key))
            .collect();
        // In the order of the tree: neighbouring keys are on the same page.
        sorted.sort_unstable_by_key(|entry| entry.1);
        let mut find = connection.prepare_cached(FIND_BLIND)?;
        for (place, key) in sorted {
            let mut rows = find.query((field(column), key.0))?;
            if let (Some(row), Some(slot)) = (rows.next()?, found.get_mut(place)) {
                *slot = Some(Ordinal(row.get(0)?));
            }
        }
        if let Some(filter) = filter {
            *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(filter);
        }
        Ok(())
    }

    fn find_waiting(
        &self,
        connection: &Connection,
        column: BlindColumn,
        keys: &[BlindIndex],
        (from, to): (u32, u32),
        found: &mut [Option<Ordinal>],
    ) -> StoreResult<()> {
        let kept = self.remembered.read().unwrap_or_else(PoisonError::into_inner);
        if kept.from > from {
            // A long read: what it sees as waiting has been put into the tree since, and forgotten here.
            drop(kept);
            let mut seen = HashMap::new();
            hashes::between(connection, kind(column), from, to, |ordinal, hash| {
                seen.insert(hash, ordinal);
            })?;
            keys.iter().zip(found).for_each(|(key, found)| *found = seen.get(&key.0).copied().map(Ordinal));
            return Ok(());
        }
        for (key, found) in keys.iter().zip(found) {
            let Some(ordinal) = kept.of(column).get(&first_bytes(&key.0)).copied().map(Ordinal) else {
                continue;
            };
            if hashes::get(connection, kind(column), ordinal)? == Some(key.0) {
                *found = Some(ordinal);
            }
        }
        Ok(())
    }

    /// Adds hashes; one that another person has is a conflict.
    pub(super) fn add(
        &self,
        connection: &Connection,
        column: BlindColumn,
        rows: &[(BlindIndex, Ordinal)],
    ) -> StoreResult<()> {
        let keys: Vec<BlindIndex> = rows.iter().map(|row| row.0).collect();
        let many = rows.len() >= MANY;
        let mut holders = vec![None; rows.len()];
        if many {
            // Whoever waits is met where the new ones are remembered.
            self.find_in_tree(connection, column, &keys, true, &mut holders)?;
        } else {
            holders = self.find(connection, column, &keys, true)?;
        }
        let mut new = Vec::with_capacity(rows.len());
        for (row, holder) in rows.iter().zip(holders) {
            match holder {
                None => new.push(*row),
                Some(holder) if holder == row.1 => {}
                Some(holder) => return Err(held(row.1, holder)),
            }
        }
        new.sort_unstable_by_key(|row| (row.1, row.0));
        new.dedup();
        let at_once = if many { self.let_wait(connection, column, &new)? } else { new.clone() };
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            for row in &at_once {
                known.add(&row.0.0);
            }
        }
        into_tree(connection, column, at_once)?;
        keep(connection, column, &new)
    }

    /// Lets those wait who can; the others come back. The rows come in the order of ordinals.
    fn let_wait(
        &self,
        connection: &Connection,
        column: BlindColumn,
        new: &[(BlindIndex, Ordinal)],
    ) -> StoreResult<Vec<(BlindIndex, Ordinal)>> {
        let (from, to) = waiting(connection)?;
        let next = u32::try_from(connection.number(NEXT, ("ordinal",))?).unwrap_or(u32::MAX);
        let first = new.first().map_or(0, |row| row.1.0);
        // Whoever waits stands in one stretch of positions, which grows at its end.
        let from = if from == to { first } else { from };
        let mut kept = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if kept.upto < from || kept.from > from {
            // Nobody is remembered from here on yet.
            (kept.from, kept.upto) = (from, from);
            for column in COLUMNS {
                kept.of_mut(column).clear();
            }
        }
        let (mut at_once, mut before) = (Vec::new(), None);
        let mut end = to.max(from);
        let hints = kept.of_mut(column);
        hints.reserve(new.len());
        for row in new {
            // Only a person's first hash stands in `hash_block`.
            let is_first = before != Some(row.1);
            before = Some(row.1);
            let hint = hints.entry(first_bytes(&row.0.0));
            if let Entry::Occupied(hint) = &hint {
                let holder = Ordinal(*hint.get());
                if holder != row.1 && has(connection, column, new, holder, row.0)? {
                    return Err(held(row.1, holder));
                }
            }
            let fits = row.1.0 >= from && row.1.0 < next && is_first;
            let fits = fits && !matches!(&hint, Entry::Occupied(other) if *other.get() != row.1.0);
            if fits && is_free(connection, column, row.1, to)? {
                hint.or_insert(row.1.0);
                end = end.max(row.1.0 + 1);
            } else {
                at_once.push(*row);
            }
        }
        drop(kept);
        connection.run(SET_COUNTER, (FROM, from))?;
        connection.run(SET_COUNTER, (TO, end))?;
        Ok(at_once)
    }

    /// The filter of everything in the tree, taken out for use.
    fn known(&self, connection: &Connection) -> StoreResult<Known> {
        let kept = self.known.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(kept) = kept.filter(|known| known.room() > 0) {
            return Ok(kept);
        }
        let people = connection.number(NEXT, ("ordinal",))?;
        let people = usize::try_from(people).unwrap_or(usize::MAX);
        let mut known = Known::with_room(people.saturating_mul(3).saturating_add(TO_COME));
        for column in COLUMNS {
            hashes::each(connection, kind(column), |_, hash| known.add(&hash))?;
        }
        connection.each("SELECT hash FROM further", (), |row| {
            known.add(&row.get(0)?);
            Ok(())
        })?;
        Ok(known)
    }

    /// Puts everybody who waits into the tree. What is killed in the middle is done again, and comes to the same.
    pub(super) fn settle(&self, connection: &Connection) -> StoreResult<()> {
        loop {
            let (from, to) = waiting(connection)?;
            if from >= to {
                return Ok(());
            }
            let end = to.min(from.saturating_add(u32::try_from(WAITING).unwrap_or(u32::MAX)));
            for column in COLUMNS {
                let mut rows = Vec::new();
                hashes::between(connection, kind(column), from, end, |ordinal, hash| {
                    rows.push((BlindIndex(hash), Ordinal(ordinal)));
                })?;
                rows.sort_unstable_by_key(|row| row.0);
                if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                    for row in &rows {
                        known.add(&row.0.0);
                    }
                }
                for together in rows.chunks(TOGETHER) {
                    let step = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
                    insert(connection, column, together)?;
                    step.commit()?;
                }
            }
            connection.run(SET_COUNTER, (FROM, end))?;
            let mut kept = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
            kept.from = kept.from.max(end);
            kept.upto = kept.upto.max(end);
            for column in COLUMNS {
                kept.of_mut(column).retain(|_, ordinal| *ordinal >= end);
            }
        }
    }

    /// Gives the filter's memory back.
    pub(super) fn rest(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whose hashes wait.
    pub(super) fn waiting(connection: &Connection) -> StoreResult<Range<u32>> {
        waiting(connection).map(|(from, to)| from..to)
    }
}

const ANY: &str = "SELECT EXISTS (SELECT 1 FROM blind)";
const SET_COUNTER: &str = "INSERT INTO counter (name, next) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET next = excluded.next";

fn held(asker: Ordinal, holder: Ordinal) -> StoreError {
    let (asker, holder) = (asker.0, holder.0);
    StoreError::Conflict(format!("what supporter {asker} is found by already belongs to supporter {holder}"))
}

/// Whether `holder` is found by `hash`: by what is kept, or by another of the rows that are being added.
fn has(
    connection: &Connection,
    column: BlindColumn,
    rows: &[(BlindIndex, Ordinal)],
    holder: Ordinal,
    hash: BlindIndex,
) -> StoreResult<bool> {
    Ok(rows.binary_search_by_key(&(holder, hash), |row| (row.1, row.0)).is_ok()
        || hashes::get(connection, kind(column), holder)? == Some(hash.0))
}

/// Whether nothing stands in the person's slot. New people's slots are free without looking.
fn is_free(connection: &Connection, column: BlindColumn, ordinal: Ordinal, to: u32) -> StoreResult<bool> {
    Ok(ordinal.0 >= to || hashes::get(connection, kind(column), ordinal)?.is_none())
}

fn insert(
    connection: &Connection,
    column: BlindColumn,
    rows: &[(BlindIndex, Ordinal)],
) -> StoreResult<usize> {
    insert_many(connection, INSERT_BLIND, 3, rows, |bind, (index, ordinal)| {
        bind.next(field(column))?;
        bind.next(index.0)?;
        bind.next(ordinal.0)
    })
}

fn into_tree(
    connection: &Connection,
    column: BlindColumn,
    mut rows: Vec<(BlindIndex, Ordinal)>,
) -> StoreResult<()> {
    rows.sort_unstable_by_key(|row| row.0);
    if insert(connection, column, &rows)? < rows.len() {
        // Two people of one call have the same hash.
        let twice = rows.windows(2).find(|pair| matches!(pair, [one, next] if one.0 == next.0));
        let whose = twice.and_then(|pair| pair.last()).map_or(0, |row| row.1.0);
        return Err(StoreError::Conflict(format!(
            "what supporter {whose} is found by already belongs to another supporter"
        )));
    }
    Ok(())
}

/// Keeps by position what people are found by; the rows come in the order of ordinals.
pub(super) fn keep(
    connection: &Connection,
    column: BlindColumn,
    rows: &[(BlindIndex, Ordinal)],
) -> StoreResult<()> {
    hashes::edit(
        connection,
        kind(column),
        rows,
        |row| row.1,
        |slot, (index, ordinal)| {
            match slot.get()? {
                None => slot.set(Some(index.0)),
                Some(held) if held == index.0 => {}
                Some(_) => drop(connection.run(ADD_FURTHER, (ordinal.0, field(column), index.0))?),
            }
            Ok(())
        },
    )
}

#[cfg(test)]
mod tests;
