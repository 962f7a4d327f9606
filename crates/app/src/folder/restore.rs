//! Restoring a backup: verified before it takes a list's place; no stop and no erasure made since is forgotten,
//! and the ledger does not fork.

mod carry;

use self::carry::{Since, carry_entries, carry_people, carry_stops, erase_again, what_happened_since};
use super::backup::{Manifest, beside, expect_room, file_refused, hash_of, sync_parent};
use super::open::{fresh_node, open};
use super::place::open_store_alone;
use crate::context::{App, Chance};
use crate::journal::TxNodes;
use crate::refusal::{Refusal, Result};
use crate::second::{self, Act, Second, enter_with};
use hustings_domain::access::Actor;
use hustings_domain::canonical::{ContentHash, sha256, to_canonical_json};
use hustings_domain::clock::Clock;
use hustings_domain::guarded::{ActNumber, Guarded};
use hustings_domain::ids::Ordinal;
use hustings_ledger::tree;
use hustings_store::Store;
use hustings_store::sqlite::Sqlite;
use hustings_vault::RootSecret;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

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
    /// Records whose key is not in the backup, so that nobody can open them: they were erased while it was taken.
    pub without_key: u64,
    /// Whether the backup's keys should have been destroyed by now.
    pub keys_past_deadline: bool,
    /// Where the replaced list was put aside; its keys must be destroyed in time as well.
    pub put_aside: Option<PathBuf>,
    /// The number under which it was done without a second person, in an emergency.
    pub alone: Option<ActNumber>,
}

/// The mark of a restored list that was verified and only has to take its place.
const VERIFIED: &str = "restore-verified";

/// Where a list is restored before it takes its place.
pub(super) fn being_restored(folder: &Path) -> PathBuf {
    beside(folder, ".restoring")
}

/// How the names of lists begin that were put aside for a restored one.
pub(super) fn put_aside_for(folder: &Path) -> PathBuf {
    beside(folder, ".before-restore-")
}

/// Completes a restore that was cut off between putting the old list aside and putting the new one in its place.
/// True when there was one. Called before a list is looked for.
pub fn finish_restore(folder: &Path) -> Result<bool> {
    let made = being_restored(folder);
    let mark = folder.join(VERIFIED);
    let is_cut_off = !folder.exists() && made.join(VERIFIED).is_file();
    if is_cut_off {
        put_in_place(folder, &made)?;
    }
    match std::fs::remove_file(&mark) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(file_refused("a mark cannot be removed", &mark, &error))
        }
        _ => Ok(is_cut_off),
    }
}

fn put_in_place(folder: &Path, made: &Path) -> Result<()> {
    std::fs::rename(made, folder)
        .map_err(|error| file_refused("the restored list cannot be put in place", folder, &error))?;
    sync_parent(folder)
}

/// What a second person grants when a backup is restored: exactly these files.
pub fn act_of_restoring(file: &Path) -> Result<Act> {
    act_of(&read_manifest(file)?)
}

fn act_of(manifest: &Manifest) -> Result<Act> {
    // The settings lie in the manifest, and take force with it: they are granted too.
    let whole = ContentHash(sha256(to_canonical_json(manifest)?.as_bytes()));
    Ok(Act::new(Guarded::Restore)
        .with("taken", manifest.taken.to_string())
        .with("data", manifest.data.to_string())
        .with("keys", manifest.keys.to_string())
        .with("manifest", whole.to_string()))
}

/// Restores `file` into `folder`, which may hold nothing, or the list that the backup is of, once a second person has
/// granted it.
///
/// Killed at any instant, either the old list or the restored one is there, whole, and no stop made before is lost.
pub fn restore(
    file: &Path,
    folder: &Path,
    root: &RootSecret,
    clock: &Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<RestoreReport> {
    restore_as(file, folder, root, clock, chance, None)
}

/// The same in an emergency, without a second person, for a reason that every trustee is told.
pub fn restore_alone(
    file: &Path,
    folder: &Path,
    root: &RootSecret,
    clock: &Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    reason: &str,
) -> Result<RestoreReport> {
    restore_as(file, folder, root, clock, chance, Some(reason))
}

fn restore_as(
    file: &Path,
    folder: &Path,
    root: &RootSecret,
    clock: &Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    alone: Option<&str>,
) -> Result<RestoreReport> {
    finish_restore(folder)?;
    let manifest = read_manifest(file)?;
    // INVARIANT (promise 4): the old list stays locked until it is put aside, so that no stop can be made in it
    // after its stops were read.
    let replaced = if is_empty(folder) { None } else { Some(hold(folder, fresh_node(&**clock, &*chance))?) };
    let since = replaced.as_ref().map_or_else(|| Ok(Since::default()), what_happened_since)?;
    // What nobody granted is refused before anything is built, where a list is there to say who could have.
    let granted = match (&replaced, alone) {
        (Some(store), None) => {
            let (operator, act) = (Actor::operator(), act_of(&manifest)?);
            let granted = store.read(|tx| second::find(tx, clock.now(), &operator, &act))?;
            Some(granted.map_or(Second::NotYet, Second::Granted))
        }
        _ => None,
    };
    // An older list does not know who may grant on the newer one.
    let granted = granted.filter(|_| !since.is_behind(manifest.ledger_size));
    let how = How { alone, granted };
    let made = being_restored(folder);
    clear(&made)?;
    let needed = [file.to_owned(), beside(file, ".keys")]
        .iter()
        .filter_map(|path| std::fs::metadata(path).ok())
        .map(|file| file.len())
        .sum();
    expect_room("a restore", needed, Sqlite::free_space(&made)?, &made)?;
    let rebuilt = rebuild(file, &manifest, &since, &how, &made, root, clock, chance);
    let mut report = match rebuilt {
        Ok(report) => report,
        Err(refusal) => {
            // What matters is to say why; what stays is cleared by the next restore.
            drop(clear(&made));
            return Err(refusal);
        }
    };
    report.put_aside = swap(folder, &made, clock.now())?;
    drop(replaced);
    finish_restore(folder)?;
    Ok(report)
}

fn hold(folder: &Path, fresh: Uuid) -> Result<Store> {
    open_store_alone(folder, fresh).map_err(|refusal| match refusal.code {
        "folder.damaged" => Refusal::conflict(
            "restore.damaged",
            "the list in the folder is damaged, so what was stopped since the backup cannot be read from it",
        )
        .because(refusal.message)
        .hint(
            "move the folder away and keep it, restore into an empty one, and import what was stopped since",
        ),
        _ => refusal,
    })
}

fn is_empty(folder: &Path) -> bool {
    !folder.exists() || folder.read_dir().is_ok_and(|mut entries| entries.next().is_none())
}

fn clear(made: &Path) -> Result<()> {
    if !made.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(made)
        .map_err(|error| file_refused("an interrupted restore cannot be cleared", made, &error))
}

/// Makes the list anew beside the old one, and verifies it.
#[expect(clippy::too_many_arguments, reason = "what a restore is made of, once")]
fn rebuild(
    file: &Path,
    manifest: &Manifest,
    since: &Since,
    how: &How<'_>,
    made: &Path,
    root: &RootSecret,
    clock: &Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<RestoreReport> {
    lay_out(file, manifest, made)?;
    let app = open(made, root, Arc::clone(clock), chance)?;
    check_counts(&app, manifest)?;
    let (sample, without_key) = open_sample(&app)?;
    let stops_carried = carry_stops(&app, since)?;
    let entries_carried = carry_entries(&app.store, since)?;
    carry_people(&app, since, manifest.ledger_size)?;
    let second = second_of(&app, manifest, how)?;
    let now = clock.now();
    let keys_past_deadline = now >= manifest.destroy_keys_after;
    // A send that the backup caught half-way would mail again whoever was mailed since: people look first.
    let halted = crate::send::halt_all(&app, "restored from a backup")?;
    let erased_again = erase_again(&app)?;
    app.store.write(|tx| {
        let body = json!({"taken": manifest.taken.to_string(), "backup_ledger_size": manifest.ledger_size,
            "stops_carried": stops_carried, "sends_paused": halted.len(), "entries_carried": entries_carried,
            "erased_again": erased_again, "keys_past_deadline": keys_past_deadline, "records_opened": sample});
        if let Second::Granted(number) = second {
            second::spend(tx, now, number)?;
        }
        enter_with(tx, now, &Actor::operator(), "list.restored", body, second)
    })?;
    drop(app);
    for name in [VERIFIED, "hustings.db", "keys.db"] {
        let path = made.join(name);
        let synced = std::fs::OpenOptions::new().create(true).append(true).open(&path);
        synced
            .and_then(|file| file.sync_all())
            .map_err(|error| file_refused("a file cannot be written to the disk", &path, &error))?;
    }
    sync_parent(&made.join(VERIFIED))?;
    Ok(RestoreReport {
        manifest: manifest.clone(),
        stops_carried,
        entries_carried,
        erased_again,
        sample,
        without_key,
        keys_past_deadline,
        put_aside: None,
        alone: match second {
            Second::Glass(number) => Some(number),
            Second::NotYet | Second::Granted(_) => None,
        },
    })
}

/// What the restore goes on.
struct How<'a> {
    /// Why there is no second person.
    alone: Option<&'a str>,
    /// What the list in the folder says, if there is one: its grant, or that nobody could give one yet.
    granted: Option<Second>,
}

/// Without a grant the restored list says whether it needs one: the one in the folder may be from before that.
fn second_of(app: &App, manifest: &Manifest, how: &How<'_>) -> Result<Second> {
    if let Some(granted @ Second::Granted(_)) = how.granted {
        return Ok(granted);
    }
    app.store.write(|tx| {
        if !second::Standing::read(tx)?.binds {
            return Ok(Second::NotYet);
        }
        let Some(reason) = how.alone else {
            return Err(Refusal::new(
                crate::Kind::Denied,
                "second.needed",
                "nobody restores this list alone, and an empty folder or an older list has nobody to ask",
            )
            .hint("restore over the list with a trustee's grant; where it is lost, `--alone --reason 'WHY'` restores, and every trustee is told"));
        };
        second::break_glass(app, tx, &Actor::operator(), act_of(manifest)?, reason)
    })
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

fn lay_out(file: &Path, manifest: &Manifest, made: &Path) -> Result<()> {
    std::fs::create_dir_all(made).map_err(|error| file_refused("the folder cannot be made", made, &error))?;
    let copies = [(file.to_owned(), super::DATA), (beside(file, ".keys"), super::KEYS)];
    for (from, name) in copies {
        let to = made.join(name);
        std::fs::copy(&from, &to).map_err(|error| file_refused("a file cannot be copied", &to, &error))?;
    }
    if !manifest.settings.is_empty() {
        let path = made.join(crate::settings::FILE);
        std::fs::write(&path, &manifest.settings)
            .map_err(|error| file_refused("the settings cannot be written", &path, &error))?;
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

/// Opens up to a hundred records spread over the list; and how many records of the whole list have no key.
fn open_sample(app: &App) -> Result<(u64, u64)> {
    let (next, people) =
        app.store.read(|tx| Ok::<_, Refusal>((tx.next_ordinal()?.0, tx.supporter_count()?)))?;
    let step = (next / 100).max(1);
    let mut opened = 0;
    for ordinal in (0..next).step_by(usize::try_from(step).unwrap_or(1)).map(Ordinal) {
        let record = app.store.read(|tx| Ok::<_, Refusal>(tx.supporter(ordinal)?))?;
        if let (Some(record), Some(wrapped)) = (record, app.store.keys().get(ordinal)?) {
            crate::people::seal_holds(&app.vault, &record, &wrapped)?;
            opened += 1;
        }
    }
    let without_key = people.saturating_sub(app.store.keys().count()?);
    // Whoever is erased while a backup is taken stands in its data and not in its keys: a few, and never many.
    if without_key > people / 100 + 10 {
        return Err(Refusal::invalid(
            "backup.without-keys",
            format!(
                "{without_key} of {people} records have no key in this backup, so nobody could open them"
            ),
        )
        .hint("take an older backup; nothing was changed"));
    }
    Ok((opened, without_key))
}

/// Puts the old list aside and the new one in its place; [`finish_restore`] completes it when it is cut off.
fn swap(folder: &Path, made: &Path, now: Timestamp) -> Result<Option<PathBuf>> {
    let mut put_aside = None;
    if folder.exists() {
        if is_empty(folder) {
            std::fs::remove_dir(folder)
                .map_err(|error| file_refused("the empty folder cannot be replaced", folder, &error))?;
        } else {
            // Two restores may fall into one second: the later one takes the next that is free.
            let named = |second: i64| {
                let mut aside = put_aside_for(folder).into_os_string();
                aside.push(second.to_string());
                PathBuf::from(aside)
            };
            let mut second = now.as_second();
            while named(second).exists() {
                second += 1;
            }
            let aside = named(second);
            std::fs::rename(folder, &aside)
                .map_err(|error| file_refused("the old list cannot be put aside", folder, &error))?;
            put_aside = Some(aside);
        }
    }
    put_in_place(folder, made)?;
    Ok(put_aside)
}
