//! What is kept: traits by area, SQLite, migrations, and one conformance suite for every backend.
