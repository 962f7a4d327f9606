//! Opening the list for a verb: which folder, which key, and who speaks.

use crate::args::Common;
use crate::demo::{DEMO_CLOCK, ShiftedClock};
use crate::output::on_terminal;
use hustings_app::{App, Refusal, Result, SystemChance, SystemClock, access, folder};
use hustings_domain::access::Actor;
use hustings_domain::clock::Clock;
use hustings_vault::RootSecret;
use std::sync::Arc;

/// Mail addresses and passphrases stay out of process listings, so they come by file, environment or prompt.
pub fn root_secret(common: &Common) -> Result<RootSecret> {
    let unreadable = |path: &std::path::Path, error: std::io::Error| {
        Refusal::invalid("secret.unreadable", format!("`{}` cannot be read", path.display())).because(error)
    };
    let bad = |error: hustings_vault::root::RootError| {
        Refusal::invalid("secret.wrong", "this cannot open a list").because(error)
    };
    if let Some(path) = &common.identity {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
        return RootSecret::age_identity(&text).map_err(bad);
    }
    if let Some(path) = &common.passphrase_file {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
        return RootSecret::passphrase(text.trim_end_matches(['\r', '\n'])).map_err(bad);
    }
    if let Some(text) = &common.passphrase {
        return RootSecret::passphrase(text).map_err(bad);
    }
    let file = common.dir().join(DEMO_PASSPHRASE);
    if let Ok(text) = std::fs::read_to_string(&file) {
        return RootSecret::passphrase(text.trim()).map_err(bad);
    }
    if on_terminal() {
        let text = rpassword::prompt_password("Passphrase: ").map_err(|error| {
            Refusal::invalid("secret.unreadable", "no passphrase could be read").because(error)
        })?;
        return RootSecret::passphrase(&text).map_err(bad);
    }
    Err(Refusal::invalid("secret.none", "the list is sealed and nothing was given to open it")
        .hint("set HUSTINGS_PASSPHRASE or --passphrase-file, or name an age identity with --identity"))
}

/// Hands the password of the list's database server over, before any list is opened.
pub fn use_store_password(common: &Common) -> Result<()> {
    let password = match &common.store_password_file {
        Some(path) => Some(std::fs::read_to_string(path).map_err(|error| {
            Refusal::invalid("secret.unreadable", format!("`{}` cannot be read", path.display()))
                .because(error)
        })?),
        None => common.store_password.clone(),
    };
    if let Some(password) = password {
        folder::use_store_password(password.trim_end_matches(['\r', '\n']).to_owned());
    }
    let at_home = || std::env::home_dir().map(|home| home.join(".pgpass"));
    if let Some(file) = common.store_passwords.clone().or_else(at_home) {
        folder::use_store_passwords(file);
    }
    Ok(())
}

/// A demonstration leaves its passphrase beside its made-up people, so that every verb works on it. A real list
/// never has this file: `init` does not write it.
pub const DEMO_PASSPHRASE: &str = "DEMO-PASSPHRASE";

/// Opens the list to change it: alone.
pub fn open(common: &Common) -> Result<Arc<App>> {
    let root = root_of_the_list(common)?;
    folder::open(&common.dir(), &root, clock_of(common), Arc::new(SystemChance)).map(Arc::new)
}

/// Opens the list to look at it, beside whatever process may be changing it.
pub fn open_reading(common: &Common) -> Result<Arc<App>> {
    reading(common, &root_of_the_list(common)?)
}

/// Opens the list alone, or, when `hustings serve` holds it, beside that: for verbs that look, and whose looking
/// stands in the ledger, or that the server can do its part of.
pub fn open_or_beside(common: &Common) -> Result<Arc<App>> {
    let root = root_of_the_list(common)?;
    match folder::open(&common.dir(), &root, clock_of(common), Arc::new(SystemChance)) {
        Err(refusal) if refusal.code == "folder.in-use" => reading(common, &root),
        opened => opened.map(Arc::new),
    }
}

fn root_of_the_list(common: &Common) -> Result<RootSecret> {
    // A restore that was cut off between two renames is completed before the list is looked for.
    folder::finish_restore(&common.dir())?;
    if !folder::holds_a_list(&common.dir()) {
        // Before anybody is asked for a passphrase.
        return Err(folder::no_list(&common.dir()));
    }
    root_secret(common)
}

fn reading(common: &Common, root: &RootSecret) -> Result<Arc<App>> {
    folder::open_reading(&common.dir(), root, clock_of(common), Arc::new(SystemChance)).map(Arc::new)
}

/// The machine's clock; a demonstration lives on from where its story ended.
pub fn clock_of(common: &Common) -> Arc<dyn Clock> {
    let shift =
        std::fs::read_to_string(common.dir().join(DEMO_CLOCK)).ok().and_then(|text| text.trim().parse().ok());
    match shift {
        Some(seconds) => Arc::new(ShiftedClock { seconds }),
        None => Arc::new(SystemClock),
    }
}

/// Who speaks: the holder of the token, else the operator, who has every technical role and no seat on the board.
pub fn actor(common: &Common, app: &App) -> Result<Actor> {
    match &common.token {
        Some(token) => access::actor_of_token(app, token),
        None => Ok(Actor::operator()),
    }
}

/// The text of a file, or of standard input for `-`.
pub fn read_text(path: &std::path::Path) -> Result<String> {
    let unreadable = |error: std::io::Error| {
        Refusal::invalid("file.unreadable", format!("`{}` cannot be read", path.display())).because(error)
    };
    if path.as_os_str() == "-" {
        return std::io::read_to_string(std::io::stdin().lock()).map_err(unreadable);
    }
    std::fs::read_to_string(path).map_err(unreadable)
}
