//! Copies of a list for keeping elsewhere.

use super::pool::Pool;
use crate::error::{StoreError, StoreResult};
use std::path::Path;

pub(super) fn data(_pool: &Pool, _to: &Path) -> StoreResult<()> {
    Err(StoreError::Conflict("later".to_owned()))
}

pub(super) fn keys(_pool: &Pool, _to: &Path) -> StoreResult<()> {
    Err(StoreError::Conflict("later".to_owned()))
}
