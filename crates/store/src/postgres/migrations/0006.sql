-- Version 6: what trustees sign with, what waits to be signed, who votes for whom, proposed charters
-- (see ../../sqlite/migrations/0005.sql).

CREATE TABLE trustee_key (id BYTEA PRIMARY KEY, registered BIGINT NOT NULL, body TEXT NOT NULL);
CREATE TABLE pending_statement (hash BYTEA PRIMARY KEY, expires BIGINT NOT NULL, body TEXT NOT NULL);
CREATE TABLE delegation (id UUID PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE charter_proposal (number BIGINT PRIMARY KEY, body TEXT NOT NULL);
