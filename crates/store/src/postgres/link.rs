//! One connection: its prepared statements, and values and rows in binary.

use super::worker::wait;
use crate::coding::words::Words;
use crate::engine::{Columns, Value};
use crate::error::{StoreError, StoreResult};
use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::pin::pin;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, CopyInSink, Row, Statement};

/// A connection and what it remembers.
pub(super) struct Link {
    pub(super) connection: Connection,
    pub(super) words: Words,
}

impl Link {
    pub(super) fn new(client: Client) -> Self {
        Self {
            connection: Connection { client, statements: RefCell::new(HashMap::new()) },
            words: Words::default(),
        }
    }
}

/// The connection itself.
pub(super) struct Connection {
    client: Client,
    statements: RefCell<HashMap<&'static str, Statement>>,
}

/// A parameter as the driver takes it.
pub(super) type Param<'a> = &'a (dyn ToSql + Sync);

impl Connection {
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements without parameters, with one way to the server and back.
    pub(super) fn batch(&self, sql: &str) -> StoreResult<()> {
        Ok(wait(self.client.batch_execute(sql))?)
    }

    fn statement(&self, sql: &'static str) -> StoreResult<Statement> {
        if let Some(known) = self.statements.borrow().get(sql) {
            return Ok(known.clone());
        }
        let statement = wait(self.client.prepare(sql))?;
        self.statements.borrow_mut().insert(sql, statement.clone());
        Ok(statement)
    }

    /// Runs a statement; returns how many rows it touched.
    pub(super) fn execute_with(&self, sql: &'static str, params: &[Param<'_>]) -> StoreResult<u64> {
        let statement = self.statement(sql)?;
        Ok(wait(self.client.execute(&statement, params))?)
    }

    /// Every row of a statement.
    pub(super) fn rows(&self, sql: &'static str, params: &[Param<'_>]) -> StoreResult<Vec<Row>> {
        let statement = self.statement(sql)?;
        Ok(wait(self.client.query(&statement, params))?)
    }

    /// Calls `read` with each row as it comes.
    pub(super) fn each_row(
        &self,
        sql: &'static str,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row) -> StoreResult<()>,
    ) -> StoreResult<()> {
        let statement = self.statement(sql)?;
        let rows = wait(self.client.query_raw(&statement, params.iter().copied()))?;
        let mut rows = pin!(rows);
        while let Some(row) = wait(rows.next()) {
            read(&row?)?;
        }
        Ok(())
    }

    /// Begins a COPY of this connection's; it is undone unless it is finished.
    pub(super) fn copy_in(&self, sql: &'static str) -> StoreResult<CopyInSink<Bytes>> {
        let statement = self.statement(sql)?;
        Ok(wait(self.client.copy_in(&statement))?)
    }
}

pub(super) fn params<'a>(values: &'a [Value<'_>]) -> Vec<Param<'a>> {
    values.iter().map(|value| value as Param<'a>).collect()
}

/// Sends bytes of a COPY.
pub(super) fn send(sink: &mut std::pin::Pin<Box<CopyInSink<Bytes>>>, bytes: Bytes) -> StoreResult<()> {
    Ok(wait(sink.as_mut().send(bytes))?)
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Integer(number) => match *kind {
                Type::INT2 => out.extend_from_slice(&i16::try_from(*number)?.to_be_bytes()),
                Type::INT4 => out.extend_from_slice(&i32::try_from(*number)?.to_be_bytes()),
                Type::INT8 => out.extend_from_slice(&number.to_be_bytes()),
                _ => return Err("a number where none fits".into()),
            },
            Self::Text(text) if matches!(*kind, Type::TEXT | Type::VARCHAR) => {
                out.extend_from_slice(text.as_bytes());
            }
            Self::Blob(bytes) if *kind == Type::BYTEA || (*kind == Type::UUID && bytes.len() == 16) => {
                out.extend_from_slice(bytes);
            }
            Self::Text(_) | Self::Blob(_) => return Err("a text or bytes where none fit".into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A column as it came.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn damaged<E>(_: E) -> StoreError {
    StoreError::Damaged("what is kept is of another kind than it must be".to_owned())
}

impl Columns for Row {
    fn is_null(&self, column: usize) -> StoreResult<bool> {
        Ok(self.try_get::<_, Option<Raw<'_>>>(column).map_err(damaged)?.is_none())
    }

    fn integer(&self, column: usize) -> StoreResult<i64> {
        let raw = self.blob(column)?;
        match *raw {
            [a, b] => Ok(i16::from_be_bytes([a, b]).into()),
            [a, b, c, d] => Ok(i32::from_be_bytes([a, b, c, d]).into()),
            _ => raw.try_into().map(i64::from_be_bytes).map_err(damaged),
        }
    }

    fn text(&self, column: usize) -> StoreResult<&str> {
        std::str::from_utf8(self.blob(column)?).map_err(damaged)
    }

    fn blob(&self, column: usize) -> StoreResult<&[u8]> {
        self.try_get::<_, Raw<'_>>(column).map(|raw| raw.0).map_err(damaged)
    }
}
