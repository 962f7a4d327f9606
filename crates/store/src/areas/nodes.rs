//! Which processes may write. SQLite has one, the newest; PostgreSQL keeps a row for each.

use crate::coding::numbers::{signed, unsigned};
use crate::engine::{Dialect, Engine, Sql, Unit};
use crate::error::{StoreError, StoreResult};
use crate::traits::Nodes;

const NEWEST: &str = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'epoch'";
const LIVE: &str = "SELECT epoch FROM node ORDER BY epoch";
const NONE: &str = "SELECT 0 WHERE 1 = 0";
const EXPIRED: &str = "SELECT epoch FROM node WHERE expires <= clock_timestamp() ORDER BY epoch";
const FENCE: &str = "DELETE FROM node WHERE epoch = $1 AND expires <= clock_timestamp()";

impl<E: Engine> Nodes for Unit<'_, E> {
    fn live_nodes(&mut self) -> StoreResult<Vec<u64>> {
        self.run(|db| db.connection.all(E::DIALECT.of(NEWEST, LIVE), (), |row| unsigned(row.get(0)?)))
    }

    fn expired_nodes(&mut self) -> StoreResult<Vec<u64>> {
        self.run(|db| db.connection.all(E::DIALECT.of(NONE, EXPIRED), (), |row| unsigned(row.get(0)?)))
    }

    fn fence_node(&mut self, epoch: u64) -> StoreResult<()> {
        self.run(|db| match E::DIALECT {
            Dialect::Sqlite => Err(StoreError::Conflict("one process alone has this list open".to_owned())),
            Dialect::Postgres => db.connection.run(FENCE, (signed(epoch)?,)).map(drop),
        })
    }
}
