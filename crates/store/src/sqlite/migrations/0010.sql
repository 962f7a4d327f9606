-- Version 10: what borrowers owe, of every kind, in the place of erasures alone; and what they report back of people who
-- were introduced to them, sealed. A duty from before has no body: it is an erasure.

ALTER TABLE erasure_notice RENAME TO duty;
ALTER TABLE duty ADD COLUMN body TEXT;

CREATE TABLE outcome (
  digest BLOB PRIMARY KEY,
  borrower BLOB NOT NULL,
  copy INTEGER NOT NULL,
  reference TEXT NOT NULL,
  ordinal INTEGER,
  sealed BLOB NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX outcome_by_copy ON outcome (copy);
CREATE INDEX outcome_by_person ON outcome (ordinal) WHERE ordinal IS NOT NULL;
