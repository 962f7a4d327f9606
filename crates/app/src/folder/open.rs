//! Opening a list: what a stopped process left is put right before anything else.

use super::init::MADE;
use super::place::{open_store, open_store_reading};
use crate::context::{App, Chance};
use crate::people;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::clock::Clock;
use hustings_store::Store;
use hustings_vault::{Header, RootSecret, Vault, VaultError};
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

/// Opens the list in `folder`.
///
/// Recovery comes first: keys without a record are swept, keys of erased people destroyed, journals of earlier
/// runs applied. Killed at any instant, the next opening is right.
pub fn open(folder: &Path, root: &RootSecret, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Result<App> {
    super::restore::finish_restore(folder)?;
    let store = open_store(folder)?;
    let vault = unlock(folder, &store, root)?;
    let next = store.read(|tx| Ok::<_, Refusal>(tx.next_ordinal()?))?;
    store.keys().sweep(next)?;
    people::erase::finish_shreds(&store)?;
    let app = assemble(folder, store, vault, clock, chance, false)?;
    crate::send::recover(&app)?;
    super::overdue::destroy_overdue_copies(&app)?;
    Ok(app)
}

/// Opens the list in `folder` for looking, beside a process that may be serving it.
///
/// Nothing is put right and nothing can be written; what must be entered in the ledger is entered by the process
/// that serves, which is asked first ([`crate::beside`]).
pub fn open_reading(
    folder: &Path,
    root: &RootSecret,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<App> {
    let store = open_store_reading(folder)?;
    let vault = unlock(folder, &store, root)?;
    assemble(folder, store, vault, clock, chance, true)
}

fn unlock(folder: &Path, store: &Store, root: &RootSecret) -> Result<Vault> {
    let header = store.keys().header()?.ok_or_else(|| half_made(folder))?;
    let made = store.read(|tx| Ok::<_, Refusal>(tx.meta(MADE)?))?;
    if made.is_none() {
        return Err(half_made(folder));
    }
    Vault::open(&Header::from_json(&header)?, root).map_err(|error| match error {
        VaultError::WrongRoot => Refusal::new(
            Kind::Denied,
            "vault.wrong-root",
            "this passphrase or identity does not open the list",
        )
        .hint("set HUSTINGS_PASSPHRASE, or name the identity file with --identity"),
        other => Refusal::from(other),
    })
}

fn half_made(folder: &Path) -> Refusal {
    Refusal::conflict(
        "folder.half-made",
        format!("the making of the list in `{}` was interrupted", folder.display()),
    )
    .hint("it holds nothing yet: remove the folder (and, on a server, drop the schemas `hustings` and `hustings_keys`) and run `hustings init` again")
}

/// Puts an open store and vault together.
pub(super) fn assemble(
    folder: &Path,
    store: Store,
    vault: Vault,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    reading: bool,
) -> Result<App> {
    let epoch = store.read(|tx| Ok::<_, Refusal>(tx.meta("epoch")?))?;
    let epoch = epoch
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Refusal::internal("the store has no epoch"))?;
    let loaded = people::follow::load_or_build(&store, &folder.join(people::follow::FILE))?;
    let app = App {
        folder: folder.to_owned(),
        store,
        vault: Arc::new(vault),
        clock,
        chance,
        index: RwLock::new(loaded.index),
        saving: Mutex::new(()),
        epoch,
        publishing: Mutex::new(()),
        reading,
    };
    if loaded.is_new && !reading {
        people::follow::save_if_large(&app);
    }
    Ok(app)
}
