//! The wrapped keys of the supporters, in a file or schema of their own with short-lived backups of their own.

use crate::error::StoreResult;
use hustings_domain::ids::Ordinal;
use hustings_vault::vault::WrappedKey;
use std::path::Path;

/// Keeps one wrapped key per supporter, and the vault's header.
///
/// Order of writing: a key is durable *before* the record that it seals is committed, so a crash between the
/// two leaves a key without a record (harmless, swept by `sweep`), never a record without a key. Destroying
/// goes the other way: the record first, with a note in the same transaction (`Shreds`), then the key.
pub trait KeyStore: Send + Sync + std::fmt::Debug {
    /// The vault's header as stored JSON; none before `set_header`.
    fn header(&self) -> StoreResult<Option<String>>;

    /// Replaces the header.
    fn set_header(&self, json: &str) -> StoreResult<()>;

    /// Adds keys, durable on return. An ordinal that has a key already is a conflict.
    fn put_many(&self, keys: &[(Ordinal, WrappedKey)]) -> StoreResult<()>;

    /// A supporter's key.
    fn get(&self, ordinal: Ordinal) -> StoreResult<Option<WrappedKey>>;

    /// The keys of several supporters, in the order asked.
    fn get_many(&self, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<WrappedKey>>>;

    /// Destroys a key for ever: overwritten, deleted, and out of the write-ahead log on return. Idempotent.
    fn destroy(&self, ordinal: Ordinal) -> StoreResult<()>;

    /// Destroys several keys as [`KeyStore::destroy`] does one; a backend that can do it at one cost should.
    fn destroy_many(&self, ordinals: &[Ordinal]) -> StoreResult<()> {
        ordinals.iter().try_for_each(|ordinal| self.destroy(*ordinal))
    }

    /// Destroys every key at or above `first`: keys of records that a crash kept from being committed.
    fn sweep(&self, first: Ordinal) -> StoreResult<u64>;

    /// How many keys there are.
    fn count(&self) -> StoreResult<u64>;

    /// Writes a consistent copy of the keys while service goes on.
    fn back_up(&self, to: &Path) -> StoreResult<()>;
}
