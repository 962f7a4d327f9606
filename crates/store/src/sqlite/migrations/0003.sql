-- Version 3 of `hustings.db`: declared attributes, divisions with the days that they are valid, and where postal codes
-- lie, with what was said before. Days are yyyymmdd; `began` and `ended` are the loads that a row came and went with.

CREATE TABLE attribute (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE division (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  same_as TEXT,
  valid_from INTEGER,
  valid_through INTEGER,
  seen INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE postal_place (
  country TEXT NOT NULL,
  code TEXT NOT NULL,
  area TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  began INTEGER NOT NULL,
  valid_through INTEGER,
  share INTEGER,
  seen INTEGER NOT NULL,
  ended INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (country, code, area, valid_from, began)
) WITHOUT ROWID;
CREATE INDEX postal_place_area ON postal_place (area);
CREATE INDEX postal_place_code ON postal_place (code);

WITH RECURSIVE part (code, area, rest) AS (
  SELECT code, '', areas || ' ' FROM postal_area
  UNION ALL
  SELECT code, substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) FROM part WHERE rest <> ''
)
INSERT INTO postal_place (country, code, area, valid_from, began, seen)
SELECT DISTINCT substr(area, 22, 2), code, area, 0, 1, 1 FROM part WHERE area <> '';
DROP TABLE postal_area;
