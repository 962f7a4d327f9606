-- Version 7: acts that one person asks for and another grants.

CREATE TABLE asked_act (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
