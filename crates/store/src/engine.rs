//! What the areas need of a database engine: statements with plain values, and the few steps that each engine
//! takes in its own way because they are taken for millions. The areas are written once, against this.

mod columns;
mod unit;
mod value;

pub(crate) use columns::{Columns, document, uuid};
pub(crate) use unit::{Db, Unit};
pub(crate) use value::{Value, Values};

use crate::coding::numbers::unsigned;
use crate::error::{StoreError, StoreResult};
use crate::records::{DeliveryResult, SupporterRecord};
use crate::transfer::{Row, Table};
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::{BlindColumn, BlindIndex, SuppressionHash};
use jiff::Timestamp;
use std::ops::Range;

/// Which words of SQL an engine understands, where they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite's.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

impl Dialect {
    /// The text for this engine.
    pub(crate) fn of(self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }
}

/// A gift to be added: whose, on which day (yyyymmdd), how many cents, from which source, which one of equals.
pub(crate) struct GiftRow {
    pub(crate) ordinal: u32,
    pub(crate) day: i64,
    pub(crate) cents: i64,
    pub(crate) source: u32,
    pub(crate) occurrence: u32,
}

/// What to claim of a send.
pub(crate) struct Claim {
    pub(crate) loan: i64,
    pub(crate) below: u32,
    pub(crate) limit: u32,
    pub(crate) epoch: i64,
    pub(crate) retry_deferred_before: Timestamp,
    pub(crate) now: i64,
}

/// A recipient who was claimed.
pub(crate) struct Claimed {
    pub(crate) seq: u32,
    pub(crate) was: u8,
    pub(crate) ordinal: u32,
    pub(crate) attempts: u32,
    pub(crate) code: Option<u16>,
}

/// The same rows asked for in two ways, each with the person's position first and in its order.
pub(crate) struct OfPeople {
    /// Of everybody from `$1` to `$2`.
    pub(crate) between: &'static str,
    /// Of everybody in the array `$1`.
    pub(crate) among: &'static str,
}

/// A connection inside a transaction.
pub(crate) trait Engine: Sized {
    /// Which SQL it speaks.
    const DIALECT: Dialect;

    /// Runs a statement; returns how many rows it touched.
    fn execute(&self, sql: &'static str, values: &[Value<'_>]) -> StoreResult<u64>;

    /// Calls `read` for each row; it may ask the database again.
    fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: &mut dyn FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()>;

    /// Calls `read` for each row as it comes, however many there are; it must not ask the database again.
    fn stream(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: &mut dyn FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()>;

    /// Calls `read` with the rows of these people, at least, in order; it must not ask the database again.
    fn each_of(
        &self,
        sql: &OfPeople,
        ordinals: &[Ordinal],
        read: &mut dyn FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()>;

    /// Adds supporters, whose positions were checked; one that is there is a conflict.
    fn add_supporters(&self, records: &[SupporterRecord]) -> StoreResult<()>;

    /// Keeps a changed supporter's mail key where stops are found by it.
    fn set_mail_key(&self, record: &SupporterRecord) -> StoreResult<()>;

    /// Takes away everything that a person is found by.
    fn remove_hashes(&self, ordinal: Ordinal) -> StoreResult<()>;

    /// Takes away what a person is found by in one column.
    fn remove_blind(&self, column: BlindColumn, ordinal: Ordinal) -> StoreResult<()>;

    /// Adds blind indexes; one that another person has is a conflict.
    fn add_blind(&self, column: BlindColumn, rows: &[(BlindIndex, Ordinal)]) -> StoreResult<()>;

    /// Who has each value.
    fn find_blind(&self, column: BlindColumn, keys: &[BlindIndex]) -> StoreResult<Vec<Option<Ordinal>>>;

    /// Puts packed facts in place of earlier ones; of a person named twice the last holds.
    fn put_facts(&self, rows: &[(Ordinal, Range<usize>)], bytes: &[u8]) -> StoreResult<()>;

    /// Adds gifts that are not there yet; returns how many.
    fn add_gifts(&self, rows: &[GiftRow]) -> StoreResult<u64>;

    /// The last place of a statement of each of these people at or below `highest`, if there is one.
    fn last_places(&self, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<i64>>>;

    /// Adds packed statements of consent at places that are free.
    fn add_statements(&self, rows: &[(i64, Range<usize>)], bytes: &[u8]) -> StoreResult<()>;

    /// Whether each address has a stop of the scope that is this word.
    fn are_stopped(&self, scope: u32, hashes: &[SuppressionHash]) -> StoreResult<Vec<bool>>;

    /// The supporters with a stop of any scope that is one of these words, in order.
    fn stopped_supporters(&self, scopes: &[u32]) -> StoreResult<Vec<Ordinal>>;

    /// Adds the recipients of a send, all pending; a place that is taken is a conflict.
    fn add_deliveries(&self, loan: i64, ordinals: &[Ordinal], at: i64) -> StoreResult<()>;

    /// Adds the people held back from a send; one who is held back already is a conflict.
    fn add_held_back(&self, loan: i64, ordinals: &[Ordinal]) -> StoreResult<()>;

    /// Marks recipients as claimed, the lowest places first, and returns them in order.
    fn take_deliveries(&self, claim: &Claim) -> StoreResult<Vec<Claimed>>;

    /// Adds rows of a table as they stood in another engine.
    fn add_rows(&self, table: &Table, rows: &[Row]) -> StoreResult<()>;

    /// Moves claimed recipients on (those of `epoch` if one is given), and returns the states of those that moved.
    fn move_deliveries(
        &self,
        loan: i64,
        epoch: Option<i64>,
        results: &[DeliveryResult],
        at: i64,
    ) -> StoreResult<Vec<u8>>;
}

/// Statements with values in tuples and results in the store's terms, on every engine.
pub(crate) trait Sql: Engine {
    /// Runs a statement; returns how many rows it touched.
    fn run<'v>(&self, sql: &'static str, values: impl Values<'v>) -> StoreResult<u64> {
        values.give(|values| self.execute(sql, values))
    }

    /// The first row, if any; for statements that give one at most.
    fn one<'v, T>(
        &self,
        sql: &'static str,
        values: impl Values<'v>,
        mut read: impl FnMut(&dyn Columns) -> StoreResult<T>,
    ) -> StoreResult<Option<T>> {
        let mut found = None;
        self.each(sql, values, |row| {
            if found.is_none() {
                found = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Calls `read` for each row.
    fn each<'v>(
        &self,
        sql: &'static str,
        values: impl Values<'v>,
        mut read: impl FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()> {
        values.give(|values| self.query(sql, values, &mut read))
    }

    /// Every row; `read` must not ask the database again.
    fn all<'v, T>(
        &self,
        sql: &'static str,
        values: impl Values<'v>,
        mut read: impl FnMut(&dyn Columns) -> StoreResult<T>,
    ) -> StoreResult<Vec<T>> {
        let mut found = Vec::new();
        values.give(|values| {
            self.stream(sql, values, &mut |row| {
                found.push(read(row)?);
                Ok(())
            })
        })?;
        Ok(found)
    }

    /// The one number that the statement gives; 0 when it gives none.
    fn number<'v>(&self, sql: &'static str, values: impl Values<'v>) -> StoreResult<u64> {
        let found: Option<Option<i64>> = self.one(sql, values, |row| row.get(0))?;
        unsigned(found.flatten().unwrap_or(0))
    }
}

impl<E: Engine> Sql for E {}

/// Says what a broken constraint means here.
pub(crate) trait OrConflict<T> {
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

/// The number under which blind indexes of a column are kept.
pub(crate) fn field(column: BlindColumn) -> u8 {
    match column {
        BlindColumn::Email => 0,
        BlindColumn::Phone => 1,
    }
}
