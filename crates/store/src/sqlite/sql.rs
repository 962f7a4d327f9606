//! How this engine is spoken to: cached statements, many rows with one statement, and its errors in our words.

use crate::coding::numbers::unsigned;
use crate::error::{StoreError, StoreResult};
use rusqlite::{Connection, ErrorCode, Params, Row, Statement, ToSql};
use std::path::PathBuf;

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

/// What SQLite says when a write was not taken for another reason than a full disk, as far as it knows: a quota or a
/// limit on the size of files is one, and so is a full disk under the memory that connections share
/// (`SQLITE_IOERR_WRITE` and `SQLITE_IOERR_SHMSIZE`).
const NOT_TAKEN: [i32; 2] = [778, 4874];

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let extended = error.sqlite_error().map(|said| said.extended_code);
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            _ if extended.is_some_and(|code| NOT_TAKEN.contains(&code)) => Self::DiskFull,
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

/// Bytes, where they lie.
pub(super) fn blob<'a>(row: &'a Row<'_>, column: usize) -> StoreResult<&'a [u8]> {
    let bytes = row.get_ref(column)?.as_blob();
    bytes.map_err(|_| StoreError::Damaged("what must be bytes is something else".to_owned()))
}
