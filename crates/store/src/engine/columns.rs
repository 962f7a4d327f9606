//! A row as it is read, whatever the engine.

use crate::coding::numbers::from_json;
use crate::error::{StoreError, StoreResult};
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The columns of a row, counted from 0.
pub(crate) trait Columns {
    /// Whether there is nothing.
    fn is_null(&self, column: usize) -> StoreResult<bool>;

    /// A whole number.
    fn integer(&self, column: usize) -> StoreResult<i64>;

    /// A text, where it lies.
    fn text(&self, column: usize) -> StoreResult<&str>;

    /// Bytes, where they lie.
    fn blob(&self, column: usize) -> StoreResult<&[u8]>;
}

impl dyn Columns + '_ {
    /// A column's value.
    pub(crate) fn get<T: FromColumn>(&self, column: usize) -> StoreResult<T> {
        T::read(self, column)
    }
}

/// What a column can be read as.
pub(crate) trait FromColumn: Sized {
    /// Reads it.
    fn read(row: &dyn Columns, column: usize) -> StoreResult<Self>;
}

fn out_of_range<E>(_: E) -> StoreError {
    StoreError::Damaged("a kept number is out of range".to_owned())
}

impl FromColumn for i64 {
    fn read(row: &dyn Columns, column: usize) -> StoreResult<Self> {
        row.integer(column)
    }
}

macro_rules! integers {
    ($($number:ty),*) => {
        $(impl FromColumn for $number {
            fn read(row: &dyn Columns, column: usize) -> StoreResult<Self> {
                <$number>::try_from(row.integer(column)?).map_err(out_of_range)
            }
        })*
    };
}

integers!(u8, u16, u32);

impl FromColumn for String {
    fn read(row: &dyn Columns, column: usize) -> StoreResult<Self> {
        row.text(column).map(str::to_owned)
    }
}

impl FromColumn for Vec<u8> {
    fn read(row: &dyn Columns, column: usize) -> StoreResult<Self> {
        row.blob(column).map(<[u8]>::to_vec)
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn read(row: &dyn Columns, column: usize) -> StoreResult<Self> {
        let bytes = row.blob(column)?;
        bytes.try_into().map_err(|_| StoreError::Damaged("kept bytes have another length".to_owned()))
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn read(row: &dyn Columns, column: usize) -> StoreResult<Self> {
        if row.is_null(column)? { Ok(None) } else { T::read(row, column).map(Some) }
    }
}

/// Reads an id's 16 bytes.
pub(crate) fn uuid(row: &dyn Columns, column: usize) -> StoreResult<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

/// The document in the first column.
pub(crate) fn document<T: DeserializeOwned>(what: &str, row: &dyn Columns) -> StoreResult<T> {
    let text = row.text(0).map_err(|_| StoreError::Damaged(format!("a kept {what} is not text")))?;
    from_json(what, text)
}
