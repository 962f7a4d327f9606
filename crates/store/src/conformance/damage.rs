//! Damaging a list on purpose, for tests of what must find it. Never called by a use case.

use std::path::Path;

/// Runs statements on a database of the list in `folder`, past everything that guards it.
pub fn damage(folder: &Path, file: &str, statements: &str) {
    let connection = rusqlite::Connection::open(folder.join(file)).unwrap();
    connection.execute_batch(statements).unwrap();
}
