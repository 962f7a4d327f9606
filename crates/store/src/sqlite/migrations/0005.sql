-- Version 5 of `hustings.db`: what trustees sign with, what waits to be signed, who votes for whom, proposed charters.

CREATE TABLE trustee_key (id BLOB PRIMARY KEY, registered INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pending_statement (hash BLOB PRIMARY KEY, expires INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE delegation (id BLOB PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE charter_proposal (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
