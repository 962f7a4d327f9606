-- Version 1 of `hustings.db`. Instants are microseconds since 1970 in UTC, days are yyyymmdd, money is cents.
-- Words that repeat (purposes, sources, tags, areas) are numbers of the table `word`.

CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter (name, next) VALUES ('ordinal', 0);

CREATE TABLE supporter (
  ordinal INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  joined INTEGER NOT NULL,
  version INTEGER NOT NULL,
  mail_key BLOB,
  sealed BLOB NOT NULL
);

CREATE TABLE blind (
  field INTEGER NOT NULL,
  hash BLOB NOT NULL,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (field, hash)
) WITHOUT ROWID;
-- Of each person the e-mail and phone hash of `blind`, and the mail key, by position: a block holds 238 slots of
-- 17 bytes (1 and the hash, or zeros). It fills one page, so that a person costs no row and no place in an index.
-- What a person is found by beyond the first of a field stands in `further`.
CREATE TABLE hash_block (place INTEGER PRIMARY KEY, slots BLOB NOT NULL);
CREATE TABLE further (
  ordinal INTEGER NOT NULL,
  field INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (ordinal, field, hash)
) WITHOUT ROWID;

CREATE TABLE fact (ordinal INTEGER PRIMARY KEY, facts BLOB NOT NULL);

CREATE TABLE gift (
  ordinal INTEGER NOT NULL,
  day INTEGER NOT NULL,
  cents INTEGER NOT NULL,
  source INTEGER NOT NULL,
  occurrence INTEGER NOT NULL,
  PRIMARY KEY (ordinal, day, cents, source, occurrence)
) WITHOUT ROWID;

CREATE TABLE change (sequence INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE source (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, licence TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE shred (ordinal INTEGER PRIMARY KEY);

-- `place` is the person's ordinal times 1,048,576 plus the number of the row among the person's, from 0: one
-- number as the key makes adding at the end of the table cheaper than a key of two columns. A row holds the
-- statements that were added together, oldest first, and is never changed.
CREATE TABLE consent (place INTEGER PRIMARY KEY, statements BLOB NOT NULL);
CREATE TABLE notice (hash BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE suppression (
  hash BLOB NOT NULL,
  scope INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (hash, scope)
) WITHOUT ROWID;
CREATE INDEX suppression_by_scope ON suppression (scope);

CREATE TABLE ledger_entry (place INTEGER PRIMARY KEY, entry BLOB NOT NULL);
CREATE TABLE ledger_node (
  level INTEGER NOT NULL,
  place INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (level, place)
) WITHOUT ROWID;

CREATE TABLE charter (version INTEGER PRIMARY KEY, toml TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE borrower (id BLOB PRIMARY KEY, registered INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
-- The small number that stands for a loan's id in the tables with a row for each recipient.
CREATE TABLE loan_key (loan_no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE);
CREATE TABLE loan (id BLOB PRIMARY KEY, number INTEGER NOT NULL UNIQUE, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE proceedings (loan BLOB PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE estimate (
  n INTEGER PRIMARY KEY,
  borrower BLOB NOT NULL,
  season TEXT NOT NULL,
  question BLOB NOT NULL,
  season_price INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX estimate_by_question ON estimate (season, question);
CREATE INDEX estimate_by_borrower ON estimate (borrower, season);

CREATE TABLE send (loan_no INTEGER PRIMARY KEY, money INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE delivery (
  loan_no INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  state INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  code INTEGER,
  at INTEGER NOT NULL,
  PRIMARY KEY (loan_no, seq)
) WITHOUT ROWID;
CREATE INDEX delivery_by_person ON delivery (ordinal);
CREATE INDEX delivery_unsettled ON delivery (loan_no, state, seq) WHERE state IN (0, 1, 4);
CREATE INDEX delivery_answered ON delivery (loan_no, at) WHERE state IN (2, 3);
-- How many recipients stand in each state, and when any of them last moved.
CREATE TABLE delivery_tally (
  loan_no INTEGER NOT NULL,
  state INTEGER NOT NULL,
  people INTEGER NOT NULL,
  moved INTEGER NOT NULL,
  PRIMARY KEY (loan_no, state)
) WITHOUT ROWID;
CREATE TABLE held_back (loan_no INTEGER NOT NULL, ordinal INTEGER NOT NULL, PRIMARY KEY (loan_no, ordinal)) WITHOUT ROWID;
CREATE TABLE signal (
  loan_no INTEGER NOT NULL,
  signal INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (loan_no, signal, ordinal)
) WITHOUT ROWID;

CREATE TABLE response (
  loan_no INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  fields TEXT NOT NULL,
  sealed_report BLOB,
  at INTEGER NOT NULL,
  PRIMARY KEY (loan_no, ordinal)
) WITHOUT ROWID;
CREATE INDEX response_by_person ON response (ordinal);

CREATE TABLE copy (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE copy_row (
  number INTEGER NOT NULL REFERENCES copy (number),
  place INTEGER NOT NULL,
  reference TEXT NOT NULL,
  ordinal INTEGER,
  fields TEXT NOT NULL,
  PRIMARY KEY (number, place),
  UNIQUE (number, reference)
) WITHOUT ROWID;
CREATE INDEX copy_row_by_person ON copy_row (ordinal) WHERE ordinal IS NOT NULL;
CREATE TABLE copy_file (number INTEGER PRIMARY KEY REFERENCES copy (number), sealed BLOB NOT NULL);
CREATE TABLE erasure_notice (
  id BLOB PRIMARY KEY,
  borrower BLOB NOT NULL,
  copy INTEGER NOT NULL,
  reference TEXT NOT NULL,
  told INTEGER NOT NULL,
  acknowledged INTEGER
) WITHOUT ROWID;
CREATE INDEX erasure_notice_by_borrower ON erasure_notice (borrower);

CREATE TABLE "user" (id BLOB PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE login_link (hash BLOB PRIMARY KEY, user_id BLOB NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE session (hash BLOB PRIMARY KEY, user_id BLOB NOT NULL, csrf TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE user_token (hash BLOB PRIMARY KEY, user_id BLOB NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE alarm (id BLOB PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE import_run (id BLOB PRIMARY KEY, at INTEGER NOT NULL, report TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE postal_area (code TEXT PRIMARY KEY, areas TEXT NOT NULL) WITHOUT ROWID;
