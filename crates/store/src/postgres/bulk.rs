//! Many rows at once by binary COPY (PostgreSQL's manual, COPY, "Binary Format").

use super::link::{Connection, send};
use super::worker::wait;
use crate::engine::Value;
use crate::error::{StoreError, StoreResult};
use crate::transfer::{Kind, Row, Table};
use bytes::{BufMut, BytesMut};

const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// How many bytes go to the server at a time.
const CHUNK: usize = 256 * 1024;

/// Writes the columns of one row.
pub(super) struct Cells<'a>(&'a mut BytesMut);

impl Cells<'_> {
    pub(super) fn long(&mut self, number: impl Into<i64>) {
        self.0.put_i32(8);
        self.0.put_i64(number.into());
    }

    pub(super) fn int(&mut self, number: i32) {
        self.0.put_i32(4);
        self.0.put_i32(number);
    }

    pub(super) fn short(&mut self, number: i16) {
        self.0.put_i32(2);
        self.0.put_i16(number);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> StoreResult<()> {
        let length = i32::try_from(bytes.len())
            .map_err(|_| StoreError::Conflict("a value is longer than 2 GiB".to_owned()))?;
        self.0.put_i32(length);
        self.0.put_slice(bytes);
        Ok(())
    }

    pub(super) fn null(&mut self) {
        self.0.put_i32(-1);
    }
}

/// Adds rows of so many columns. `sql` is `COPY table (columns) FROM STDIN BINARY`.
pub(super) fn copy<T>(
    connection: &Connection,
    sql: &'static str,
    columns: i16,
    rows: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Cells<'_>, T) -> StoreResult<()>,
) -> StoreResult<u64> {
    let mut sink = Box::pin(connection.copy_in(sql)?);
    let mut out = BytesMut::with_capacity(CHUNK + CHUNK / 4);
    out.put_slice(HEAD);
    for row in rows {
        out.put_i16(columns);
        write(&mut Cells(&mut out), row)?;
        if out.len() >= CHUNK {
            send(&mut sink, out.split().freeze())?;
            out.reserve(CHUNK + CHUNK / 4);
        }
    }
    out.put_i16(-1);
    send(&mut sink, out.freeze())?;
    Ok(wait(sink.as_mut().finish())?)
}

/// Adds rows of a table as they stood in another engine.
pub(super) fn add_rows(connection: &Connection, table: &Table, rows: &[Row]) -> StoreResult<()> {
    let too_wide = |_| StoreError::Damaged(format!("a number of `{}` is out of range", table.name));
    let columns = i16::try_from(table.columns.len()).unwrap_or(i16::MAX);
    let added = copy(connection, table.copy, columns, rows, |cells, row| {
        for (value, kind) in row.iter().zip(&table.kinds) {
            match (value, kind) {
                (Value::Null, _) => cells.null(),
                (Value::Integer(number), Kind::Short) => {
                    cells.short(i16::try_from(*number).map_err(too_wide)?);
                }
                (Value::Integer(number), Kind::Int) => cells.int(i32::try_from(*number).map_err(too_wide)?),
                (Value::Integer(number), _) => cells.long(*number),
                (Value::Text(text), _) => cells.bytes(text.as_bytes())?,
                (Value::Blob(bytes), _) => cells.bytes(bytes)?,
            }
        }
        Ok(())
    });
    added.map(drop)
}
