//! Opening a list: what a stopped process left is put right before anything else.

use super::init::MADE;
use super::place::{holds_a_list, name_server, open_store, open_store_reading};
use crate::context::{App, Chance};
use crate::people;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::clock::Clock;
use hustings_domain::ids::uuid_v7;
use hustings_store::postgres::{Address, Postgres};
use hustings_store::{Store, StoreError};
use hustings_vault::{Header, RootSecret, Vault, VaultError};
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};
use uuid::Uuid;

/// Opens the list in `folder`.
///
/// Recovery comes first: keys without a record are swept, keys of erased people destroyed, journals of earlier
/// runs applied. Killed at any instant, the next opening is right.
pub fn open(folder: &Path, root: &RootSecret, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Result<App> {
    super::restore::finish_restore(folder)?;
    let store = open_store(folder, fresh_node(&*clock, &*chance))?;
    let vault = unlock(folder, &store, root)?;
    // Inside a write: nobody else is between a key and its record then.
    store.write(|tx| {
        store.keys().sweep(tx.next_ordinal()?)?;
        Ok::<_, Refusal>(())
    })?;
    people::erase::finish_shreds(&store)?;
    let app = assemble(folder, store, vault, clock, chance, false)?;
    crate::send::recover(&app)?;
    crate::after::carry_over(&app)?;
    super::overdue::destroy_overdue_copies(&app)?;
    Ok(app)
}

/// Makes `folder` another way to a list that is on a server, for a process of its own there. The root key must be the
/// list's.
pub fn join(folder: &Path, address: &Address, root: &RootSecret) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Refusal::internal(format!("`{}` cannot be made", folder.display())).because(error)
    })?;
    if holds_a_list(folder) {
        return Err(StoreError::AlreadyThere(folder.to_owned()).into());
    }
    let store = Postgres::open_reading(address)?;
    unlock(folder, &store, root)?;
    name_server(folder, address)
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

/// The name of a folder's node, should it have none yet.
pub(super) fn fresh_node(clock: &dyn Clock, chance: &dyn Chance) -> Uuid {
    uuid_v7(clock.now(), &mut *chance.rng("node"))
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
    let epoch = match store.node() {
        Some(epoch) => epoch,
        None => store
            .read(|tx| Ok::<_, Refusal>(tx.meta("epoch")?))?
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Refusal::internal("the store has no epoch"))?,
    };
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
        rules: RwLock::new(None),
        reading,
    };
    if loaded.is_new && !reading {
        people::follow::save_if_large(&app);
    }
    Ok(app)
}
