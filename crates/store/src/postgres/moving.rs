//! Taking a list over from SQLite: page by page, each page a transaction, so that a move that is cut short goes on
//! where it was; every table is compared by its digest and every key with its original before the list counts.

use super::link::{Connection, Link};
use super::{Address, Node, Postgres, READ, WRITER};
use crate::areas::notes::{META, SET_META};
use crate::coding::numbers::unsigned;
use crate::engine::{Engine, Sql};
use crate::error::{StoreError, StoreResult};
use crate::handle::Backend;
use crate::keys::KeyStore;
use crate::sqlite::Lite;
use crate::sqlite::Sqlite;
use crate::transfer::{self, Digest, Table, tables};
use hustings_domain::ids::Ordinal;
use std::path::Path;
use uuid::Uuid;

/// Set in the list that was left: where its people are now.
const MOVED_TO: &str = "moved-to";
/// Set in the list that is being left: the epoch that the new one was finished with.
const FINISHED_WITH: &str = "moving-epoch";
/// Set by whoever makes a list, last of all.
const MADE: &str = "made";
const NEXT: &str = "SELECT next FROM counter WHERE name = 'ordinal'";
/// Numbers that the server gives must go on after those that came.
const NUMBERING: &str = "SELECT setval(pg_get_serial_sequence('word', 'id'), max(id)) FROM word HAVING max(id) > 0;
    SELECT setval(pg_get_serial_sequence('loan_key', 'loan_no'), max(loan_no)) FROM loan_key HAVING max(loan_no) > 0;
    ANALYZE supporter, blind, fact, consent, suppression, delivery";

/// How many keys are compared at a time.
const KEYS_TOGETHER: u32 = 20_000;

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Each table with what its rows come to, the same on both sides.
    pub tables: Vec<(&'static str, Digest)>,
    /// How many keys, each compared with its original.
    pub keys: u64,
}

/// Told how far it is: the table, and how many rows of it went over just now. An error stops the move.
pub type Progress<'a> = &'a mut dyn FnMut(&str, u64) -> StoreResult<()>;

impl Postgres {
    /// Moves the list in `folder` into a database that exists, and marks it there as moved at the end.
    ///
    /// Nobody can have the list open meanwhile (`InUse`). Cut short at any instant, the same call goes on; until
    /// the end the list in the folder is the only one. A database that holds another list is `AlreadyThere`.
    pub fn take_over(
        folder: &Path,
        address: &Address,
        node: Uuid,
        progress: Progress<'_>,
    ) -> StoreResult<Moved> {
        let from = Sqlite::open_alone(folder)?;
        if let Some(place) = from.with_connection(|source| value(source, MOVED_TO))? {
            return Err(StoreError::Conflict(format!("this list was moved to `{place}` already")));
        }
        if is_finished(&from, address)? {
            let to = Self::find(address, false)?;
            let link = to.2.begin(READ)?;
            let moved = from.with_connection(|source| compare(source, &link.connection))?;
            to.2.roll_back(link);
            mark(&from, address)?;
            return Ok(Moved { tables: moved, keys: from.keys().count()? });
        }
        let to = match Self::create_as(address, Node::new(node).alone()) {
            Err(StoreError::AlreadyThere(place)) => Self::go_on(&from, address, node, place)?,
            other => other?,
        };
        let keys = move_keys(&from, &to, progress)?;
        let moved = from.with_connection(|source| to.take_tables(source, progress))?;
        from.with_connection(|source| to.finish(source))?;
        mark(&from, address)?;
        Ok(Moved { tables: moved, keys })
    }

    /// A list that an earlier move of this one began, and nothing else.
    fn go_on(from: &Sqlite, address: &Address, node: Uuid, place: std::path::PathBuf) -> StoreResult<Self> {
        let to = Self::open_as(address, Node::new(node).alone())?;
        let link = to.pool.begin(READ)?;
        let made = value(&link.connection, MADE);
        to.pool.roll_back(link);
        let header = to.keys.header()?;
        let is_ours = header.is_none() || header == from.keys().header()?;
        if made?.is_some() || !is_ours { Err(StoreError::AlreadyThere(place)) } else { Ok(to) }
    }

    fn take_tables(
        &self,
        source: &Lite<'_>,
        progress: Progress<'_>,
    ) -> StoreResult<Vec<(&'static str, Digest)>> {
        let mut moved = Vec::new();
        for table in tables().iter().filter(|table| table.name != "meta") {
            let wanted = transfer::digest(source, table)?;
            for last_try in [false, true] {
                self.take_rows(source, table, progress)?;
                let link = self.pool.begin(READ)?;
                let found = transfer::digest(&link.connection, table);
                self.pool.roll_back(link);
                if found? == wanted {
                    break;
                }
                if last_try {
                    return Err(StoreError::Damaged(format!("`{}` did not arrive as it was", table.name)));
                }
                // The list was used between two tries of moving it: what follows may hang on what changed.
                self.empty_from(table)?;
            }
            moved.push((table.name, wanted));
        }
        Ok(moved)
    }

    fn take_rows(&self, source: &Lite<'_>, table: &Table, progress: Progress<'_>) -> StoreResult<()> {
        let begin = format!("BEGIN; {WRITER}");
        let link = self.pool.begin(&begin)?;
        let went = transfer::copy(source, &link.connection, table, &mut |rows| {
            link.connection.batch(&format!("COMMIT; {begin}"))?;
            progress(table.name, rows)
        });
        self.pool.roll_back(link);
        went
    }

    fn empty_from(&self, table: &Table) -> StoreResult<()> {
        let after = tables().iter().rev().take_while(|other| other.name != table.name);
        self.writing(|connection| {
            for other in after.filter(|other| other.name != "meta").chain([table]) {
                connection.execute(other.empty, &[])?;
            }
            Ok(())
        })
    }

    /// Makes the list whole, in one transaction: with `meta` comes the mark that it was made.
    fn finish(&self, source: &Lite<'_>) -> StoreResult<()> {
        let Some(meta) = tables().iter().find(|table| table.name == "meta") else { return Ok(()) };
        let own = self.member.as_ref().map_or(0, |member| member.epoch);
        let epoch = own.max(epoch_of(source)?).to_string();
        source.run_one(SET_META, (FINISHED_WITH, &epoch))?;
        self.writing(|connection| {
            connection.batch(NUMBERING)?;
            connection.execute(meta.empty, &[])?;
            transfer::copy(source, connection, meta, &mut |_| Ok(()))?;
            Sql::run(connection, SET_META, ("epoch", &epoch)).map(drop)
        })
    }

    fn writing<T>(&self, work: impl FnOnce(&Connection) -> StoreResult<T>) -> StoreResult<T> {
        let link: Link = self.pool.begin(&format!("BEGIN; {WRITER}"))?;
        let done = work(&link.connection).and_then(|done| link.connection.batch("COMMIT").map(|()| done));
        match done {
            Ok(done) => {
                self.pool.give_back(link);
                Ok(done)
            }
            Err(error) => {
                self.pool.roll_back(link);
                Err(error)
            }
        }
    }
}

/// One statement on the list that is being left.
trait RunOne {
    fn run_one(&self, sql: &'static str, values: (&str, &str)) -> StoreResult<()>;
}

impl RunOne for Lite<'_> {
    fn run_one(&self, sql: &'static str, values: (&str, &str)) -> StoreResult<()> {
        Sql::run(self, sql, values).map(drop)
    }
}

fn value<E: Engine>(of: &E, key: &str) -> StoreResult<Option<String>> {
    Sql::one(of, META, (key,), |row| row.get(0))
}

fn epoch_of<E: Engine>(of: &E) -> StoreResult<u64> {
    let epoch = value(of, "epoch")?.and_then(|text| text.parse().ok());
    epoch.ok_or_else(|| StoreError::Damaged("the epoch is not a number".to_owned()))
}

/// Whether an earlier move came to its end and only the mark is missing. Nobody has opened the new list since, or
/// its epoch would be another.
fn is_finished(from: &Sqlite, address: &Address) -> StoreResult<bool> {
    let Some(epoch) = from.with_connection(|source| value(source, FINISHED_WITH))? else { return Ok(false) };
    let to = match Postgres::find(address, false) {
        Ok(to) => to,
        Err(StoreError::NotThere(_)) => return Ok(false),
        Err(other) => return Err(other),
    };
    let link = to.2.begin(READ)?;
    let found = value(&link.connection, "epoch");
    let made = value(&link.connection, MADE);
    to.2.roll_back(link);
    Ok(made?.is_some() && found? == Some(epoch) && to.3.header()? == from.keys().header()?)
}

fn compare(source: &Lite<'_>, target: &Connection) -> StoreResult<Vec<(&'static str, Digest)>> {
    let mut same = Vec::new();
    for table in tables().iter().filter(|table| table.name != "meta") {
        let wanted = transfer::digest(source, table)?;
        if transfer::digest(target, table)? != wanted {
            return Err(StoreError::Conflict(format!("`{}` was changed since it was moved", table.name)));
        }
        same.push((table.name, wanted));
    }
    Ok(same)
}

fn mark(from: &Sqlite, address: &Address) -> StoreResult<()> {
    from.with_connection(|source| source.run_one(SET_META, (MOVED_TO, &address.to_string())))
}

/// Brings every key over, takes away what has no original any more, and compares all of them.
fn move_keys(from: &Sqlite, to: &Postgres, progress: Progress<'_>) -> StoreResult<u64> {
    if let Some(header) = from.keys().header()?
        && to.keys.header()?.as_ref() != Some(&header)
    {
        to.keys.set_header(&header)?;
    }
    let next = from.with_connection(|source| {
        unsigned(Sql::one(source, NEXT, (), |row| row.get::<i64>(0))?.unwrap_or(0))
    })?;
    let next = u32::try_from(next).map_err(|_| StoreError::Damaged("the counter of positions".to_owned()))?;
    from.keys().sweep(Ordinal(next))?;
    to.keys.sweep(Ordinal(next))?;
    let mut moved = 0;
    for first in (0..next).step_by(usize::try_from(KEYS_TOGETHER).unwrap_or(usize::MAX)) {
        let together: Vec<Ordinal> =
            (first..next.min(first.saturating_add(KEYS_TOGETHER))).map(Ordinal).collect();
        let originals = from.keys().get_many(&together)?;
        let there = to.keys.get_many(&together)?;
        let mut missing = Vec::new();
        for ((ordinal, original), copy) in together.iter().zip(&originals).zip(there) {
            match (original, copy) {
                (Some(original), None) => missing.push((*ordinal, *original)),
                (None, Some(_)) => to.keys.destroy(*ordinal)?,
                (Some(original), Some(copy)) if *original != copy => {
                    return Err(StoreError::Damaged(format!("the key of supporter {} differs", ordinal.0)));
                }
                _ => {}
            }
        }
        to.keys.put_many(&missing)?;
        if to.keys.get_many(&together)? != originals {
            return Err(StoreError::Damaged("keys did not arrive as they were".to_owned()));
        }
        let held = originals.iter().flatten().count() as u64;
        moved += held;
        progress("keys", held)?;
    }
    if to.keys.count()? == moved && from.keys().count()? == moved {
        Ok(moved)
    } else {
        Err(StoreError::Damaged("the keys of the two lists are not as many".to_owned()))
    }
}
