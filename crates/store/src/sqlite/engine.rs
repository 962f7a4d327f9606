//! A connection of this engine as the areas see it.

use super::recent::Recent;
use super::{consents, deliveries, people, suppressions};
use crate::engine::{Claim, Claimed, Columns, Dialect, Engine, GiftRow, OfPeople, Value};
use crate::error::{StoreError, StoreResult};
use crate::records::{DeliveryResult, SupporterRecord};
use crate::transfer::{self, Table};
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::{BlindColumn, BlindIndex, SuppressionHash};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, params_from_iter};
use std::ops::Range;

/// People with at most so many others between them are read together.
const GAP: u32 = 8;

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn damaged<E>(_: E) -> StoreError {
    StoreError::Damaged("what is kept is of another kind than it must be".to_owned())
}

impl Columns for Row<'_> {
    fn is_null(&self, column: usize) -> StoreResult<bool> {
        Ok(matches!(self.get_ref(column)?, ValueRef::Null))
    }

    fn integer(&self, column: usize) -> StoreResult<i64> {
        self.get_ref(column)?.as_i64().map_err(damaged)
    }

    fn text(&self, column: usize) -> StoreResult<&str> {
        self.get_ref(column)?.as_str().map_err(damaged)
    }

    fn blob(&self, column: usize) -> StoreResult<&[u8]> {
        self.get_ref(column)?.as_blob().map_err(damaged)
    }
}

/// A connection and what is remembered of the people who came lately.
pub(crate) struct Lite<'a> {
    connection: &'a Connection,
    recent: &'a Recent,
    writes: bool,
}

impl<'a> Lite<'a> {
    /// For a transaction that reads.
    pub(super) fn reading(connection: &'a Connection, recent: &'a Recent) -> Self {
        Self { connection, recent, writes: false }
    }

    /// For a unit of work in a transaction in which others wrote before it.
    pub(super) fn joining(connection: &'a Connection, recent: &'a Recent) -> Self {
        Self { connection, recent, writes: true }
    }

    /// For a transaction that has the list to itself, and in which nothing was written yet.
    pub(super) fn writing(connection: &'a Connection, recent: &'a Recent) -> StoreResult<Self> {
        recent.catch_up(connection)?;
        Ok(Self { connection, recent, writes: true })
    }
}

impl Engine for Lite<'_> {
    const DIALECT: Dialect = Dialect::Sqlite;

    fn execute(&self, sql: &'static str, values: &[Value<'_>]) -> StoreResult<u64> {
        Ok(self.connection.prepare_cached(sql)?.execute(params_from_iter(values))? as u64)
    }

    fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: &mut dyn FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            read(row)?;
        }
        Ok(())
    }

    fn stream(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: &mut dyn FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()> {
        self.query(sql, values, read)
    }

    fn each_of(
        &self,
        sql: &OfPeople,
        ordinals: &[Ordinal],
        read: &mut dyn FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()> {
        // A stretch is one walk along the tree: passing over a few is cheaper than finding the next.
        for stretch in ordinals.chunk_by(|one, next| next.0.saturating_sub(one.0) <= GAP) {
            if let (Some(first), Some(last)) = (stretch.first(), stretch.last()) {
                self.query(sql.between, &[first.0.into(), last.0.into()], read)?;
            }
        }
        Ok(())
    }

    fn add_supporters(&self, records: &[SupporterRecord]) -> StoreResult<()> {
        people::add_supporters(self.connection, records)
    }

    fn set_mail_key(&self, record: &SupporterRecord) -> StoreResult<()> {
        people::set_mail_keys(self.connection, std::slice::from_ref(record))
    }

    fn remove_hashes(&self, ordinal: Ordinal) -> StoreResult<()> {
        people::remove_hashes(self.connection, ordinal)
    }

    fn remove_blind(&self, column: BlindColumn, ordinal: Ordinal) -> StoreResult<()> {
        people::remove_blind(self.connection, column, ordinal)
    }

    fn add_blind(&self, column: BlindColumn, rows: &[(BlindIndex, Ordinal)]) -> StoreResult<()> {
        self.recent.add(self.connection, column, rows)
    }

    fn find_blind(&self, column: BlindColumn, keys: &[BlindIndex]) -> StoreResult<Vec<Option<Ordinal>>> {
        self.recent.find(self.connection, column, keys, self.writes)
    }

    fn put_facts(&self, rows: &[(Ordinal, Range<usize>)], bytes: &[u8]) -> StoreResult<()> {
        people::put_facts(self.connection, rows, bytes)
    }

    fn add_gifts(&self, rows: &[GiftRow]) -> StoreResult<u64> {
        people::add_gifts(self.connection, rows)
    }

    fn last_places(&self, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<i64>>> {
        consents::last_places(self.connection, ordinals)
    }

    fn add_statements(&self, rows: &[(i64, Range<usize>)], bytes: &[u8]) -> StoreResult<()> {
        consents::add_statements(self.connection, rows, bytes)
    }

    fn are_stopped(&self, scope: u32, hashes: &[SuppressionHash]) -> StoreResult<Vec<bool>> {
        suppressions::are_stopped(self.connection, scope, hashes)
    }

    fn stopped_supporters(&self, scopes: &[u32]) -> StoreResult<Vec<Ordinal>> {
        suppressions::stopped_supporters(self.connection, scopes)
    }

    fn add_deliveries(&self, loan: i64, ordinals: &[Ordinal], at: i64) -> StoreResult<()> {
        deliveries::add(self.connection, loan, ordinals, at)
    }

    fn add_held_back(&self, loan: i64, ordinals: &[Ordinal]) -> StoreResult<()> {
        deliveries::hold_back(self.connection, loan, ordinals)
    }

    fn take_deliveries(&self, claim: &Claim) -> StoreResult<Vec<Claimed>> {
        deliveries::take(self.connection, claim)
    }

    fn add_rows(&self, table: &Table, rows: &[transfer::Row]) -> StoreResult<()> {
        rows.iter().try_for_each(|row| Engine::execute(self, table.insert, row).map(drop))
    }

    fn move_deliveries(
        &self,
        loan: i64,
        epoch: Option<i64>,
        results: &[DeliveryResult],
        at: i64,
    ) -> StoreResult<Vec<u8>> {
        deliveries::settle(self.connection, loan, epoch, results, at)
    }
}
