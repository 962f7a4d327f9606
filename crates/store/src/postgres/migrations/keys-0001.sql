-- Version 1 of the schema `hustings_keys`, owned by the keys role: one wrapped key a person, and the vault's header.
CREATE TABLE key (ordinal BIGINT PRIMARY KEY, epoch BIGINT NOT NULL, wrapped BYTEA NOT NULL);
CREATE TABLE header (n SMALLINT PRIMARY KEY CHECK (n = 1), json TEXT NOT NULL);
