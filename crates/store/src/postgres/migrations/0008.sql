-- Version 8: acts that one person asks for and another grants (see ../../sqlite/migrations/0007.sql).

CREATE TABLE asked_act (number BIGINT PRIMARY KEY, body TEXT NOT NULL);
