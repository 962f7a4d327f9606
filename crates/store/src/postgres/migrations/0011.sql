-- Version 11: what borrowers owe, and what they report back (see ../../sqlite/migrations/0010.sql).

ALTER TABLE erasure_notice RENAME TO duty;
ALTER TABLE duty ADD COLUMN body TEXT;

CREATE TABLE outcome (
  digest BYTEA PRIMARY KEY,
  borrower UUID NOT NULL,
  copy BIGINT NOT NULL,
  reference TEXT NOT NULL,
  ordinal BIGINT,
  sealed BYTEA NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX outcome_by_copy ON outcome (copy);
CREATE INDEX outcome_by_person ON outcome (ordinal) WHERE ordinal IS NOT NULL;
