//! The handle that the use cases hold: one read or one write transaction at a time, whatever the backend.

use crate::error::{StoreError, StoreResult};
use crate::keys::KeyStore;
use crate::traits::Tx;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What a backend must be able to do besides the areas of [`Tx`].
///
/// Durability: when `write` returns `Ok`, what was written survives the loss of power. Isolation: a write
/// transaction sees and makes its changes alone; a read transaction sees one state throughout.
pub trait Backend: Send + Sync + std::fmt::Debug {
    /// Runs `work` in a read transaction; writes inside fail.
    fn with_read(&self, work: &mut dyn FnMut(&mut dyn Tx)) -> StoreResult<()>;

    /// Runs `work` in the one write transaction; commits when it returns true, else rolls back.
    fn with_write(&self, work: &mut dyn FnMut(&mut dyn Tx) -> bool) -> StoreResult<()>;

    /// Where the wrapped keys are kept: a file or schema of their own.
    fn keys(&self) -> &dyn KeyStore;

    /// Ends a stretch of work that brought people by the thousand: what was put off is done.
    fn settle(&self) -> StoreResult<()> {
        Ok(())
    }

    /// Writes a consistent copy of the main data (not the keys) while service goes on.
    fn back_up(&self, to: &Path) -> StoreResult<()>;

    /// The epoch under which this process is one of those that write; none where there can be one only.
    fn node(&self) -> Option<u64> {
        None
    }

    /// `Fenced` once this process has learned that another took its work over.
    fn check_standing(&self) -> StoreResult<()> {
        Ok(())
    }

    /// The way to hear of changes that other processes commit; none where there are no others.
    fn listen(&self) -> Option<Box<dyn Listen>> {
        None
    }
}

/// Hears of changes.
pub trait Listen: Send {
    /// Returns when the change feed may have grown, or after `at_most`; also when nothing can be heard just now.
    fn wait(&mut self, at_most: Duration);
}

/// A list's store.
#[derive(Debug, Clone)]
pub struct Store(Arc<dyn Backend>);

impl Store {
    /// The store on this backend.
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self(backend)
    }

    /// Reads one state of everything.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut work, mut result) = (Some(work), None);
        self.0.with_read(&mut |tx| {
            if let Some(work) = work.take() {
                result = Some(work(tx));
            }
        })?;
        result.unwrap_or_else(|| Err(StoreError::Engine("the read never ran".to_owned()).into()))
    }

    /// Changes things in one transaction: all of it, or, when `work` fails, nothing.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut work, mut result) = (Some(work), None);
        self.0.with_write(&mut |tx| {
            if let Some(work) = work.take() {
                result = Some(work(tx));
            }
            matches!(result, Some(Ok(_)))
        })?;
        result.unwrap_or_else(|| Err(StoreError::Engine("the write never ran".to_owned()).into()))
    }

    /// The epoch under which this process is one of those that write; none where there can be one only.
    pub fn node(&self) -> Option<u64> {
        self.0.node()
    }

    /// `Fenced` once this process has learned that another took its work over.
    pub fn check_standing(&self) -> StoreResult<()> {
        self.0.check_standing()
    }

    /// The way to hear of changes that other processes commit; none where there are no others.
    pub fn listen(&self) -> Option<Box<dyn Listen>> {
        self.0.listen()
    }

    /// The wrapped keys.
    pub fn keys(&self) -> &dyn KeyStore {
        self.0.keys()
    }

    /// To be called after bringing people by the thousand: puts them where looking them up is cheapest.
    pub fn settle(&self) -> StoreResult<()> {
        self.0.settle()
    }

    /// Writes a consistent copy of the main data to a file.
    pub fn back_up(&self, to: &Path) -> StoreResult<()> {
        self.0.back_up(to)
    }
}
