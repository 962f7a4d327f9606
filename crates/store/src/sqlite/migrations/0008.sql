-- Version 8: what is known of a token: what for, its name and scopes, whom it is bound to. Those of the command line that
-- were given out before stay good.

ALTER TABLE user_token ADD COLUMN body TEXT NOT NULL DEFAULT '';
UPDATE user_token SET body = '{"id":"' || lower(substr(hex(hash), 1, 8) || '-' || substr(hex(hash), 9, 4) || '-' ||
  substr(hex(hash), 13, 4) || '-' || substr(hex(hash), 17, 4) || '-' || substr(hex(hash), 21, 12)) ||
  '","purpose":"command-line","name":"command line","borrower":null,"scopes":[],"bound":null,' ||
  '"made":"1970-01-01T00:00:00Z","used":null}';
