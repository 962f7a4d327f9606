//! Short lists of names as one text: names hold no spaces, so a space parts them.

use crate::engine::Columns;
use crate::error::{StoreError, StoreResult};
use hustings_domain::words::Slug;
use std::str::FromStr;

/// Names with spaces between.
pub(crate) fn joined_slugs(names: &[Slug]) -> String {
    joined(names.iter().map(Slug::as_str))
}

/// Texts without spaces, with spaces between.
pub(crate) fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join(" ")
}

/// Reads names back.
pub(crate) fn split_slugs(row: &dyn Columns, column: usize) -> StoreResult<Vec<Slug>> {
    split(row, column)
}

/// Reads what [`joined`] wrote.
pub(crate) fn split<T: FromStr>(row: &dyn Columns, column: usize) -> StoreResult<Vec<T>> {
    let damaged = || StoreError::Damaged("a list of names cannot be read".to_owned());
    let text = row.text(column).map_err(|_| damaged())?;
    text.split_ascii_whitespace().map(|name| name.parse().map_err(|_| damaged())).collect()
}
