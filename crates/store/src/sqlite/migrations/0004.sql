-- Version 4: the owner's own mail in the calendar, and how attention was shared among loans. Who is in them is a list of
-- positions, each as the distance from the one before (see ../../coding/ordinals.rs).

CREATE TABLE calendar_entry (id BLOB PRIMARY KEY, day INTEGER NOT NULL, body TEXT NOT NULL, people BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE sharing (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE allotment (
  sharing INTEGER NOT NULL,
  loan BLOB NOT NULL,
  people BLOB NOT NULL,
  PRIMARY KEY (sharing, loan)
) WITHOUT ROWID;
