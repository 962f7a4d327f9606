//! One suite of small behaviours that every backend must show.

use crate::handle::Store;

/// Runs every behaviour, each on a store of its own.
pub fn run(make: &mut dyn FnMut() -> Store) {
    let _store = make();
}
