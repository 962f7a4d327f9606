//! The hashes of each person by position, many to a page: what an erasure must take out of `blind`, and what
//! stops are found by.

use super::sql::{Sql, blob};
use crate::error::{StoreError, StoreResult};
use hustings_domain::ids::Ordinal;
use rusqlite::Connection;

/// Bytes of a slot: 1 and the hash, or zeros.
const SLOT: usize = 17;
/// Slots of a block: 4,046 bytes, which with the row's own stay inside one page of 4,096.
const SLOTS: u32 = 238;

const BLOCK: &str = "SELECT slots FROM hash_block WHERE place = $1";
const PUT_BLOCK: &str = "INSERT OR REPLACE INTO hash_block (place, slots) VALUES ($1, $2)";
const SLOT_OF: &str = "SELECT substr(slots, $1, 17) FROM hash_block WHERE place = $2";
const BLOCKS: &str = "SELECT place, slots FROM hash_block WHERE place >= $1 AND place < $2 ORDER BY place";

/// What a hash is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The e-mail address, for finding the person.
    Email = 0,
    /// The phone number, for finding the person.
    Phone = 1,
    /// The e-mail address, for stops.
    Mail = 2,
}

impl Of {
    /// The first place of this kind's blocks; the next kind's begin `1 << 32` later.
    fn first(self) -> i64 {
        (self as i64) << 32
    }
}

/// One person's hash, where it is kept.
pub(super) struct Slot<'a>(&'a mut [u8]);

impl Slot<'_> {
    /// The hash, if there is one.
    pub(super) fn get(&self) -> StoreResult<Option<[u8; 16]>> {
        read(self.0)
    }

    /// Replaces it.
    pub(super) fn set(&mut self, hash: Option<[u8; 16]>) {
        let mut bytes = [0; SLOT];
        if let Some(hash) = hash {
            bytes = std::array::from_fn(|place| match place.checked_sub(1) {
                None => 1,
                Some(place) => hash.get(place).copied().unwrap_or(0),
            });
        }
        self.0.copy_from_slice(&bytes);
    }
}

fn damaged() -> StoreError {
    StoreError::Damaged("a block of hashes is cut".to_owned())
}

fn read(slot: &[u8]) -> StoreResult<Option<[u8; 16]>> {
    match slot.split_first().ok_or_else(damaged)? {
        (0, _) => Ok(None),
        (_, hash) => hash.try_into().map(Some).map_err(|_| damaged()),
    }
}

fn place_of(of: Of, ordinal: Ordinal) -> (i64, usize) {
    (of.first() + i64::from(ordinal.0 / SLOTS), usize::try_from(ordinal.0 % SLOTS).unwrap_or(0) * SLOT)
}

/// Calls `edit` with the slot of each row's person. Rows in the order of ordinals open each block once.
pub(super) fn edit<T>(
    connection: &Connection,
    of: Of,
    rows: &[T],
    ordinal: impl Fn(&T) -> Ordinal,
    mut edit: impl FnMut(&mut Slot<'_>, &T) -> StoreResult<()>,
) -> StoreResult<()> {
    let block = |row: &T| place_of(of, ordinal(row)).0;
    for together in rows.chunk_by(|one, next| block(one) == block(next)) {
        let Some(place) = together.first().map(block) else { continue };
        let found: Option<Vec<u8>> = connection.one(BLOCK, (place,), |row| Ok(row.get(0)?))?;
        let mut slots = found.unwrap_or_else(|| std::iter::repeat_n(0, SLOT * SLOTS as usize).collect());
        for row in together {
            let offset = place_of(of, ordinal(row)).1;
            let slot = slots.get_mut(offset..offset + SLOT).ok_or_else(damaged)?;
            edit(&mut Slot(slot), row)?;
        }
        connection.run(PUT_BLOCK, (place, slots))?;
    }
    Ok(())
}

/// One person's hash.
pub(super) fn get(connection: &Connection, of: Of, ordinal: Ordinal) -> StoreResult<Option<[u8; 16]>> {
    let (place, offset) = place_of(of, ordinal);
    let from = i64::try_from(offset).unwrap_or(0) + 1;
    let found = connection.one(SLOT_OF, (from, place), |row| read(blob(row, 0)?))?;
    Ok(found.flatten())
}

/// Takes one person's hash away and returns it.
pub(super) fn take(connection: &Connection, of: Of, ordinal: Ordinal) -> StoreResult<Option<[u8; 16]>> {
    let held = get(connection, of, ordinal)?;
    if held.is_some() {
        edit(
            connection,
            of,
            &[ordinal],
            |person| *person,
            |slot, _| {
                slot.set(None);
                Ok(())
            },
        )?;
    }
    Ok(held)
}

/// Calls `found` with every hash of a kind, in the order of ordinals: 17 bytes a person are read.
pub(super) fn each(connection: &Connection, of: Of, found: impl FnMut(u32, [u8; 16])) -> StoreResult<()> {
    between(connection, of, 0, u32::MAX, found)
}

/// The same of the people from `first` on and below `end`.
pub(super) fn between(
    connection: &Connection,
    of: Of,
    first: u32,
    end: u32,
    mut found: impl FnMut(u32, [u8; 16]),
) -> StoreResult<()> {
    let places = (of.first() + i64::from(first / SLOTS), of.first() + i64::from(end.div_ceil(SLOTS)));
    connection.each(BLOCKS, places, |row| {
        let block = u32::try_from(row.get::<_, i64>(0)? - of.first()).map_err(|_| damaged())?;
        let slots = blob(row, 1)?;
        for (place, slot) in (0_u32..).zip(slots.chunks(SLOT)) {
            let ordinal = block.saturating_mul(SLOTS).saturating_add(place);
            if (first..end).contains(&ordinal)
                && let Some(hash) = read(slot)?
            {
                found(ordinal, hash);
            }
        }
        Ok(())
    })
}
