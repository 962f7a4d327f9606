//! What an interrupted process left: journals, a half-made restore, files that never got their name, requests that
//! nobody answered; and reject files, in which personal data stands in the clear.

use super::{Findings, How, backups};
use crate::context::App;
use crate::folder::backup::file_refused;
use crate::folder::requests;
use crate::folder::restore::being_restored;
use crate::refusal::Result;
use crate::send::JOURNAL_FOLDER;
use hustings_store::sqlite::Sqlite;
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};

/// How long a reject file is of use.
const MENDED_BY: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) fn look(folder: &Path, now: Timestamp, findings: &mut Findings) -> Result<()> {
    let serving = Sqlite::in_use(folder)?;
    let journals = files_in(&folder.join(JOURNAL_FOLDER), |name| name.ends_with(".journal"))?;
    if !journals.is_empty() && !serving {
        findings.add(
            How::Warning,
            format!("{} journals of sends that were cut off wait to be read", journals.len()),
            "open the list, such as with `hustings serve`: opening applies them, and nobody is mailed twice or skipped",
        );
    }
    if being_restored(folder).exists() && folder.exists() {
        findings.add(
            How::Warning,
            format!(
                "`{}` is the rest of a restore that was cut off, keys included",
                being_restored(folder).display()
            ),
            "run the restore again, or remove it with `hustings doctor --repair`",
        );
    }
    let partial = partials(folder)?;
    if !partial.is_empty() && !serving {
        findings.add(
            How::Notice,
            format!("{} files were being written when a process ended", partial.len()),
            "remove them with `hustings doctor --repair`",
        );
    }
    let asked = files_in(&folder.join(requests::FOLDER), |_| true)?;
    if !asked.is_empty() && !serving {
        findings.add(
            How::Notice,
            format!("{} requests to a serving process were left unanswered", asked.len()),
            "remove them with `hustings doctor --repair`, and ask again",
        );
    }
    let rejects = files_in(&folder.join("imports"), |name| name.ends_with("-rejects.csv"))?;
    let old = rejects.iter().filter_map(|path| backups::modified(path).ok());
    let old = old.filter(|made| now.duration_since(*made) > MENDED_BY).count();
    if old > 0 {
        findings.add(
            How::Warning,
            format!(
                "{old} reject files of imports are older than 30 days, and hold personal data in the clear"
            ),
            "mend what is in them, or remove them: an erasure does not reach them",
        );
    }
    Ok(())
}

/// Copies and saved files that never got their name.
fn partials(folder: &Path) -> Result<Vec<PathBuf>> {
    files_in(folder, |name| {
        [".partial", ".new", ".new-wal", ".tmp"].iter().any(|ending| name.ends_with(ending))
    })
}

fn files_in(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(file_refused("a folder cannot be read", folder, &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| file_refused("a folder cannot be read", folder, &error))?;
        let path = entry.path();
        if path.is_file() && wanted(&entry.file_name().to_string_lossy()) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

pub(super) fn repair(app: &App) -> Result<Vec<String>> {
    let mut done = Vec::new();
    let restoring = being_restored(&app.folder);
    if restoring.exists() {
        std::fs::remove_dir_all(&restoring)
            .map_err(|error| file_refused("the rest of a restore cannot be removed", &restoring, &error))?;
        done.push("the rest of a restore that was cut off was removed".to_owned());
    }
    let mut left = partials(&app.folder)?;
    left.extend(files_in(&app.folder.join(requests::FOLDER), |_| true)?);
    for path in &left {
        std::fs::remove_file(path)
            .map_err(|error| file_refused("a leftover cannot be removed", path, &error))?;
    }
    if !left.is_empty() {
        done.push(format!("{} leftover files were removed", left.len()));
    }
    Ok(done)
}
