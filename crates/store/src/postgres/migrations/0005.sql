-- Version 5: requests as the charter's rules saw them (see ../../sqlite/migrations/0004.sql).

CREATE TABLE asking (
  n BIGINT PRIMARY KEY,
  borrower UUID NOT NULL,
  at BIGINT NOT NULL,
  body TEXT NOT NULL
);
