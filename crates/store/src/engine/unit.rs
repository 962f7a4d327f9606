//! The unit of work of every engine.

use super::Engine;
use crate::coding::words::Words;
use crate::error::{StoreError, StoreResult};
use crate::traits::Tx;

/// A connection inside a transaction, with its words.
pub(crate) struct Db<'a, E> {
    pub(crate) connection: &'a E,
    pub(crate) words: &'a mut Words,
}

/// One transaction over every area.
///
/// INVARIANT: once a method has failed, every further one fails and the transaction is rolled back, so that a
/// caller who passes over an error cannot commit half of what it meant (on a full disk an engine has rolled
/// back by itself by then, and what followed would be on its own).
pub(crate) struct Unit<'a, E> {
    db: Db<'a, E>,
    failed: Option<String>,
}

impl<E: Engine> Tx for Unit<'_, E> {}

impl<'a, E: Engine> Unit<'a, E> {
    pub(crate) fn new(connection: &'a E, words: &'a mut Words) -> Self {
        Self { db: Db { connection, words }, failed: None }
    }

    /// Runs one method of an area.
    pub(crate) fn run<T>(&mut self, work: impl FnOnce(&mut Db<'a, E>) -> StoreResult<T>) -> StoreResult<T> {
        self.check()?;
        let result = work(&mut self.db);
        if let Err(error) = &result {
            self.failed = Some(error.to_string());
        }
        result
    }

    /// Refuses when a step has failed.
    pub(crate) fn check(&self) -> StoreResult<()> {
        match &self.failed {
            None => Ok(()),
            Some(why) => {
                Err(StoreError::Conflict(format!("nothing is kept, because a step before had failed: {why}")))
            }
        }
    }
}
