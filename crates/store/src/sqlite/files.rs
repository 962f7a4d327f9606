//! The folder of a list: which files it has, the lock that fences a second process, and how the two databases
//! are made, opened, brought up to date and copied.

use crate::error::{StoreError, StoreResult};
use fs4::TryLockError;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One of the two databases of a list.
pub(crate) struct Kind {
    /// The file's name.
    pub(super) name: &'static str,
    /// What marks the file as this program's (`PRAGMA application_id`).
    mark: i32,
    /// The steps from nothing to the newest version.
    pub(super) migrations: &'static [&'static str],
}

/// Everything but keys.
pub(crate) const MAIN: Kind = Kind {
    name: "hustings.db",
    mark: 0x4855_5354,
    migrations: &[
        include_str!("migrations/0001.sql"),
        include_str!("migrations/0002.sql"),
        include_str!("migrations/0003.sql"),
        include_str!("migrations/0004.sql"),
        include_str!("migrations/0005.sql"),
        include_str!("migrations/0006.sql"),
        include_str!("migrations/0007.sql"),
        include_str!("migrations/0008.sql"),
        include_str!("migrations/0009.sql"),
        include_str!("migrations/0010.sql"),
    ],
};

/// The wrapped keys.
pub(crate) const KEYS: Kind =
    Kind { name: "keys.db", mark: 0x4855_534b, migrations: &[include_str!("migrations/keys-0001.sql")] };

const PATIENCE: Duration = Duration::from_secs(5);

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The one that writes.
    Writing,
    /// One of several that read.
    Reading,
}

/// Names the file in an error of the file system.
pub(super) fn refused(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_owned();
    |error| {
        if StoreError::is_no_room(&error) {
            StoreError::DiskFull
        } else {
            StoreError::Files { path, why: error.to_string() }
        }
    }
}

/// Names the folder in an error that did not know it.
pub(super) fn placed(error: StoreError, folder: &Path) -> StoreError {
    match error {
        StoreError::InUse(_) => StoreError::InUse(folder.to_owned()),
        other => other,
    }
}

/// Takes the lock, which lasts as long as the file is open (and so ends with the process, however it ends).
pub(super) fn lock(folder: &Path) -> StoreResult<File> {
    let path = folder.join("lock");
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(refused(&path))?;
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(refused(&path)(error)),
    }
}

/// Makes an empty file that nobody else on the machine can read; one that is there is a conflict.
fn private_file(path: &Path) -> StoreResult<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(StoreError::AlreadyThere(path.to_owned()))
        }
        Err(error) => Err(refused(path)(error)),
    }
}

/// Makes one empty database of a list.
pub(super) fn make(folder: &Path, kind: &Kind) -> StoreResult<()> {
    make_at(&folder.join(kind.name), kind, |_| Ok(()))
}

/// Makes one database, complete or not at all: it gets its name only when it is whole.
pub(super) fn make_at(
    path: &Path,
    kind: &Kind,
    fill: impl FnOnce(&Connection) -> StoreResult<()>,
) -> StoreResult<()> {
    if path.exists() {
        return Err(StoreError::AlreadyThere(path.to_owned()));
    }
    let partial = with_ending(path, ".new");
    for leftover in [partial.clone(), with_ending(path, ".new-wal"), with_ending(path, ".new-shm")] {
        remove_if_there(&leftover)?;
    }
    private_file(&partial)?;
    let connection = connect(&partial)?;
    connection.execute_batch(&format!(
        "PRAGMA page_size = 4096; PRAGMA application_id = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
        kind.mark
    ))?;
    migrate(&connection, kind.migrations, 0)?;
    let filled = fill(&connection);
    connection.close().map_err(|(_, error)| error)?;
    if filled.is_err() {
        // The making has failed already; what matters is to say why, and not whether its rest could be removed.
        drop(std::fs::remove_file(&partial));
    }
    filled?;
    std::fs::rename(&partial, path).map_err(refused(path))?;
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(Ok(()), sync_folder)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn remove_if_there(path: &Path) -> StoreResult<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(refused(path)(error)),
        _ => Ok(()),
    }
}

/// Bytes that may still be written where `path` lies; the nearest folder that exists is asked.
pub(super) fn free_space(path: &Path) -> StoreResult<u64> {
    let there = path.ancestors().find(|place| place.exists()).unwrap_or(Path::new("."));
    fs4::available_space(there).map_err(refused(there))
}

fn sync_folder(folder: &Path) -> StoreResult<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(refused(folder))
}

fn connect(path: &Path) -> StoreResult<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

/// Opens one database and tunes the connection. What is no database, or not one of ours, is damage.
pub(super) fn open(folder: &Path, kind: &Kind, usage: Use) -> StoreResult<Connection> {
    let path = folder.join(kind.name);
    if !path.is_file() {
        return Err(StoreError::Damaged(format!("`{}` is missing", kind.name)));
    }
    let connection = connect(&path)?;
    let mark: i32 = connection.query_row("PRAGMA application_id", (), |row| row.get(0)).map_err(|error| {
        match StoreError::from(error) {
            StoreError::Damaged(_) => StoreError::Damaged(format!("`{}` is not a database", kind.name)),
            other => placed(other, folder),
        }
    })?;
    if mark != kind.mark {
        return Err(StoreError::Damaged(format!("`{}` is not a list's database", kind.name)));
    }
    let tuning = match usage {
        // 64 MiB of cache, and 128 MiB of log before it is folded in; what is deleted is overwritten. No memory
        // map: it makes writing slower.
        Use::Writing => {
            "PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 134217728; PRAGMA wal_autocheckpoint = 32768;
             PRAGMA secure_delete = ON;"
        }
        Use::Reading => "PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456; PRAGMA query_only = ON;",
    };
    connection.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
         {tuning}"
    ))?;
    Ok(connection)
}

/// Opens a copy of the main database as it lies there: nothing is written into it or beside it, so it must
/// not be a file that somebody is writing to.
pub(super) fn open_copy(copy: &Path) -> StoreResult<Connection> {
    if !copy.is_file() {
        return Err(StoreError::NotThere(copy.to_owned()));
    }
    let not_a_copy = || StoreError::Damaged("the copy is not a list's database".to_owned());
    // In a URI these three have a meaning of their own (RFC 3986, section 2.2).
    let path = copy.to_str().ok_or_else(not_a_copy)?;
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(format!("file:{path}?immutable=1"), flags)?;
    let mark: i32 = connection.query_row("PRAGMA application_id", (), |row| row.get(0))?;
    if mark != MAIN.mark {
        return Err(not_a_copy());
    }
    let found = check_version(&connection, MAIN.migrations)?;
    if found < newest(MAIN.migrations) {
        return Err(StoreError::Conflict(
            "the copy is of an older version: open it as a list first".to_owned(),
        ));
    }
    Ok(connection)
}

/// The version that a database has.
pub(super) fn version(connection: &Connection) -> StoreResult<u32> {
    Ok(connection.query_row("PRAGMA user_version", (), |row| row.get(0))?)
}

/// The newest version that the steps lead to.
pub(super) fn newest(migrations: &[&str]) -> u32 {
    u32::try_from(migrations.len()).unwrap_or(u32::MAX)
}

/// Refuses what a newer program wrote; returns the version.
pub(super) fn check_version(connection: &Connection, migrations: &[&str]) -> StoreResult<u32> {
    let (found, known) = (version(connection)?, newest(migrations));
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok(found) }
}

/// Takes the steps after version `from`, each in a transaction of its own.
pub(super) fn migrate(connection: &Connection, migrations: &[&str], from: u32) -> StoreResult<()> {
    for (version, step) in (1_u32..).zip(migrations).skip(usize::try_from(from).unwrap_or(usize::MAX)) {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.execute_batch(&format!("PRAGMA user_version = {version}"))?;
        transaction.commit()?;
        tracing::info!(version, "brought a database up to date");
    }
    Ok(())
}

/// The folder for copies of what is about to be migrated.
pub(super) fn before_migration(folder: &Path, version: u32) -> PathBuf {
    folder.join(format!("before-migration-{version}"))
}

/// Writes a consistent copy of a database to a new file while others read and write.
pub(super) fn copy_database(from: &Connection, to: &Path) -> StoreResult<()> {
    if to.exists() {
        return Err(StoreError::AlreadyThere(to.to_owned()));
    }
    let partial = with_ending(to, ".partial");
    remove_if_there(&partial)?;
    private_file(&partial)?;
    let copied = copy_pages(from, &partial);
    if copied.is_err() {
        // The copy has failed already; what matters is to say why, and not whether its rest could be removed.
        drop(std::fs::remove_file(&partial));
    }
    copied?;
    File::open(&partial).and_then(|file| file.sync_all()).map_err(refused(&partial))?;
    std::fs::rename(&partial, to).map_err(refused(to))?;
    to.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(Ok(()), sync_folder)
}

fn copy_pages(from: &Connection, to: &Path) -> StoreResult<()> {
    let mut target = connect(to)?;
    let copy = Backup::new(from, &mut target)?;
    // In one step, so that the copy is of one state and a busy writer cannot make it start over.
    let step = copy.step(-1)?;
    drop(copy);
    match step {
        StepResult::Done => {}
        _ => return Err(StoreError::Engine("the copy could not be finished".to_owned())),
    }
    target.close().map_err(|(_, error)| StoreError::from(error))
}
