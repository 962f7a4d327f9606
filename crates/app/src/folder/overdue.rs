//! The copies that a change of the data's version leaves in the folder (`before-migration-N`), and the files that a move
//! to a server leaves (`before-move`), hold the keys of everybody who stood on the list that day, the erased among
//! them, so they have the same deadline as a key backup.

use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use jiff::{Span, Timestamp};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How the folders' names begin; the version follows.
const NAME: &str = "before-migration-";

/// In the place of a version: the files that a move to a server left. Versions begin at 1.
const LEFT_BY_A_MOVE: u32 = 0;

// INVARIANT (promise 8): an erased person's key is in no copy of ours once the charter's days for key backups are over.
/// Destroys the copies whose deadline has passed; returns their folders. Done at every opening, and daily by the
/// process that serves.
pub fn destroy_overdue_copies(app: &App) -> Result<Vec<PathBuf>> {
    let mut destroyed = Vec::new();
    for (version, folder) in copies(app.folder())? {
        let taken = taken(&folder).map_err(|error| stuck(&folder, &error))?;
        let days = i64::from(app.charter()?.retention.key_backup_days);
        let deadline = taken
            .checked_add(Span::new().hours(24 * days))
            .map_err(|error| Refusal::internal("no time is left").because(error))?;
        if app.now() < deadline {
            continue;
        }
        let body = json!({"version": version, "taken": taken.to_string()});
        app.store.write(|tx| enter(tx, app.now(), &Actor::machine(), "keys.copy-destroyed", body))?;
        destroy(&folder).map_err(|error| stuck(&folder, &error))?;
        destroyed.push(folder);
    }
    Ok(destroyed)
}

fn stuck(folder: &Path, error: &io::Error) -> Refusal {
    Refusal::internal(format!(
        "`{}` holds keys past their deadline and cannot be destroyed",
        folder.display()
    ))
    .because(error)
    .hint("remove that folder by hand: a list of this version does not need it")
}

fn copies(folder: &Path) -> Result<Vec<(u32, PathBuf)>> {
    let unreadable =
        |error: io::Error| Refusal::internal("the data folder cannot be looked through").because(error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let version = match name.to_str() {
            Some(super::moving::LEFT) => Some(LEFT_BY_A_MOVE),
            name => name.and_then(|name| name.strip_prefix(NAME)?.parse().ok()),
        };
        if let (Some(version), true) = (version, entry.path().is_dir()) {
            found.push((version, entry.path()));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// When the newest file of a copy was written.
fn taken(folder: &Path) -> io::Result<Timestamp> {
    let mut newest = std::fs::metadata(folder)?.modified()?;
    let mut files = std::fs::read_dir(folder)?.peekable();
    if files.peek().is_some() {
        newest = std::time::SystemTime::UNIX_EPOCH;
    }
    for file in files {
        newest = newest.max(file?.metadata()?.modified()?);
    }
    Timestamp::try_from(newest).map_err(io::Error::other)
}

/// Overwrites every file and removes the folder. What a file system or a disk keeps of earlier blocks is beyond us.
fn destroy(folder: &Path) -> io::Result<()> {
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let length = std::fs::metadata(&path)?.len();
        let mut file = OpenOptions::new().write(true).open(&path)?;
        io::copy(&mut io::Read::take(io::repeat(0), length), &mut file)?;
        file.flush()?;
        file.sync_all()?;
    }
    std::fs::remove_dir_all(folder)
}
