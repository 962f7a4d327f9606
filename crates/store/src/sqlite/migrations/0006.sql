-- Version 6: requests as the charter's rules saw them, refused ones too, so that another charter can decide them again.

CREATE TABLE asking (
  n INTEGER PRIMARY KEY,
  borrower BLOB NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
);
