-- Version 2: saved audiences.

CREATE TABLE audience (
  name TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  expression TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (name, version)
);
CREATE TABLE audience_retired (name TEXT COLLATE "C" PRIMARY KEY, at BIGINT NOT NULL);
