//! Where statements of consent go.

use super::sql::{Sql, insert_many};
use crate::areas::consents::places;
use crate::error::StoreResult;
use hustings_domain::ids::Ordinal;
use rusqlite::Connection;
use std::ops::Range;

const ADD: &str = "INSERT OR FAIL INTO consent (place, statements) VALUES";
const LAST_OF: &str = "SELECT max(place) FROM consent WHERE place >= $1 AND place < $2";

pub(super) fn last_places(connection: &Connection, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<i64>>> {
    let last = |ordinal: &Ordinal| {
        let found: Option<Option<i64>> = connection.one(LAST_OF, places(*ordinal), |row| Ok(row.get(0)?))?;
        Ok(found.flatten())
    };
    ordinals.iter().map(last).collect()
}

pub(super) fn add_statements(
    connection: &Connection,
    rows: &[(i64, Range<usize>)],
    bytes: &[u8],
) -> StoreResult<()> {
    insert_many(connection, ADD, 2, rows, |bind, (place, range)| {
        bind.next(place)?;
        bind.next(bytes.get(range.clone()).unwrap_or_default())
    })?;
    Ok(())
}
