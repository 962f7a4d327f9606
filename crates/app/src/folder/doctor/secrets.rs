//! Who else on this machine may read what the list keeps.

use super::{Findings, How};
use crate::context::App;
use crate::refusal::Result;
use crate::settings::Settings;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

pub(super) fn look(folder: &Path, _: Timestamp, findings: &mut Findings) -> Result<()> {
    for path in open_to_others(folder)? {
        findings.add(
            How::Warning,
            format!("`{}` can be read by others on this machine", path.display()),
            "take their right away with `chmod 600`, or with `hustings doctor --repair`",
        );
    }
    if let Err(refusal) = Settings::load(folder) {
        let why = refusal.causes.first().map_or_else(String::new, |cause| format!(": {cause}"));
        findings.add(
            How::Warning,
            format!("{}{why}", refusal.message),
            "mend the file; nothing is sent or served until then",
        );
    }
    Ok(())
}

/// The files that hold secrets or personal data.
fn secret_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["hustings.db", "keys.db", "audience.index"]
        .into_iter()
        .flat_map(|name| ["", "-wal", "-shm"].map(|ending| folder.join(format!("{name}{ending}"))))
        .collect();
    if let Ok(Settings { relay, .. }) = Settings::load(folder) {
        files.extend(relay.and_then(|relay| relay.password_file));
    }
    for inside in ["imports", "journal"] {
        let entries = std::fs::read_dir(folder.join(inside)).into_iter().flatten().flatten();
        files.extend(entries.map(|entry| entry.path()));
    }
    files.retain(|path| path.is_file());
    files
}

#[cfg(unix)]
fn open_to_others(folder: &Path) -> Result<Vec<PathBuf>> {
    use crate::folder::backup::file_refused;
    use std::os::unix::fs::PermissionsExt;
    let mut found = Vec::new();
    for path in secret_files(folder) {
        let mode = std::fs::metadata(&path)
            .map_err(|error| file_refused("a file cannot be looked at", &path, &error))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Result<Vec<PathBuf>> {
    Ok(Vec::new())
}

#[cfg(unix)]
pub(super) fn repair(app: &App) -> Result<Vec<String>> {
    use crate::folder::backup::file_refused;
    use std::os::unix::fs::PermissionsExt;
    let open = open_to_others(&app.folder)?;
    for path in &open {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
            .map_err(|error| file_refused("a file's rights cannot be changed", path, &error))?;
    }
    Ok(if open.is_empty() {
        Vec::new()
    } else {
        vec![format!("{} files are for their owner alone now", open.len())]
    })
}

#[cfg(not(unix))]
pub(super) fn repair(_: &App) -> Result<Vec<String>> {
    Ok(Vec::new())
}
