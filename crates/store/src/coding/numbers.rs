//! Numbers, instants and documents between our types and the engines'.

use crate::error::{StoreError, StoreResult};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A number that the engine can hold.
pub(crate) fn signed(number: u64) -> StoreResult<i64> {
    i64::try_from(number)
        .map_err(|_| StoreError::Conflict(format!("`{number}` is too large a number to keep")))
}

/// A number that must not be negative.
pub(crate) fn unsigned(number: i64) -> StoreResult<u64> {
    u64::try_from(number).map_err(|_| StoreError::Damaged("a count is negative".to_owned()))
}

/// A count that fits 32 bits, or the largest such.
pub(crate) fn capped(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Instants are kept to the microsecond.
pub(crate) fn instant(microseconds: i64) -> StoreResult<Timestamp> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|_| StoreError::Damaged("an instant is out of range".to_owned()))
}

/// A document's text.
pub(crate) fn to_json<T: Serialize>(what: &str, value: &T) -> StoreResult<String> {
    serde_json::to_string(value)
        .map_err(|_| StoreError::Conflict(format!("this {what} cannot be written down")))
}

/// Reads a document; what the parser says stays out of the error, since it can quote personal data.
pub(crate) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(|error| {
        StoreError::Damaged(format!("a kept {what} cannot be read (column {} of its text)", error.column()))
    })
}
