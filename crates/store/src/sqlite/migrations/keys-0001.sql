-- Version 1 of `keys.db`. A block holds 63 slots of 64 bytes: epoch (big-endian), wrapped key. An empty or
-- destroyed slot is all zeros. A block fills one page and never changes its size, so that the engine never
-- moves a key and leaves no second copy of it behind.
CREATE TABLE key_block (block INTEGER PRIMARY KEY, slots BLOB NOT NULL);
CREATE TABLE header (n INTEGER PRIMARY KEY CHECK (n = 1), json TEXT NOT NULL);
CREATE TABLE tally (n INTEGER PRIMARY KEY CHECK (n = 1), held INTEGER NOT NULL);
INSERT INTO tally (n, held) VALUES (1, 0);
