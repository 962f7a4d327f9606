//! Moving a list from its folder to a PostgreSQL server. The folder stays the list's: its settings, journals and
//! published ledger lie there, and `store.toml` says where the data are now.

use super::open::fresh_node;
use super::place::{MOVED_TO, name_server, open_store, server_of};
use crate::context::Chance;
use crate::refusal::{Refusal, Result};
use crate::second::{Act, Second, enter_with};
use hustings_domain::access::Actor;
use hustings_domain::clock::Clock;
use hustings_domain::guarded::Guarded;
use hustings_store::StoreError;
use hustings_store::postgres::{Address, Postgres};
use hustings_store::sqlite::Sqlite;
use serde::Serialize;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where the files go that are not the list any more.
pub(super) const LEFT: &str = "before-move";

/// What was moved.
#[derive(Debug, Clone, Serialize)]
pub struct MoveReport {
    /// Where to.
    pub to: String,
    /// Each table, how many rows it has, and SHA-256 over them, in hexadecimal, the same on both sides.
    pub tables: Vec<(String, u64, String)>,
    /// How many keys, each compared with its original.
    pub keys: u64,
    /// Where the old files are: they hold every key.
    pub left: PathBuf,
}

/// What a second person grants when the list is moved.
pub fn act_of_moving(address: &Address) -> Act {
    Act::new(Guarded::Move).with("to", address.to_string())
}

/// Moves the list in `folder` to the server at `address`. Cut short, the same call goes on where it was.
pub fn move_to(
    folder: &Path,
    address: &Address,
    clock: &dyn Clock,
    chance: &dyn Chance,
    progress: &mut dyn FnMut(&str, u64),
) -> Result<MoveReport> {
    let mut report =
        MoveReport { to: address.to_string(), tables: Vec::new(), keys: 0, left: folder.join(LEFT) };
    match server_of(folder)? {
        Some(named) if named.to_string() == address.to_string() => {
            put_aside(folder)?;
            return Ok(report);
        }
        Some(named) => {
            return Err(Refusal::conflict("folder.moved", format!("the list is on `{named}` already"))
                .hint("between two servers the database's own tools move it: pg_dump and pg_restore"));
        }
        None => {}
    }
    let act = act_of_moving(address);
    let operator = Actor::operator();
    let (moved_to, granted) = Sqlite::open_reading(folder)?.read(|tx| {
        let granted = crate::second::find(tx, clock.now(), &operator, &act)?;
        Ok::<_, Refusal>((tx.meta(MOVED_TO)?, granted))
    })?;
    if moved_to.as_deref() != Some(report.to.as_str()) {
        let moved = Postgres::take_over(folder, address, fresh_node(clock, chance), &mut |table, rows| {
            progress(table, rows);
            Ok::<_, StoreError>(())
        })?;
        report.keys = moved.keys;
        let hexadecimal = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        report.tables = moved
            .tables
            .into_iter()
            .map(|(name, digest)| (name.to_owned(), digest.rows, hexadecimal(&digest.sha256)))
            .collect();
    }
    name_server(folder, address)?;
    put_aside(folder)?;
    let rows: u64 = report.tables.iter().map(|table| table.1).sum();
    open_store(folder, fresh_node(clock, chance))?.write(|tx| {
        let body = json!({"to": "postgresql", "rows": rows, "keys": report.keys});
        let second = match granted {
            Some(number) => {
                crate::second::spend(tx, clock.now(), number).map(|()| Second::Granted(number))?
            }
            None => Second::NotYet,
        };
        enter_with(tx, clock.now(), &operator, "list.moved", body, second)
    })?;
    Ok(report)
}

fn put_aside(folder: &Path) -> Result<()> {
    let left = folder.join(LEFT);
    let refused = |error: std::io::Error| {
        Refusal::internal(format!("the old files cannot be put aside in `{}`", left.display())).because(error)
    };
    std::fs::create_dir_all(&left).map_err(refused)?;
    for name in [super::DATA, super::KEYS] {
        for file in [name.to_owned(), format!("{name}-wal"), format!("{name}-shm")] {
            match std::fs::rename(folder.join(&file), left.join(&file)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(refused(error)),
                _ => {}
            }
        }
    }
    Ok(())
}
