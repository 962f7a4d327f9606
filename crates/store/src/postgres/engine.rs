//! A connection of this engine as the areas see it.

use super::link::{Connection, Param, params};
use super::{bulk, consents, people, sends};
use crate::engine::{Claim, Claimed, Columns, Dialect, Engine, GiftRow, OfPeople, Value};
use crate::error::StoreResult;
use crate::records::{DeliveryResult, SupporterRecord};
use crate::transfer::{Row, Table};
use hustings_domain::ids::Ordinal;
use hustings_vault::blind::{BlindColumn, BlindIndex, SuppressionHash};
use std::ops::Range;

/// How many people one question is about.
const TOGETHER: usize = 5_000;

impl Engine for Connection {
    const DIALECT: Dialect = Dialect::Postgres;

    fn execute(&self, sql: &'static str, values: &[Value<'_>]) -> StoreResult<u64> {
        self.execute_with(sql, &params(values))
    }

    fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: &mut dyn FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()> {
        // All of them first: a question in between would wait for the answer to this one.
        self.rows(sql, &params(values))?.iter().try_for_each(|row| read(row))
    }

    fn stream(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: &mut dyn FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()> {
        self.each_row(sql, &params(values), |row| read(row))
    }

    fn each_of(
        &self,
        sql: &OfPeople,
        ordinals: &[Ordinal],
        read: &mut dyn FnMut(&dyn Columns) -> StoreResult<()>,
    ) -> StoreResult<()> {
        for together in ordinals.chunks(TOGETHER) {
            let asked: Vec<i64> = together.iter().map(|ordinal| i64::from(ordinal.0)).collect();
            let rows = self.rows(sql.among, &[&asked as Param<'_>])?;
            rows.iter().try_for_each(|row| read(row))?;
        }
        Ok(())
    }

    fn add_supporters(&self, records: &[SupporterRecord]) -> StoreResult<()> {
        people::add_supporters(self, records)
    }

    fn set_mail_key(&self, _record: &SupporterRecord) -> StoreResult<()> {
        // It stands in the record, and the record's index holds it.
        Ok(())
    }

    fn remove_hashes(&self, ordinal: Ordinal) -> StoreResult<()> {
        people::remove_hashes(self, ordinal)
    }

    fn remove_blind(&self, column: BlindColumn, ordinal: Ordinal) -> StoreResult<()> {
        people::remove_blind(self, column, ordinal)
    }

    fn add_blind(&self, column: BlindColumn, rows: &[(BlindIndex, Ordinal)]) -> StoreResult<()> {
        people::add_blind(self, column, rows)
    }

    fn find_blind(&self, column: BlindColumn, keys: &[BlindIndex]) -> StoreResult<Vec<Option<Ordinal>>> {
        people::find_blind(self, column, keys)
    }

    fn put_facts(&self, rows: &[(Ordinal, Range<usize>)], bytes: &[u8]) -> StoreResult<()> {
        people::put_facts(self, rows, bytes)
    }

    fn add_gifts(&self, rows: &[GiftRow]) -> StoreResult<u64> {
        people::add_gifts(self, rows)
    }

    fn last_places(&self, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<i64>>> {
        consents::last_places(self, ordinals)
    }

    fn add_statements(&self, rows: &[(i64, Range<usize>)], bytes: &[u8]) -> StoreResult<()> {
        consents::add_statements(self, rows, bytes)
    }

    fn are_stopped(&self, scope: u32, hashes: &[SuppressionHash]) -> StoreResult<Vec<bool>> {
        consents::are_stopped(self, scope, hashes)
    }

    fn stopped_supporters(&self, scopes: &[u32]) -> StoreResult<Vec<Ordinal>> {
        consents::stopped_supporters(self, scopes)
    }

    fn add_deliveries(&self, loan: i64, ordinals: &[Ordinal], at: i64) -> StoreResult<()> {
        sends::add(self, loan, ordinals, at)
    }

    fn add_held_back(&self, loan: i64, ordinals: &[Ordinal]) -> StoreResult<()> {
        sends::hold_back(self, loan, ordinals)
    }

    fn take_deliveries(&self, claim: &Claim) -> StoreResult<Vec<Claimed>> {
        sends::take(self, claim)
    }

    fn add_rows(&self, table: &Table, rows: &[Row]) -> StoreResult<()> {
        bulk::add_rows(self, table, rows)
    }

    fn move_deliveries(
        &self,
        loan: i64,
        epoch: Option<i64>,
        results: &[DeliveryResult],
        at: i64,
    ) -> StoreResult<Vec<u8>> {
        sends::settle(self, loan, epoch, results, at)
    }
}
