//! The unit of work of every engine.

use super::Engine;
use crate::coding::words::Words;
use crate::error::{StoreError, StoreResult};
use crate::traits::Tx;
use hustings_domain::ids::Ordinal;
use hustings_vault::vault::WrappedKey;

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
    failed: Option<StoreError>,
    keys: Vec<(Ordinal, WrappedKey)>,
    /// The first of those who were added in this transaction.
    added_from: Option<Ordinal>,
}

impl<E: Engine> Tx for Unit<'_, E> {}

impl<'a, E: Engine> Unit<'a, E> {
    pub(crate) fn new(connection: &'a E, words: &'a mut Words) -> Self {
        Self { db: Db { connection, words }, failed: None, keys: Vec::new(), added_from: None }
    }

    /// Runs one method of an area.
    pub(crate) fn run<T>(&mut self, work: impl FnOnce(&mut Db<'a, E>) -> StoreResult<T>) -> StoreResult<T> {
        self.check()?;
        let result = work(&mut self.db);
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    /// Refuses when a step has failed.
    pub(crate) fn check(&self) -> StoreResult<()> {
        match &self.failed {
            None => Ok(()),
            Some(why) => Err(why.passed_over()),
        }
    }

    /// The step that failed, if one did.
    pub(crate) fn failure(&self) -> Option<&StoreError> {
        self.failed.as_ref()
    }

    /// Remembers from whom on people were added.
    pub(crate) fn added(&mut self, first: Option<Ordinal>) {
        self.added_from = self.added_from.or(first);
    }

    /// Has keys of people who were added in this transaction kept before it ends.
    ///
    /// INVARIANT: a key that lies in one of their slots already is of a commit that failed, and may be put over; of
    /// nobody else is one taken here.
    pub(crate) fn stage_keys(&mut self, keys: &[(Ordinal, WrappedKey)]) -> StoreResult<()> {
        self.check()?;
        if let Some(other) = keys.iter().find(|key| self.added_from.is_none_or(|first| key.0 < first)) {
            return Err(StoreError::Conflict(format!(
                "supporter {} is not new, and keeps its key",
                other.0.0
            )));
        }
        self.keys.extend_from_slice(keys);
        Ok(())
    }

    /// The keys that are to be kept before this transaction ends.
    pub(crate) fn take_keys(&mut self) -> Vec<(Ordinal, WrappedKey)> {
        std::mem::take(&mut self.keys)
    }
}
