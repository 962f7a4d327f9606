//! Every table of a list, read from one engine and written to another: the same rows, in the same order, with the
//! same digest.

mod tables;

pub(crate) use tables::{Kind, Table, tables};

use crate::engine::{Columns, Engine, Sql, Value};
use crate::error::StoreResult;
use std::borrow::Cow;

/// A row as it goes over.
pub(crate) type Row = Vec<Value<'static>>;

/// How many rows a table has, and SHA-256 over all of them in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// How many rows.
    pub rows: u64,
    /// SHA-256 over every value: its kind, its length, itself.
    pub sha256: [u8; 32],
}

/// Reads a row's values.
fn read(row: &dyn Columns, table: &Table) -> StoreResult<Row> {
    let value = |(column, kind): (usize, &Kind)| {
        if row.is_null(column)? {
            return Ok(Value::Null);
        }
        Ok(match kind {
            Kind::Long | Kind::Int | Kind::Short => Value::Integer(row.integer(column)?),
            Kind::Text => Value::Text(Cow::Owned(row.text(column)?.to_owned())),
            Kind::Bytes => Value::Blob(Cow::Owned(row.blob(column)?.to_vec())),
        })
    };
    table.kinds.iter().enumerate().map(value).collect()
}

/// The rows after `last` (from the first on, without one), as many as the table goes over with at a time.
pub(crate) fn page<E: Engine>(from: &E, table: &Table, last: Option<&[Value<'_>]>) -> StoreResult<Vec<Row>> {
    let mut rows = Vec::new();
    let limit = Value::Integer(table.page);
    let (sql, values) = match last {
        None => (table.first_page, vec![limit]),
        Some(key) => {
            let mut values: Vec<Value<'_>> = key.iter().map(borrowed).collect();
            values.push(limit);
            (table.next_page, values)
        }
    };
    from.stream(sql, &values, &mut |row| {
        rows.push(read(row, table)?);
        Ok(())
    })?;
    Ok(rows)
}

fn borrowed<'a>(value: &'a Value<'_>) -> Value<'a> {
    match value {
        Value::Null => Value::Null,
        Value::Integer(number) => Value::Integer(*number),
        Value::Text(text) => Value::Text(Cow::Borrowed(text)),
        Value::Blob(bytes) => Value::Blob(Cow::Borrowed(bytes)),
    }
}

/// The key of the last row that is there.
pub(crate) fn last_key<E: Engine>(of: &E, table: &Table) -> StoreResult<Option<Row>> {
    of.one(table.last, (), |row| read(row, table)).map(|row| {
        row.map(|mut row| {
            row.truncate(table.key);
            row
        })
    })
}

/// What a table's rows come to.
pub(crate) fn digest<E: Engine>(of: &E, table: &Table) -> StoreResult<Digest> {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    let mut rows = 0;
    of.stream(table.whole, &[], &mut |row| {
        rows += 1;
        for value in read(row, table)? {
            match value {
                Value::Null => context.update(b"0"),
                Value::Integer(number) => {
                    context.update(b"i");
                    context.update(&number.to_be_bytes());
                }
                Value::Text(text) => update(&mut context, *b"t", text.as_bytes()),
                Value::Blob(bytes) => update(&mut context, *b"b", &bytes),
            }
        }
        Ok(())
    })?;
    let mut sha256 = [0; 32];
    sha256.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    Ok(Digest { rows, sha256 })
}

fn update(context: &mut aws_lc_rs::digest::Context, kind: [u8; 1], bytes: &[u8]) {
    context.update(&kind);
    context.update(&(bytes.len() as u64).to_be_bytes());
    context.update(bytes);
}

/// Copies what is missing of a table after the last row that is there; `between` runs after each page.
pub(crate) fn copy<F: Engine, T: Engine>(
    from: &F,
    to: &T,
    table: &Table,
    between: &mut dyn FnMut(u64) -> StoreResult<()>,
) -> StoreResult<()> {
    let mut last = last_key(to, table)?;
    loop {
        let rows = page(from, table, last.as_deref())?;
        let Some(end) = rows.last() else { return Ok(()) };
        let key: Row = end.iter().take(table.key).map(owned).collect();
        to.add_rows(table, &rows)?;
        between(rows.len() as u64)?;
        last = Some(key);
    }
}

fn owned(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Null => Value::Null,
        Value::Integer(number) => Value::Integer(*number),
        Value::Text(text) => Value::Text(Cow::Owned(text.clone().into_owned())),
        Value::Blob(bytes) => Value::Blob(Cow::Owned(bytes.clone().into_owned())),
    }
}

/// Every column that goes over, as `table.column`.
pub fn columns() -> Vec<String> {
    let of =
        |table: &'static Table| table.columns.iter().map(move |column| format!("{}.{column}", table.name));
    tables().iter().flat_map(of).collect()
}
