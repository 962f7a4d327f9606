//! Damaging a list on purpose, or being in its way, for tests of what must find or bear it. Never called by a use case.

use std::path::Path;

/// Runs statements on a database of the list in `folder`, past everything that guards it.
pub fn damage(folder: &Path, file: &str, statements: &str) {
    let connection = rusqlite::Connection::open(folder.join(file)).unwrap();
    connection.execute_batch(statements).unwrap();
}

/// A process that is in the middle of reading a database, for as long as this lives.
#[derive(Debug)]
pub struct Reading(rusqlite::Connection);

impl Reading {
    /// Begins to read.
    pub fn begin(folder: &Path, file: &str) -> Self {
        let connection = rusqlite::Connection::open(folder.join(file)).unwrap();
        connection.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;").unwrap();
        let reading = Self(connection);
        assert!(!reading.0.is_autocommit(), "the reading has begun");
        reading
    }
}

/// Sets the list in `folder` back to the version before saved audiences, with everything else as it is.
pub fn set_back(folder: &Path) {
    damage(
        folder,
        "hustings.db",
        "ALTER TABLE duty DROP COLUMN body; ALTER TABLE duty RENAME TO erasure_notice; DROP TABLE outcome;
         CREATE TABLE loan_kept (id BLOB PRIMARY KEY, number INTEGER NOT NULL UNIQUE, body TEXT NOT NULL) WITHOUT ROWID;
         INSERT INTO loan_kept SELECT id, number, body FROM loan; DROP TABLE loan; ALTER TABLE loan_kept RENAME TO loan;
         DROP TABLE asked_act; ALTER TABLE user_token DROP COLUMN body; DROP TABLE asking; DROP TABLE trustee_key;
         DROP TABLE pending_statement; DROP TABLE delegation; DROP TABLE charter_proposal;
        DROP TABLE calendar_entry; DROP TABLE sharing; DROP TABLE allotment;
        DROP TABLE audience; DROP TABLE audience_retired;
        DROP TABLE attribute; DROP TABLE division; DROP TABLE postal_place;
        CREATE TABLE postal_area (code TEXT PRIMARY KEY, areas TEXT NOT NULL) WITHOUT ROWID;
        PRAGMA user_version = 1;",
    );
}

/// The version of the list in `folder`.
pub fn version(folder: &Path) -> u32 {
    let connection = rusqlite::Connection::open(folder.join("hustings.db")).unwrap();
    connection.query_row("PRAGMA user_version", (), |row| row.get(0)).unwrap()
}
