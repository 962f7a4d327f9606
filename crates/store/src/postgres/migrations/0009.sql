-- Version 9: what is known of a token (see ../../sqlite/migrations/0008.sql).

ALTER TABLE user_token ADD COLUMN body TEXT NOT NULL DEFAULT '';
UPDATE user_token SET body = '{"id":"' || encode(substring(hash FROM 1 FOR 16), 'hex')::uuid::text ||
  '","purpose":"command-line","name":"command line","borrower":null,"scopes":[],"bound":null,' ||
  '"made":"1970-01-01T00:00:00Z","used":null}';
