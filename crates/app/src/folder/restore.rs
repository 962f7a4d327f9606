//! Restoring a backup: verified before it takes a list's place; no stop and no erasure made since is forgotten,
//! and the ledger does not fork.

use super::backup::{Manifest, beside, hash_of};
use super::open::open;
use crate::context::{App, Chance};
use crate::journal::{TxNodes, enter};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::clock::Clock;
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;
use hustings_ledger::{hash, tree};
use hustings_store::Store;
use hustings_store::sqlite::Sqlite;
use hustings_vault::{RootSecret, SuppressionHash};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a restore did.
#[derive(Debug, Clone, Serialize)]
pub struct RestoreReport {
    /// What the backup held.
    pub manifest: Manifest,
    /// Stops that were made since and were carried over from the list that was replaced.
    pub stops_carried: u64,
    /// Ledger entries carried over likewise.
    pub entries_carried: u64,
    /// People erased again, because they had been erased since.
    pub erased_again: u64,
    /// Records opened as a sample.
    pub sample: u64,
    /// Where the replaced list was put aside.
    pub put_aside: Option<PathBuf>,
}

/// What the list that is replaced knows and the backup may not.
#[derive(Debug, Default)]
struct Since {
    stops: Vec<(SuppressionHash, SuppressionScope, SuppressionReason, Timestamp)>,
    entries: Vec<Vec<u8>>,
}

/// Restores `file` into `folder`, which may hold nothing, or the list that the backup is of.
pub fn restore(
    file: &Path,
    folder: &Path,
    root: &RootSecret,
    clock: &Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<RestoreReport> {
    let manifest = read_manifest(file)?;
    let since = what_happened_since(folder)?;
    let made = beside(folder, ".restoring");
    if made.exists() {
        std::fs::remove_dir_all(&made)
            .map_err(|error| files("an interrupted restore cannot be cleared", &made, &error))?;
    }
    lay_out(file, &manifest, &made)?;
    let app = open(&made, root, Arc::clone(clock), chance)?;
    check_counts(&app, &manifest)?;
    let sample = open_sample(&app)?;
    let stops_carried = carry_stops(&app, &since)?;
    let entries_carried = carry_entries(&app.store, &since)?;
    let now = clock.now();
    // A send that the backup caught half-way would mail again whoever was mailed since: people look first.
    let halted = crate::send::halt_all(&app, "restored from a backup")?;
    let erased_again = erase_again(&app)?;
    app.store.write(|tx| {
        let body = json!({"taken": manifest.taken.to_string(), "backup_ledger_size": manifest.ledger_size,
            "stops_carried": stops_carried, "sends_paused": halted.len(), "entries_carried": entries_carried, "erased_again": erased_again});
        enter(tx, now, &Actor::operator(), "list.restored", body)
    })?;
    drop(app);
    let put_aside = swap(folder, &made, now)?;
    Ok(RestoreReport { manifest, stops_carried, entries_carried, erased_again, sample, put_aside })
}

fn files(what: &str, path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::internal(format!("{what}: `{}`", path.display())).because(error)
}

fn read_manifest(file: &Path) -> Result<Manifest> {
    let path = beside(file, ".manifest");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Refusal::not_found("backup.no-manifest", format!("`{}` cannot be read", path.display()))
            .because(error)
            .hint("a backup is three files: FILE, FILE.keys and FILE.manifest")
    })?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|error| Refusal::invalid("backup.manifest", "the manifest cannot be read").because(error))?;
    for (path, expected) in [(file.to_owned(), manifest.data), (beside(file, ".keys"), manifest.keys)] {
        if hash_of(&path)? != expected {
            return Err(Refusal::invalid(
                "backup.altered",
                format!("`{}` is not the file that was backed up", path.display()),
            )
            .hint("fetch it again, or take an older backup; nothing was changed"));
        }
    }
    Ok(manifest)
}

fn what_happened_since(folder: &Path) -> Result<Since> {
    let empty = !folder.exists() || folder.read_dir().is_ok_and(|mut entries| entries.next().is_none());
    if empty {
        return Ok(Since::default());
    }
    let store = Sqlite::open(folder)?;
    store.read(|tx| {
        let size = tx.ledger_size()?;
        let entries = tx.ledger_entries(0, u32::try_from(size).unwrap_or(u32::MAX))?;
        Ok(Since { stops: tx.every_stop()?, entries })
    })
}

fn lay_out(file: &Path, manifest: &Manifest, made: &Path) -> Result<()> {
    std::fs::create_dir_all(made).map_err(|error| files("the folder cannot be made", made, &error))?;
    let copies = [(file.to_owned(), "hustings.db"), (beside(file, ".keys"), "keys.db")];
    for (from, name) in copies {
        let to = made.join(name);
        std::fs::copy(&from, &to).map_err(|error| files("a file cannot be copied", &to, &error))?;
    }
    if !manifest.settings.is_empty() {
        let path = made.join(crate::settings::FILE);
        std::fs::write(&path, &manifest.settings)
            .map_err(|error| files("the settings cannot be written", &path, &error))?;
    }
    Ok(())
}

fn check_counts(app: &App, manifest: &Manifest) -> Result<()> {
    let wrong = |what: &str| {
        Refusal::invalid("backup.incomplete", format!("the restored {what} differ from the manifest"))
    };
    app.store.read(|tx| {
        if tx.supporter_count()? != manifest.supporters {
            return Err(wrong("supporters"));
        }
        if tx.suppression_count()? != manifest.stops {
            return Err(wrong("stops"));
        }
        let size = tx.ledger_size()?;
        let root = tree::root(size, &TxNodes(RefCell::new(tx)))?;
        if size != manifest.ledger_size || root.to_string() != manifest.ledger_root {
            return Err(wrong("ledger entries"));
        }
        Ok(())
    })
}

/// Opens up to a hundred records spread over the list.
fn open_sample(app: &App) -> Result<u64> {
    let next = app.store.read(|tx| Ok::<_, Refusal>(tx.next_ordinal()?))?.0;
    let step = (next / 100).max(1);
    let mut opened = 0;
    for ordinal in (0..next).step_by(usize::try_from(step).unwrap_or(1)) {
        if crate::people::open_identity(app, Ordinal(ordinal))?.is_some() {
            opened += 1;
        }
    }
    Ok(opened)
}

// INVARIANT (promise 4): a stop outlives a restore.
fn carry_stops(app: &App, since: &Since) -> Result<u64> {
    app.store.write(|tx| {
        let mut carried = 0;
        for (hash, scope, reason, at) in &since.stops {
            carried += u64::from(tx.suppress(*hash, scope, *reason, *at)?);
        }
        Ok(carried)
    })
}

/// Entries made since the backup are appended, so that checkpoints handed out earlier stay true.
fn carry_entries(store: &Store, since: &Since) -> Result<u64> {
    store.write(|tx| {
        let kept = tx.ledger_size()?;
        for (index, entry) in since.entries.iter().enumerate() {
            let index = u64::try_from(index).unwrap_or(u64::MAX);
            if index < kept {
                if tx.ledger_entry(index)?.as_ref() != Some(entry) {
                    return Err(Refusal::conflict(
                        "backup.other-list",
                        "the backup is of another list than the one in the folder",
                    )
                    .hint("restore into an empty folder"));
                }
                continue;
            }
            let nodes = tree::append(index, hash::leaf_hash(entry), &TxNodes(RefCell::new(tx)))?;
            tx.append_ledger_row(index, entry, &nodes)?;
        }
        Ok(tx.ledger_size()? - kept)
    })
}

// INVARIANT (promise 8): whoever was erased since the backup stays erased.
fn erase_again(app: &App) -> Result<u64> {
    let back = app.store.read(|tx| {
        let erased: std::collections::HashSet<SuppressionHash> = tx
            .every_stop()?
            .into_iter()
            .filter(|(_, _, reason, _)| *reason == SuppressionReason::Erased)
            .map(|(hash, ..)| hash)
            .collect();
        let mut back = Vec::new();
        for ordinal in tx.stopped_supporters(&[SuppressionScope::Everything])? {
            let key = tx.supporter(ordinal)?.and_then(|record| record.mail_key);
            if key.is_some_and(|key| erased.contains(&key)) {
                back.push(ordinal);
            }
        }
        Ok::<_, Refusal>(back)
    })?;
    crate::people::erase::forget_again(app, &back)?;
    Ok(u64::try_from(back.len()).unwrap_or(u64::MAX))
}

fn swap(folder: &Path, made: &Path, now: Timestamp) -> Result<Option<PathBuf>> {
    let mut put_aside = None;
    if folder.exists() {
        let aside = beside(folder, &format!(".before-restore-{}", now.as_second()));
        std::fs::rename(folder, &aside)
            .map_err(|error| files("the old list cannot be put aside", folder, &error))?;
        put_aside = Some(aside);
    }
    std::fs::rename(made, folder)
        .map_err(|error| files("the restored list cannot be put in place", folder, &error))?;
    Ok(put_aside.filter(|aside| aside.read_dir().is_ok_and(|mut entries| entries.next().is_some())))
}
