-- Version 3: declared attributes, divisions, where postal codes lie (see ../../sqlite/migrations/0003.sql).

CREATE TABLE attribute (name TEXT COLLATE "C" PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE division (
  id TEXT COLLATE "C" PRIMARY KEY,
  name TEXT NOT NULL,
  same_as TEXT,
  valid_from BIGINT,
  valid_through BIGINT,
  seen BIGINT NOT NULL
);
CREATE TABLE postal_place (
  country TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  area TEXT COLLATE "C" NOT NULL,
  valid_from BIGINT NOT NULL,
  began BIGINT NOT NULL,
  valid_through BIGINT,
  share SMALLINT,
  seen BIGINT NOT NULL,
  ended BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (country, code, area, valid_from, began)
);
CREATE INDEX postal_place_area ON postal_place (area);
CREATE INDEX postal_place_code ON postal_place (code);

INSERT INTO postal_place (country, code, area, valid_from, began, seen)
SELECT DISTINCT substr(part, 22, 2), code, part, 0, 1, 1
FROM postal_area, unnest(string_to_array(areas, ' ')) AS part WHERE part <> '';
DROP TABLE postal_area;
