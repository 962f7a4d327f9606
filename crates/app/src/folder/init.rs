//! Making a new list in an empty folder.

use super::open::{assemble, fresh_node};
use super::place::{holds_a_list, name_server};
use crate::context::{App, Chance};
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::clock::Clock;
use hustings_store::postgres::{Address, Node, Postgres};
use hustings_store::sqlite::Sqlite;
use hustings_store::{Store, StoreError};
use hustings_vault::{Argon2Cost, RootSecret, Vault};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

/// What a new list is made of.
#[derive(Debug)]
pub struct InitJob<'a> {
    /// The folder; made when it does not exist.
    pub folder: &'a Path,
    /// What opens the vault; never written beside the data.
    pub root: &'a RootSecret,
    /// How dear a guess at a passphrase is.
    pub cost: Argon2Cost,
    /// The first charter.
    pub charter: &'a str,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// Whether this is a demonstration, whose keys anybody can work out from its seed.
    pub demo: bool,
}

/// The mark of a folder whose making was finished.
pub(super) const MADE: &str = "made";

/// Makes a list: store, keys, charter, signing key, and the first entries of the ledger.
pub fn init(job: InitJob<'_>) -> Result<App> {
    crate::lend::check_charter(job.charter)?;
    if holds_a_list(job.folder) {
        return Err(StoreError::AlreadyThere(job.folder.to_owned()).into());
    }
    let store = Sqlite::create(job.folder)?;
    make(job, store)
}

/// The same with the data on a PostgreSQL server; the folder names it.
pub fn init_on(job: InitJob<'_>, address: &Address) -> Result<App> {
    crate::lend::check_charter(job.charter)?;
    std::fs::create_dir_all(job.folder).map_err(|error| {
        Refusal::internal(format!("`{}` cannot be made", job.folder.display())).because(error)
    })?;
    if holds_a_list(job.folder) {
        return Err(StoreError::AlreadyThere(job.folder.to_owned()).into());
    }
    // Before anything is made on the server, so that a making that is cut short is found by its folder.
    name_server(job.folder, address)?;
    let made = Node::of_folder(job.folder, fresh_node(&*job.clock, &*job.chance))
        .and_then(|node| Postgres::create(address, node));
    if made.is_err() {
        std::fs::remove_file(job.folder.join(super::place::FILE)).map_err(|error| {
            Refusal::internal("the mark of a list that was not made cannot be removed").because(error)
        })?;
    }
    make(job, made?)
}

fn make(job: InitJob<'_>, store: Store) -> Result<App> {
    let (vault, header) = Vault::create_with_cost(job.root, job.cost, &mut *job.chance.rng("vault"))?;
    store.keys().set_header(&header.to_json()?)?;
    let now = job.clock.now();
    let operator = Actor::operator();
    store.write(|tx| {
        tx.set_meta("demo", if job.demo { "yes" } else { "no" })?;
        enter(tx, now, &operator, "list.created", json!({"format": 1, "demo": job.demo}))?;
        Ok::<_, Refusal>(())
    })?;
    let app = assemble(job.folder, store, vault, job.clock, job.chance, false)?;
    crate::lend::adopt_charter(&app, &operator, job.charter)?;
    crate::send::dkim::ensure_key(&app)?;
    app.store.write(|tx| Ok::<_, Refusal>(tx.set_meta(MADE, "yes")?))?;
    Ok(app)
}
