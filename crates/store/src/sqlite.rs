//! A list in a folder: `hustings.db`, `keys.db` and a lock, on SQLite with a write-ahead log. One connection
//! writes, several read; a commit is on the disk before it returns (`synchronous = FULL`).

mod consents;
mod deliveries;
mod engine;
mod files;
mod group;
mod hashes;
mod keys;
mod known;
mod people;
mod recent;
mod sql;
mod suppressions;
#[cfg(test)]
mod tests;
mod verify;

use crate::areas::notes::{META, SET_META};
use crate::coding::words::Words;
use crate::engine::Unit;
use crate::error::{StoreError, StoreResult};
use crate::handle::{Backend, Store};
use crate::keys::KeyStore;
use crate::traits::Tx;
pub(crate) use engine::Lite;
use files::Use;
pub(crate) use files::{KEYS, MAIN};
use group::Writer;
use hustings_domain::ids::Ordinal;
use hustings_vault::vault::WrappedKey;
use keys::Keys;
use recent::Recent;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use sql::Sql;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How many idle reading connections are kept.
const IDLE_READERS: usize = 8;

/// A connection and what it remembers of the dictionary.
struct Link {
    connection: Connection,
    words: Words,
}

impl Link {
    fn new(connection: Connection) -> Self {
        Self { connection, words: Words::default() }
    }
}

/// The backend on SQLite. [`Sqlite::create`] and [`Sqlite::open`] are the ways to one.
///
/// A thread that is inside [`Store::write`] must not begin another write: there is one writer, and it would
/// wait for itself. Reading inside a write is allowed, and reads what was committed before.
pub struct Sqlite {
    folder: PathBuf,
    writer: Option<Writer>,
    readers: Mutex<Vec<Link>>,
    recent: Recent,
    keys: Keys,
    /// INVARIANT: held for as long as anything can be written; the last field, so that it is dropped last.
    _lock: Option<File>,
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Sqlite {
    /// Makes a new, empty list in `folder`, which is made as well when it is missing.
    ///
    /// `AlreadyThere` when a list, or the keys of one, lie there; `InUse` when another process is at it.
    pub fn create(folder: &Path) -> StoreResult<Store> {
        std::fs::create_dir_all(folder).map_err(files::refused(folder))?;
        let lock = files::lock(folder)?;
        if folder.join(MAIN.name).exists() {
            return Err(StoreError::AlreadyThere(folder.to_owned()));
        }
        // Keys first: a folder with `hustings.db` is whole. Keys alone are either the rest of a `create` that
        // was cut short (and hold nothing), or somebody's only way back to a list.
        if folder.join(KEYS.name).exists() {
            let keys = files::open(folder, &KEYS, Use::Reading)?;
            let untouched = keys::tallied(&keys)? == 0 && keys::is_without_header(&keys)?;
            if !untouched {
                return Err(StoreError::AlreadyThere(folder.to_owned()));
            }
        } else {
            files::make(folder, &KEYS)?;
        }
        files::make(folder, &MAIN)?;
        Ok(Store::new(Arc::new(Self::start(folder, lock)?)))
    }

    /// Opens the list in `folder`, alone, and brings it up to this program's version, after copying it to
    /// `before-migration-N` when that changes anything.
    ///
    /// `NotThere`, `InUse`, `Newer`, `Damaged`.
    pub fn open(folder: &Path) -> StoreResult<Store> {
        Ok(Store::new(Arc::new(Self::open_alone(folder)?)))
    }

    /// The same, for a list that is to be moved elsewhere.
    pub(crate) fn open_alone(folder: &Path) -> StoreResult<Self> {
        Self::check_there(folder)?;
        let lock = files::lock(folder)?;
        Self::start(folder, lock)
    }

    /// Runs `work` on the writing connection, outside any transaction.
    pub(crate) fn with_connection<T>(
        &self,
        work: impl FnOnce(&Lite<'_>) -> StoreResult<T>,
    ) -> StoreResult<T> {
        self.alone(|connection| work(&Lite::writing(connection, &self.recent)?))
    }

    /// Opens the list in `folder` for reading, beside a process that may be writing; writes are `InUse`.
    ///
    /// A list of an older version is a conflict: open it once for writing.
    pub fn open_reading(folder: &Path) -> StoreResult<Store> {
        Self::check_there(folder)?;
        let main = files::open(folder, &MAIN, Use::Reading)?;
        let keys = files::open(folder, &KEYS, Use::Reading)?;
        for (connection, kind) in [(&main, &MAIN), (&keys, &KEYS)] {
            if files::check_version(connection, kind.migrations)? < files::newest(kind.migrations) {
                return Err(StoreError::Conflict(
                    "the data are of an older version: start `hustings serve` once to bring them up to date"
                        .to_owned(),
                ));
            }
        }
        Ok(Store::new(Arc::new(Self {
            folder: folder.to_owned(),
            writer: None,
            readers: Mutex::new(vec![Link::new(main)]),
            recent: Recent::default(),
            keys: Keys::new(folder.to_owned(), None, keys),
            _lock: None,
        })))
    }

    /// Reads the whole list, or a backup that lies in `folder` under the same names, and says in words what
    /// does not hold together; nothing when all does.
    pub fn verify(folder: &Path) -> StoreResult<Vec<String>> {
        Self::check_there(folder)?;
        verify::verify(folder)
    }

    /// Whether some process, this one included, holds the list in `folder` open for writing.
    pub fn in_use(folder: &Path) -> StoreResult<bool> {
        match files::lock(folder) {
            Ok(_) => Ok(false),
            Err(StoreError::InUse(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Bytes that may still be written where `path` lies.
    pub fn free_space(path: &Path) -> StoreResult<u64> {
        files::free_space(path)
    }

    /// The bytes of the data and of the keys in `folder`, logs included.
    pub fn size(folder: &Path) -> u64 {
        let names =
            [MAIN.name, KEYS.name].into_iter().flat_map(|name| [name.to_owned(), format!("{name}-wal")]);
        names.filter_map(|name| std::fs::metadata(folder.join(name)).ok()).map(|file| file.len()).sum()
    }

    /// Reads a copy that [`Store::back_up`] wrote, without changing it or putting anything beside it.
    pub fn peek<T, E: From<StoreError>>(
        copy: &Path,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = files::open_copy(copy)?;
        work(&mut Unit::new(&Lite::reading(&connection, &Recent::default()), &mut Words::default()))
    }

    fn check_there(folder: &Path) -> StoreResult<()> {
        if folder.join(MAIN.name).is_file() { Ok(()) } else { Err(StoreError::NotThere(folder.to_owned())) }
    }

    fn start(folder: &Path, lock: File) -> StoreResult<Self> {
        let main = files::open(folder, &MAIN, Use::Writing)?;
        let keys = files::open(folder, &KEYS, Use::Writing)?;
        bring_up_to_date(folder, &main, MAIN.migrations, &keys, KEYS.migrations)?;
        bump_epoch(&main).map_err(|error| files::placed(error, folder))?;
        let reader = files::open(folder, &KEYS, Use::Reading)?;
        // An import that was killed left people who wait.
        let recent = Recent::default();
        recent.settle(&main).map_err(|error| files::placed(error, folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            writer: Some(Writer::new(Link::new(main))),
            readers: Mutex::new(Vec::new()),
            recent,
            keys: Keys::new(folder.to_owned(), Some(keys), reader),
            _lock: Some(lock),
        })
    }

    fn put_in_place(&self, connection: &Connection) -> StoreResult<()> {
        self.recent.settle(connection).map_err(|error| files::placed(error, &self.folder))
    }

    fn with_reader<T>(&self, work: impl FnOnce(&mut Link) -> StoreResult<T>) -> StoreResult<T> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => Link::new(files::open(&self.folder, &MAIN, Use::Reading)?),
        };
        let result = work(&mut reader);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        result
    }
}

/// The lock of a data folder, whatever its list is kept in: one process at a time works from it.
pub(crate) fn lock_folder(folder: &Path) -> StoreResult<File> {
    files::lock(folder)
}

/// Makes a database of a kind at `to`, filled by `fill`, complete or not at all.
pub(crate) fn make_copy(
    to: &Path,
    kind: &files::Kind,
    fill: impl FnOnce(&Connection) -> StoreResult<()>,
) -> StoreResult<()> {
    files::make_at(to, kind, fill)
}

/// Runs `work` on a copy that is being made.
pub(crate) fn on_copy<T>(
    connection: &Connection,
    work: impl FnOnce(&Lite<'_>) -> StoreResult<T>,
) -> StoreResult<T> {
    work(&Lite::writing(connection, &Recent::default())?)
}

/// Fills the blocks of hashes, which only this engine has, from the records.
pub(crate) fn rebuild_hashes(connection: &Connection) -> StoreResult<()> {
    people::rebuild_hashes(connection)
}

/// Adds keys to a copy.
pub(crate) fn put_keys(connection: &Connection, rows: &[(Ordinal, WrappedKey)]) -> StoreResult<()> {
    keys::put_many(connection, rows)
}

/// Sets the header of a copy.
pub(crate) fn put_header(connection: &Connection, json: &str) -> StoreResult<()> {
    keys::put_header(connection, json)
}

/// Copies both files, then takes the missing steps.
fn bring_up_to_date(
    folder: &Path,
    main: &Connection,
    main_steps: &[&str],
    keys: &Connection,
    key_steps: &[&str],
) -> StoreResult<()> {
    let main_version = files::check_version(main, main_steps)?;
    let key_version = files::check_version(keys, key_steps)?;
    if main_version == files::newest(main_steps) && key_version == files::newest(key_steps) {
        return Ok(());
    }
    let copies = files::before_migration(folder, main_version);
    std::fs::create_dir_all(&copies).map_err(files::refused(&copies))?;
    for (connection, kind) in [(main, &MAIN), (keys, &KEYS)] {
        match files::copy_database(connection, &copies.join(kind.name)) {
            // A migration that was cut short left its copy, which is of the older state and so the better one.
            Ok(()) | Err(StoreError::AlreadyThere(_)) => {}
            Err(error) => return Err(error),
        }
    }
    files::migrate(keys, key_steps, key_version)?;
    files::migrate(main, main_steps, main_version)
}

/// Counts the openings for writing, so that claims of an earlier process can be told from this one's.
fn bump_epoch(connection: &Connection) -> StoreResult<()> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let last: Option<String> = transaction.one(META, ("epoch",), |row| Ok(row.get(0)?))?;
    let last: u64 = match last {
        None => 0,
        Some(text) => {
            text.parse().map_err(|_| StoreError::Damaged("the epoch is not a number".to_owned()))?
        }
    };
    transaction.run(SET_META, ("epoch", (last + 1).to_string()))?;
    Ok(transaction.commit()?)
}

impl Backend for Sqlite {
    fn with_read(&self, work: &mut dyn FnMut(&mut dyn Tx)) -> StoreResult<()> {
        self.with_reader(|reader| {
            let Link { connection, words } = reader;
            let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
            work(&mut Unit::new(&Lite::reading(&transaction, &self.recent), words));
            Ok(transaction.rollback()?)
        })
        .map_err(|error| files::placed(error, &self.folder))
    }

    fn with_write(&self, work: &mut dyn FnMut(&mut dyn Tx) -> bool) -> StoreResult<()> {
        self.write_in_group(work)
    }

    fn settle(&self) -> StoreResult<()> {
        self.alone(|connection| self.put_in_place(connection))?;
        self.recent.rest();
        Ok(())
    }

    fn keys(&self) -> &dyn KeyStore {
        &self.keys
    }

    fn back_up(&self, to: &Path) -> StoreResult<()> {
        self.with_reader(|reader| files::copy_database(&reader.connection, to))
            .map_err(|error| files::placed(error, &self.folder))
    }
}
