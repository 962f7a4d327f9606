//! What only the inside can show: a full disk, a later migration, statements that must not scan.
