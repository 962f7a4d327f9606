//! Where a list's data are: in the folder itself, on SQLite, or on the PostgreSQL server that `store.toml` names.

use crate::refusal::{Refusal, Result};
use hustings_store::postgres::{Address, Node, Postgres};
use hustings_store::sqlite::Sqlite;
use hustings_store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use uuid::Uuid;

/// The file in the data folder that names a server. It never holds a password.
pub(super) const FILE: &str = "store.toml";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    address: String,
    /// After how many seconds of silence other processes take this one's work over.
    #[serde(skip_serializing_if = "Option::is_none")]
    lease_seconds: Option<u64>,
}

/// A shorter lease takes a busy machine for a dead one, and a longer one leaves work lying.
const LEASES: std::ops::RangeInclusive<u64> = 2..=600;

static PASSWORD: OnceLock<String> = OnceLock::new();

/// The password of database servers, as the command line was given it; said once, before a list is opened. What is
/// said later does not count.
pub fn use_store_password(password: String) {
    PASSWORD.get_or_init(|| password);
}

static PASSWORDS: OnceLock<PathBuf> = OnceLock::new();

/// The file in the form of PostgreSQL's `.pgpass` that passwords of servers are looked up in when none was given; said
/// once, as the password is.
pub fn use_store_passwords(file: PathBuf) {
    PASSWORDS.get_or_init(|| file);
}

/// An address as it was typed.
pub fn address(text: &str) -> Result<Address> {
    let password = PASSWORD.get().map(String::as_str);
    let address = Address::parse(text, password)?;
    Ok(match PASSWORDS.get() {
        Some(file) if password.is_none() => address.with_password_of(file),
        _ => address,
    })
}

/// Whether a list, or the way to one, is in the folder.
pub fn holds_a_list(folder: &Path) -> bool {
    folder.join(super::DATA).exists() || folder.join(FILE).exists()
}

/// The server that the folder names, if its list is on one.
pub(super) fn server_of(folder: &Path) -> Result<Option<Address>> {
    named_in(folder)?.map(|named| address(&named.address)).transpose()
}

fn named_in(folder: &Path) -> Result<Option<Named>> {
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
    if named.lease_seconds.is_some_and(|seconds| !LEASES.contains(&seconds)) {
        let (least, most) = (LEASES.start(), LEASES.end());
        return Err(Refusal::invalid(
            "store.lease",
            format!("`lease_seconds` in `{}` is from {least} to {most}", path.display()),
        )
        .hint("leave it out for 15 seconds"));
    }
    Ok(Some(named))
}

/// Writes down which server the list is on; a folder that names one already is a conflict.
pub(super) fn name_server(folder: &Path, address: &Address) -> Result<()> {
    let path = folder.join(FILE);
    let refused = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => StoreError::AlreadyThere(folder.to_owned()).into(),
        _ => Refusal::of_file(format!("`{}` cannot be written", path.display()), &error),
    };
    let text = toml::to_string(&Named { address: address.to_string(), lease_seconds: None })
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

/// Opens the list's store to change it; `fresh` names the folder's node if it has no name yet.
pub(super) fn open_store(folder: &Path, fresh: Uuid) -> Result<Store> {
    open_store_as(folder, fresh, |node| node)
}

/// The same while no other process writes to the list, from whatever folder.
pub(super) fn open_store_alone(folder: &Path, fresh: Uuid) -> Result<Store> {
    open_store_as(folder, fresh, Node::alone)
}

fn open_store_as(folder: &Path, fresh: Uuid, how: impl FnOnce(Node) -> Node) -> Result<Store> {
    if let Some(named) = named_in(folder)? {
        let mut node = Node::of_folder(folder, fresh)?;
        if let Some(seconds) = named.lease_seconds {
            node = node.with_lease(Duration::from_secs(seconds));
        }
        return Ok(Postgres::open(&address(&named.address)?, how(node))?);
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
        let short = format!("{text}lease_seconds = 1\n");
        std::fs::write(folder.path().join(FILE), short).unwrap();
        assert_eq!(server_of(folder.path()).unwrap_err().code, "store.lease");
        std::fs::write(folder.path().join(FILE), "address = 5").unwrap();
        assert_eq!(server_of(folder.path()).unwrap_err().code, "store.wrong");
    }
}
