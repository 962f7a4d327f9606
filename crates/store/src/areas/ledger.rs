//! The rows of the decision ledger: added at the end, never changed.

use crate::coding::numbers::signed;
use crate::engine::{Engine, OrConflict, Sql, Unit};
use crate::error::{StoreError, StoreResult};
use crate::traits::LedgerRows;
use hustings_ledger::Hash;

const SIZE: &str = "SELECT max(place) + 1 FROM ledger_entry";
const APPEND: &str = "INSERT INTO ledger_entry (place, entry) VALUES ($1, $2)";
const ADD_NODE: &str = "INSERT INTO ledger_node (level, place, hash) VALUES ($1, $2, $3)";
const ENTRY: &str = "SELECT entry FROM ledger_entry WHERE place = $1";
const ENTRIES: &str = "SELECT entry FROM ledger_entry WHERE place >= $1 ORDER BY place LIMIT $2";
const NODE: &str = "SELECT hash FROM ledger_node WHERE level = $1 AND place = $2";

impl<E: Engine> LedgerRows for Unit<'_, E> {
    fn ledger_size(&mut self) -> StoreResult<u64> {
        self.run(|db| db.connection.number(SIZE, ()))
    }

    fn append_ledger_row(
        &mut self,
        index: u64,
        entry: &[u8],
        nodes: &[((u8, u64), Hash)],
    ) -> StoreResult<()> {
        self.run(|db| {
            let size = db.connection.number(SIZE, ())?;
            if index != size {
                return Err(StoreError::Conflict(format!("the next ledger entry is {size}, not {index}")));
            }
            db.connection.run(APPEND, (signed(index)?, entry))?;
            for ((level, place), hash) in nodes {
                db.connection
                    .run(ADD_NODE, (level, signed(*place)?, hash.0))
                    .or_conflict(|| format!("the ledger has node {place} of level {level} already"))?;
            }
            Ok(())
        })
    }

    fn ledger_entry(&mut self, index: u64) -> StoreResult<Option<Vec<u8>>> {
        self.run(|db| db.connection.one(ENTRY, (signed(index)?,), |row| row.get(0)))
    }

    fn ledger_entries(&mut self, from: u64, limit: u32) -> StoreResult<Vec<Vec<u8>>> {
        self.run(|db| db.connection.all(ENTRIES, (signed(from)?, limit), |row| row.get(0)))
    }

    fn ledger_node(&mut self, level: u8, index: u64) -> StoreResult<Option<Hash>> {
        self.run(|db| db.connection.one(NODE, (level, signed(index)?), |row| Ok(Hash(row.get(0)?))))
    }
}
