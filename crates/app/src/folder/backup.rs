//! Backup while service goes on: the data in one file, the keys in another with a short life of their own.

use crate::beside::{self, Entered};
use crate::context::App;
use crate::journal::TxNodes;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor, permit};
use hustings_domain::canonical::ContentHash;
use hustings_ledger::tree;
use hustings_store::sqlite::Sqlite;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
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
#[derive(Debug, Clone, Serialize)]
pub struct BackupReport {
    /// The data.
    pub data: PathBuf,
    /// The keys: keep them apart from the data.
    pub keys: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// `FILE` with another ending behind it.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Takes a backup into `file`, `file.keys` and `file.manifest`; none of them may exist.
pub fn back_up(app: &App, actor: &Actor, file: &Path) -> Result<BackupReport> {
    permit(actor, Action::BackUp)?;
    let keys = beside(file, ".keys");
    let manifest_file = beside(file, ".manifest");
    for path in [file, &keys, &manifest_file] {
        if path.exists() {
            return Err(Refusal::conflict("backup.exists", format!("`{}` exists already", path.display()))
                .hint("name another file; a backup never overwrites"));
        }
    }
    let charter = app.charter()?;
    let now = app.now();
    if app.is_reading() {
        beside::ask_to_enter(app, actor, Entered::ListBackedUp)?;
    } else {
        app.store.write(|tx| Entered::ListBackedUp.enter(tx, now, actor))?;
    }
    // The data first, then the keys: every record in the copy then has its key in the copy, unless it was
    // erased in between, and then it must not have one.
    app.store.back_up(file)?;
    app.store.keys().back_up(&keys)?;
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
    Ok(BackupReport { data: file.to_owned(), keys, manifest })
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
    let refused = |error: std::io::Error| {
        Refusal::internal(format!("`{}` cannot be written", path.display())).because(error)
    };
    let mut file = File::create_new(path).map_err(refused)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(refused)
}
