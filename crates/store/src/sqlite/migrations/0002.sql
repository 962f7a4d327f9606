-- Version 2 of `hustings.db`: saved audiences.

CREATE TABLE audience (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  expression TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (name, version)
) WITHOUT ROWID;
CREATE TABLE audience_retired (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
