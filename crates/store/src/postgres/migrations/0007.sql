-- Version 7: requests as the charter's rules saw them (see ../../sqlite/migrations/0006.sql).

CREATE TABLE asking (
  n BIGINT PRIMARY KEY,
  borrower UUID NOT NULL,
  at BIGINT NOT NULL,
  body TEXT NOT NULL
);
