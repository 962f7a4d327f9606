//! How the areas speak to the engine: one unit of work, cached statements, and the engine's errors in our words.

use super::words::Words;
use crate::error::{StoreError, StoreResult};
use crate::traits::Tx;
use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, Params, Row, Statement, ToSql};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use uuid::Uuid;

/// A connection inside a transaction, with its words.
pub(super) struct Db<'a> {
    pub(super) connection: &'a Connection,
    pub(super) words: &'a mut Words,
}

/// The unit of work on SQLite.
///
/// INVARIANT: once a method has failed, every further one fails and the transaction is rolled back, so that a
/// caller who passes over an error cannot commit half of what it meant (on a full disk the engine has rolled
/// back by itself by then, and what followed would be on its own).
pub(super) struct SqliteTx<'a> {
    db: Db<'a>,
    failed: Option<String>,
}

impl Tx for SqliteTx<'_> {}

impl<'a> SqliteTx<'a> {
    pub(super) fn new(connection: &'a Connection, words: &'a mut Words) -> Self {
        Self { db: Db { connection, words }, failed: None }
    }

    /// Runs one method of an area.
    pub(super) fn run<T>(&mut self, work: impl FnOnce(&mut Db<'a>) -> StoreResult<T>) -> StoreResult<T> {
        self.check()?;
        let result = work(&mut self.db);
        if let Err(error) = &result {
            self.failed = Some(error.to_string());
        }
        result
    }

    /// Refuses when a step has failed.
    pub(super) fn check(&self) -> StoreResult<()> {
        match &self.failed {
            None => Ok(()),
            Some(why) => {
                Err(StoreError::Conflict(format!("nothing is kept, because a step before had failed: {why}")))
            }
        }
    }
}

/// Cached statements with results in the store's terms.
pub(super) trait Sql {
    /// Runs a statement; returns how many rows it touched.
    fn run(&self, sql: &str, params: impl Params) -> StoreResult<usize>;

    /// The first row, if any.
    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> StoreResult<T>,
    ) -> StoreResult<Option<T>>;

    /// Calls `read` for each row.
    fn each(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> StoreResult<()>,
    ) -> StoreResult<()>;

    /// Every row.
    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> StoreResult<T>,
    ) -> StoreResult<Vec<T>> {
        let mut found = Vec::new();
        self.each(sql, params, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The one number that the statement gives; 0 when it gives none.
    fn number(&self, sql: &str, params: impl Params) -> StoreResult<u64> {
        let found: Option<Option<i64>> = self.one(sql, params, |row| Ok(row.get(0)?))?;
        unsigned(found.flatten().unwrap_or(0))
    }
}

impl Sql for Connection {
    fn run(&self, sql: &str, params: impl Params) -> StoreResult<usize> {
        Ok(self.prepare_cached(sql)?.execute(params)?)
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> StoreResult<T>,
    ) -> StoreResult<Option<T>> {
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(read).transpose()
    }

    fn each(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> StoreResult<()>,
    ) -> StoreResult<()> {
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            read(row)?;
        }
        Ok(())
    }
}

/// How many rows one statement of [`insert_many`] adds: the engine finds the place of the first and goes on
/// from there.
const TOGETHER: usize = 64;

/// Gives a statement its values, one after another.
pub(super) struct Bind<'a, 'b> {
    statement: &'a mut Statement<'b>,
    place: usize,
}

impl Bind<'_, '_> {
    /// The next value.
    pub(super) fn next(&mut self, value: impl ToSql) -> StoreResult<()> {
        self.place += 1;
        Ok(self.statement.raw_bind_parameter(self.place, value)?)
    }
}

/// Adds rows of so many columns, many with one statement, and returns how many there are of them now.
///
/// `head` goes up to `VALUES`, and says `OR FAIL`, `OR IGNORE` or `OR REPLACE`: by default the engine keeps
/// copies of pages for taking one statement back, which here would only ever happen to a whole transaction.
pub(super) fn insert_many<T>(
    connection: &Connection,
    head: &str,
    columns: usize,
    rows: &[T],
    mut bind: impl FnMut(&mut Bind<'_, '_>, &T) -> StoreResult<()>,
) -> StoreResult<usize> {
    let row = format!("({})", vec!["?"; columns].join(","));
    let (full, rest) = rows.as_chunks::<TOGETHER>();
    let mut added = 0;
    let mut insert = |together: &[T], sql: &str| {
        let mut statement = connection.prepare_cached(sql)?;
        let mut to = Bind { statement: &mut statement, place: 0 };
        together.iter().try_for_each(|row| bind(&mut to, row))?;
        added += statement.raw_execute()?;
        Ok::<_, StoreError>(())
    };
    if !full.is_empty() {
        let sql = format!("{head} {}", vec![row.as_str(); TOGETHER].join(","));
        full.iter().try_for_each(|together| insert(together, &sql))?;
    }
    let sql = format!("{head} {row}");
    rest.chunks(1).try_for_each(|one| insert(one, &sql))?;
    Ok(added)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse(PathBuf::new()),
            Some(ErrorCode::ConstraintViolation) => {
                Self::Conflict("something is kept under this number or name already".to_owned())
            }
            Some(ErrorCode::ReadOnly) => Self::Engine("a read may not write".to_owned()),
            _ => match error {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..) => Self::Damaged(error.to_string()),
                other => Self::Engine(other.to_string()),
            },
        }
    }
}

/// Says what a broken constraint means here.
pub(super) trait OrConflict<T> {
    /// A conflict gets these words; other errors stay.
    fn or_conflict(self, words: impl FnOnce() -> String) -> StoreResult<T>;
}

impl<T> OrConflict<T> for StoreResult<T> {
    fn or_conflict(self, words: impl FnOnce() -> String) -> Self {
        self.map_err(|error| match error {
            StoreError::Conflict(_) => StoreError::Conflict(words()),
            other => other,
        })
    }
}

/// A number that the engine can hold.
pub(super) fn signed(number: u64) -> StoreResult<i64> {
    i64::try_from(number)
        .map_err(|_| StoreError::Conflict(format!("`{number}` is too large a number to keep")))
}

/// A number that must not be negative.
pub(super) fn unsigned(number: i64) -> StoreResult<u64> {
    u64::try_from(number).map_err(|_| StoreError::Damaged("a count is negative".to_owned()))
}

/// A count that fits 32 bits, or the largest such.
pub(super) fn capped(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Instants are kept to the microsecond.
pub(super) fn instant(microseconds: i64) -> StoreResult<Timestamp> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|_| StoreError::Damaged("an instant is out of range".to_owned()))
}

/// Reads an id's 16 bytes.
pub(super) fn uuid(row: &Row<'_>, column: usize) -> StoreResult<Uuid> {
    Ok(Uuid::from_bytes(row.get(column)?))
}

/// Bytes, where they lie.
pub(super) fn blob<'a>(row: &'a Row<'_>, column: usize) -> StoreResult<&'a [u8]> {
    let bytes = row.get_ref(column)?.as_blob();
    bytes.map_err(|_| StoreError::Damaged("what must be bytes is something else".to_owned()))
}

/// A document's text.
pub(super) fn to_json<T: Serialize>(what: &str, value: &T) -> StoreResult<String> {
    serde_json::to_string(value)
        .map_err(|_| StoreError::Conflict(format!("this {what} cannot be written down")))
}

/// Reads a document; what the parser says stays out of the error, since it can quote personal data.
pub(super) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|error| {
        StoreError::Damaged(format!("a kept {what} cannot be read (column {} of its text)", error.column()))
    })
}

/// The document in the first column.
pub(super) fn document<T: DeserializeOwned>(what: &str, row: &Row<'_>) -> StoreResult<T> {
    let text =
        row.get_ref(0)?.as_str().map_err(|_| StoreError::Damaged(format!("a kept {what} is not text")))?;
    from_json(what, text)
}
