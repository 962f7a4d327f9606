//! Where a list's data are: in the folder itself, on SQLite, or on the PostgreSQL server that `store.toml` names.

use crate::refusal::{Refusal, Result};
use hustings_store::postgres::{Address, Postgres};
use hustings_store::sqlite::Sqlite;
use hustings_store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

/// The file in the data folder that names a server. It never holds a password.
pub(super) const FILE: &str = "store.toml";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    address: String,
}

static PASSWORD: OnceLock<String> = OnceLock::new();

/// The password of database servers, as the command line was given it; said once, before a list is opened. What is
/// said later does not count.
pub fn use_store_password(password: String) {
    PASSWORD.get_or_init(|| password);
}

/// An address as it was typed.
pub fn address(text: &str) -> Result<Address> {
    Ok(Address::parse(text, PASSWORD.get().map(String::as_str))?)
}

/// Whether a list, or the way to one, is in the folder.
pub fn holds_a_list(folder: &Path) -> bool {
    folder.join(super::DATA).exists() || folder.join(FILE).exists()
}

/// The server that the folder names, if its list is on one.
pub(super) fn server_of(folder: &Path) -> Result<Option<Address>> {
    let path = folder.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Refusal::invalid("store.unreadable", format!("`{}` cannot be read", path.display()))
                .because(error));
        }
    };
    let named: Named = toml::from_str(&text).map_err(|_| {
        Refusal::invalid("store.wrong", format!("`{}` names no store", path.display()))
            .hint("it holds one line: address = \"postgres://USER@HOST/DATABASE\"")
    })?;
    address(&named.address).map(Some)
}

/// Writes down which server the list is on; a folder that names one already is a conflict.
pub(super) fn name_server(folder: &Path, address: &Address) -> Result<()> {
    let path = folder.join(FILE);
    let refused = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => StoreError::AlreadyThere(folder.to_owned()).into(),
        _ => Refusal::of_file(format!("`{}` cannot be written", path.display()), &error),
    };
    let text = toml::to_string(&Named { address: address.to_string() })
        .map_err(|error| Refusal::internal("the store's address cannot be written down").because(error))?;
    if path.exists() {
        return Err(refused(std::io::ErrorKind::AlreadyExists.into()));
    }
    // It gets its name when it is whole: half a name would be taken for a list that lies elsewhere.
    let whole = folder.join(format!("{FILE}.new"));
    let written = File::create(&whole)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&whole, &path))
        .and_then(|()| File::open(folder)?.sync_all());
    if written.is_err() {
        drop(std::fs::remove_file(&whole));
    }
    written.map_err(refused)
}

/// Opens the list's store to change it.
pub(super) fn open_store(folder: &Path) -> Result<Store> {
    if let Some(address) = server_of(folder)? {
        return Ok(Postgres::open(&address)?);
    }
    unmoved(folder, Sqlite::open(folder)?)
}

/// Opens the list's store beside whoever may be changing it.
pub(super) fn open_store_reading(folder: &Path) -> Result<Store> {
    match server_of(folder)? {
        Some(address) => Ok(Postgres::open_reading(&address)?),
        None => unmoved(folder, Sqlite::open_reading(folder)?),
    }
}

fn unmoved(folder: &Path, store: Store) -> Result<Store> {
    match store.read(|tx| Ok::<_, Refusal>(tx.meta(MOVED_TO)?))? {
        None => Ok(store),
        Some(place) => Err(Refusal::conflict(
            "folder.moved",
            format!("the list in `{}` was moved to `{place}`", folder.display()),
        )
        .hint(format!("`hustings move --to {place}` finishes what was cut short"))),
    }
}

/// Set in a list on SQLite that lives on a server now.
pub(super) const MOVED_TO: &str = "moved-to";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_names_its_server_once_and_without_a_password() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!holds_a_list(folder.path()) && server_of(folder.path()).unwrap().is_none());
        let address = Address::parse("postgres://ada@localhost/list", Some("hunter2")).unwrap();
        name_server(folder.path(), &address).unwrap();
        assert_eq!(name_server(folder.path(), &address).unwrap_err().code, "folder.taken");
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert_eq!(text, "address = \"postgres://ada@localhost/list\"\n");
        assert!(holds_a_list(folder.path()));
        assert_eq!(server_of(folder.path()).unwrap().unwrap().to_string(), address.to_string());
        std::fs::write(folder.path().join(FILE), "address = 5").unwrap();
        assert_eq!(server_of(folder.path()).unwrap_err().code, "store.wrong");
    }
}
