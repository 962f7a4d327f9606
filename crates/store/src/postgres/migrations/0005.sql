-- Version 5: the owner's own mail in the calendar, and how attention was shared among loans (see
-- ../../sqlite/migrations/0004.sql).

CREATE TABLE calendar_entry (id UUID PRIMARY KEY, day BIGINT NOT NULL, body TEXT NOT NULL, people BYTEA NOT NULL);
CREATE TABLE sharing (number BIGINT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE allotment (sharing BIGINT NOT NULL, loan UUID NOT NULL, people BYTEA NOT NULL, PRIMARY KEY (sharing, loan));
