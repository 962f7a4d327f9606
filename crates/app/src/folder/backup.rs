//! Backup while service goes on: the data in one file, the keys in another with a short life of their own. Whole or
//! not at all: a mark stands beside the files until the last of them is on the disk.

use crate::context::App;
use crate::journal::TxNodes;
use crate::refusal::{Refusal, Result};
use crate::second::{Act, enter_with, second_person};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::ContentHash;
use hustings_domain::guarded::Guarded;
use hustings_ledger::tree;
use hustings_policy::permit;
use hustings_store::sqlite::Sqlite;
use hustings_store::{StoreError, Tx};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What a backup says of itself, in `FILE.manifest`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format's version.
    pub format: u32,
    /// When it was taken.
    pub taken: Timestamp,
    /// SHA-256 of the data file.
    pub data: ContentHash,
    /// SHA-256 of the key file.
    pub keys: ContentHash,
    /// How many supporters it holds.
    pub supporters: u64,
    /// How many stops it holds.
    pub stops: u64,
    /// How many ledger entries it holds.
    pub ledger_size: u64,
    /// The ledger's root at that size, in hexadecimal.
    pub ledger_root: String,
    /// The key file must be destroyed from here on, so that erased people stay erased.
    pub destroy_keys_after: Timestamp,
    /// The settings file.
    pub settings: String,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// The data.
    pub data: PathBuf,
    /// The keys: keep them apart from the data.
    pub keys: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// What is remembered of a backup, so that the end of its keys is watched and nothing falls below what it held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownBackup {
    /// The data file.
    pub(super) file: PathBuf,
    /// When it was taken.
    pub(super) taken: Timestamp,
    /// How many stops it holds.
    pub(super) stops: u64,
    /// When its keys must be destroyed.
    pub(super) destroy_keys_after: Timestamp,
}

/// Where backups are remembered.
const KNOWN: &str = "backups";
/// How many are remembered.
const MOST_KNOWN: usize = 100;
/// Room left over on the disk that a backup goes to.
const TO_SPARE: u64 = 16 << 20;

/// The backups that were taken of this list, oldest first.
pub(super) fn known(tx: &mut dyn Tx) -> Result<Vec<KnownBackup>> {
    let Some(text) = tx.meta(KNOWN)? else { return Ok(Vec::new()) };
    serde_json::from_str(&text)
        .map_err(|error| Refusal::internal("what is remembered of backups does not read back").because(error))
}

/// `FILE` with another ending behind it.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A refusal of the file system, in words; a full disk is said as such.
pub(super) fn file_refused(what: &str, path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::of_file(format!("{what}: `{}`", path.display()), error)
}

/// Refuses what cannot fit before anything of it is written.
pub(super) fn expect_room(what: &str, needed: u64, free: u64, at: &Path) -> Result<()> {
    if free >= needed.saturating_add(TO_SPARE) {
        return Ok(());
    }
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    Err(Refusal::new(
        crate::Kind::Busy,
        "folder.disk-full",
        format!(
            "{what} needs {} MiB, and {} MiB are free at `{}`",
            mib(needed.saturating_add(TO_SPARE)),
            free >> 20,
            at.display()
        ),
    )
    .hint("free some space or name another disk; nothing was changed"))
}

/// Everything that a backup into `file` can leave.
fn pieces(file: &Path) -> [PathBuf; 5] {
    [
        file.to_owned(),
        beside(file, ".keys"),
        beside(file, ".manifest"),
        beside(file, ".partial"),
        beside(file, ".keys.partial"),
    ]
}

fn unfinished(file: &Path) -> PathBuf {
    beside(file, ".unfinished")
}

/// Takes away what a backup left that was cut off; the mark goes last.
fn clear(file: &Path) -> Result<()> {
    let mark = unfinished(file);
    for path in pieces(file).into_iter().chain([mark]) {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(file_refused("a piece of an unfinished backup cannot be removed", &path, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Takes a backup into `file`, `file.keys` and `file.manifest`; none of them may exist, but for the rest of a backup
/// that was cut off there.
pub fn back_up(app: &App, actor: &Actor, file: &Path) -> Result<BackupReport> {
    permit(actor, Action::BackUp)?;
    if unfinished(file).exists() {
        clear(file)?;
    }
    if let Some(taken) = pieces(file).iter().take(3).find(|path| path.exists()) {
        return Err(Refusal::conflict("backup.exists", format!("`{}` exists already", taken.display()))
            .hint("name another file; a backup never overwrites"));
    }
    let act = act_of_backing_up(file)?;
    expect_room("a backup", Sqlite::size(&app.folder), Sqlite::free_space(file)?, file)?;
    let now = app.now();
    write_new(&unfinished(file), now.to_string().as_bytes())?;
    let taken = take(app, actor, file, &act, now);
    if taken.is_err() {
        // What matters is to say why; a piece that stays is known by its mark and cleared by the next backup there.
        drop(clear(file));
    }
    taken
}

/// What a second person grants when backups are taken: the folder that they go to, for as long as the grant says.
pub fn act_of_backing_up(file: &Path) -> Result<Act> {
    let file = std::path::absolute(file)
        .map_err(|error| file_refused("the backup's place cannot be told", file, &error))?;
    let into = file.parent().unwrap_or(&file);
    Ok(Act::new(Guarded::BackUp).with("into", into.display().to_string()))
}

fn take(app: &App, actor: &Actor, file: &Path, act: &Act, now: Timestamp) -> Result<BackupReport> {
    let charter = app.charter()?;
    let (keys, manifest_file) = (beside(file, ".keys"), beside(file, ".manifest"));
    // Counted outside of the write: at millions of people it takes a while, and stops only become more.
    let least = app.store.read(|tx| Ok::<_, Refusal>(tx.suppression_count()?))?;
    app.store.write(|tx| {
        let second = second_person(tx, now, actor, act)?;
        enter_with(tx, now, actor, "list.backed-up", json!({"stops": least}), second)
    })?;
    // The data first, then the keys: every record in the copy then has its key in the copy, unless it was
    // erased in between, and then it must not have one.
    let placed = |error| match error {
        StoreError::DiskFull => {
            Refusal::from(StoreError::DiskFull).because(format!("the backup goes to `{}`", file.display()))
        }
        other => Refusal::from(other),
    };
    app.store.back_up(file).map_err(placed)?;
    app.store.keys().back_up(&keys).map_err(placed)?;
    let (supporters, stops, ledger_size, ledger_root) = Sqlite::peek(file, |tx| {
        let size = tx.ledger_size()?;
        let (people, stops) = (tx.supporter_count()?, tx.suppression_count()?);
        let root = tree::root(size, &TxNodes(RefCell::new(tx)))?;
        Ok::<_, Refusal>((people, stops, size, root.to_string()))
    })?;
    let days = i64::from(charter.retention.key_backup_days);
    let manifest = Manifest {
        format: 1,
        taken: now,
        data: hash_of(file)?,
        keys: hash_of(&keys)?,
        supporters,
        stops,
        ledger_size,
        ledger_root,
        destroy_keys_after: now
            .checked_add(Span::new().hours(24 * days))
            .map_err(|error| Refusal::internal("no time is left").because(error))?,
        settings: std::fs::read_to_string(app.folder.join(crate::settings::FILE)).unwrap_or_default(),
    };
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| Refusal::internal("the manifest cannot be written").because(error))?;
    write_new(&manifest_file, text.as_bytes())?;
    remember(app, file, &manifest)?;
    // INVARIANT (promise 9): the mark goes after everything else is on the disk.
    sync_parent(file)?;
    let mark = unfinished(file);
    std::fs::remove_file(&mark).map_err(|error| file_refused("a mark cannot be removed", &mark, &error))?;
    Ok(BackupReport { data: file.to_owned(), keys, manifest })
}

fn remember(app: &App, file: &Path, manifest: &Manifest) -> Result<()> {
    let file = std::path::absolute(file)
        .map_err(|error| file_refused("the backup's place cannot be told", file, &error))?;
    app.store.write(|tx| {
        let mut backups = known(tx)?;
        backups.push(KnownBackup {
            file,
            taken: manifest.taken,
            stops: manifest.stops,
            destroy_keys_after: manifest.destroy_keys_after,
        });
        let first = backups.len().saturating_sub(MOST_KNOWN);
        let text = serde_json::to_string(backups.get(first..).unwrap_or_default())
            .map_err(|error| Refusal::internal("a backup cannot be remembered").because(error))?;
        Ok(tx.set_meta(KNOWN, &text)?)
    })
}

/// Makes a rename or a new file durable.
pub(super) fn sync_parent(path: &Path) -> Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| file_refused("a folder cannot be written to the disk", parent, &error))
}

/// SHA-256 of a file's bytes.
pub(super) fn hash_of(path: &Path) -> Result<ContentHash> {
    let unreadable = |error: std::io::Error| {
        Refusal::invalid("backup.unreadable", format!("`{}` cannot be read", path.display())).because(error)
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        context.update(buffer.get(..read).unwrap_or_default());
    }
    let mut hash = [0; 32];
    hash.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    Ok(ContentHash(hash))
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write;
    let refused = |error: std::io::Error| file_refused("a file cannot be written", path, &error);
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(refused)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};

    #[test]
    fn what_does_not_fit_is_refused_with_the_figures() {
        let at = Path::new("/backups/list");
        assert!(expect_room("a backup", 100 << 20, 116 << 20, at).is_ok());
        let refused = expect_room("a backup", 100 << 20, (116 << 20) - 1, at).unwrap_err();
        assert_eq!((refused.code, refused.kind), ("folder.disk-full", crate::Kind::Busy));
        assert_eq!(refused.message, "a backup needs 116 MiB, and 115 MiB are free at `/backups/list`");
        assert!(expect_room("a backup", u64::MAX, u64::MAX - 1, at).is_err());
        for full in [StorageFull, QuotaExceeded, FileTooLarge] {
            let refused = file_refused("a file cannot be written", at, &std::io::Error::from(full));
            assert_eq!(refused.code, "folder.disk-full");
            assert_eq!(refused.causes, ["a file cannot be written: `/backups/list`"]);
        }
    }
}
