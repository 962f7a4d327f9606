//! Keys live on in backups, in the copies made before a migration and in lists put aside by a restore: each has a
//! day by which they must be gone, so that whoever was forgotten stays forgotten.

use super::{Findings, How, Patient};
use crate::context::App;
use crate::folder::backup::{beside, file_refused, known};
use crate::folder::restore::put_aside_for;
use crate::refusal::{Refusal, Result};
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};

/// How long a list goes without a backup before that is said.
const LONG: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(super) fn look(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
    let backups = patient.store.read(|tx| known(tx))?;
    for backup in overdue(&backups, patient.now) {
        findings.add(
            How::Broken,
            format!("the keys in `{}` had to be destroyed", backup.display()),
            "destroy the file, there and wherever it was copied; `hustings doctor --repair` removes it here",
        );
    }
    match backups.last() {
        None => findings.add(
            How::Notice,
            "no backup of this list was ever taken",
            "take one with `hustings backup FILE`",
        ),
        Some(last) if patient.now.duration_since(last.taken) > LONG => findings.add(
            How::Notice,
            format!("the last backup was taken on {}", last.taken.strftime("%Y-%m-%d")),
            "take one with `hustings backup FILE`",
        ),
        Some(_) => {}
    }
    let days = i64::from(patient.charter.retention.key_backup_days);
    let deadline = patient.now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN);
    for keys in copies(patient.folder)? {
        let made = modified(&keys)?;
        let (name, gone) = (keys.display(), "remove the folder once you are sure that the list is well");
        if made <= deadline {
            findings.add(
                How::Broken,
                format!("`{name}` holds keys that had to be destroyed within {days} days"),
                gone,
            );
        } else {
            findings.add(
                How::Notice,
                format!(
                    "`{name}` holds keys from {}; they must be gone {days} days later",
                    made.strftime("%Y-%m-%d")
                ),
                gone,
            );
        }
    }
    Ok(())
}

/// Key files of backups past their day that are still where they were written.
fn overdue(backups: &[crate::folder::backup::KnownBackup], now: Timestamp) -> Vec<PathBuf> {
    let past = backups.iter().filter(|backup| backup.destroy_keys_after <= now);
    past.map(|backup| beside(&backup.file, ".keys")).filter(|keys| keys.exists()).collect()
}

/// Copies of the keys beside the list: from before a migration, and of lists that a restore put aside.
fn copies(folder: &Path) -> Result<Vec<PathBuf>> {
    let aside = put_aside_for(folder);
    let aside = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for (place, start) in [(folder, "before-migration-"), (parent, aside.as_str())] {
        let entries = std::fs::read_dir(place)
            .map_err(|error| file_refused("a folder cannot be read", place, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| file_refused("a folder cannot be read", place, &error))?.path();
            let is_named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start));
            let keys = path.join("keys.db");
            if is_named && keys.is_file() {
                found.push(keys);
            }
        }
    }
    found.sort();
    Ok(found)
}

pub(super) fn modified(path: &Path) -> Result<Timestamp> {
    let read = std::fs::metadata(path).and_then(|file| file.modified());
    let time = read.map_err(|error| file_refused("a file cannot be looked at", path, &error))?;
    Timestamp::try_from(time)
        .map_err(|error| Refusal::internal("a file has an impossible time").because(error))
}

pub(super) fn repair(app: &App) -> Result<Vec<String>> {
    let backups = app.store.read(|tx| known(tx))?;
    let mut done = Vec::new();
    for keys in overdue(&backups, app.now()) {
        std::fs::remove_file(&keys).map_err(|error| file_refused("keys cannot be removed", &keys, &error))?;
        done.push(format!("the keys in `{}` were destroyed, whose time was over", keys.display()));
    }
    Ok(done)
}
