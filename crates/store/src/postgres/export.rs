//! Copies of a list for keeping elsewhere. A copy is a list on SQLite: whoever has it needs no server to look into
//! it, and `hustings restore` takes it as it takes any backup.

use super::keys::Keys;
use super::pool::Pool;
use crate::engine::Engine;
use crate::error::{StoreError, StoreResult};
use crate::keys::KeyStore;
use crate::sqlite;
use crate::transfer;
use hustings_domain::ids::Ordinal;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;

/// How many keys go over at a time.
const KEYS_TOGETHER: usize = 20_000;

/// Writes the main data, of one state, to a new file.
pub(super) fn data(pool: &Pool, to: &Path) -> StoreResult<()> {
    sqlite::make_copy(to, &sqlite::MAIN, |target| {
        let link = pool.begin(super::READ)?;
        let done = copy_tables(&link.connection, target);
        pool.roll_back(link);
        done
    })
}

fn copy_tables(from: &super::link::Connection, to: &Connection) -> StoreResult<()> {
    let transaction = Transaction::new_unchecked(to, TransactionBehavior::Immediate)?;
    sqlite::on_copy(&transaction, |target| {
        for table in transfer::tables() {
            Engine::execute(target, table.empty, &[])?;
            transfer::copy(from, target, table, &mut |_| Ok(()))?;
        }
        sqlite::rebuild_hashes(&transaction)?;
        for table in transfer::tables() {
            if transfer::digest(from, table)? != transfer::digest(target, table)? {
                return Err(StoreError::Damaged(format!(
                    "the copy of `{}` is not what was read",
                    table.name
                )));
            }
        }
        Ok(())
    })?;
    Ok(transaction.commit()?)
}

/// Writes the keys to a new file.
pub(super) fn keys(keys: &Keys, to: &Path) -> StoreResult<()> {
    sqlite::make_copy(to, &sqlite::KEYS, |target| {
        let held = keys.holders()?;
        let transaction = Transaction::new_unchecked(target, TransactionBehavior::Immediate)?;
        for together in held.chunks(KEYS_TOGETHER) {
            let found = keys.get_many(together)?;
            let rows: Vec<_> = together
                .iter()
                .zip(found)
                // Who was erased meanwhile must not be in the copy.
                .filter_map(|(ordinal, key)| Some((*ordinal, key?)))
                .collect();
            sqlite::put_keys(&transaction, &rows)?;
        }
        if let Some(header) = keys.header()? {
            sqlite::put_header(&transaction, &header)?;
        }
        Ok(transaction.commit()?)
    })
}

/// Positions as the server gives them.
pub(super) fn ordinals(numbers: Vec<i64>) -> StoreResult<Vec<Ordinal>> {
    let ordinal = |number: i64| {
        u32::try_from(number)
            .map(Ordinal)
            .map_err(|_| StoreError::Damaged("a key belongs to no position".to_owned()))
    };
    numbers.into_iter().map(ordinal).collect()
}
