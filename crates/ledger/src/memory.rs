//! A log held in memory: for tests, and for whoever uses the ledger without a store.

use crate::hash::{Hash, leaf_hash};
use crate::publish::LogSource;
use crate::tree::{self, Error, NodeReader};

/// Entries and the hashes of their complete subtrees.
#[derive(Debug, Clone, Default)]
pub struct MemoryLog {
    entries: Vec<Vec<u8>>,
    levels: Vec<Vec<Hash>>,
}

impl MemoryLog {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry and gives its index.
    pub fn push(&mut self, entry: impl Into<Vec<u8>>) -> Result<u64, Error> {
        let (index, entry) = (self.size(), entry.into());
        for ((level, _), hash) in tree::append(index, leaf_hash(&entry), self)? {
            let level = usize::from(level);
            if self.levels.len() <= level {
                self.levels.resize_with(level + 1, Vec::new);
            }
            if let Some(row) = self.levels.get_mut(level) {
                row.push(hash);
            }
        }
        self.entries.push(entry);
        Ok(index)
    }

    /// The root over everything so far.
    pub fn root(&self) -> Result<Hash, Error> {
        tree::root(self.size(), self)
    }
}

impl NodeReader for MemoryLog {
    fn node(&self, level: u8, index: u64) -> Result<Hash, Error> {
        let row = self.levels.get(usize::from(level));
        let hash = usize::try_from(index).ok().and_then(|index| row?.get(index));
        hash.copied().ok_or(Error::MissingNode { level, index })
    }
}

impl LogSource for MemoryLog {
    fn size(&self) -> u64 {
        u64::try_from(self.entries.len()).unwrap_or(u64::MAX)
    }

    fn entry(&self, index: u64) -> Result<Vec<u8>, Error> {
        let entry = usize::try_from(index).ok().and_then(|index| self.entries.get(index));
        entry.cloned().ok_or(Error::MissingEntry(index))
    }
}
