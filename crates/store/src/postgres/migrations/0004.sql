-- Version 3: several processes on one list, and how each learns of what another changed.

CREATE TABLE node (epoch BIGINT PRIMARY KEY, id UUID NOT NULL UNIQUE, expires TIMESTAMPTZ NOT NULL);

CREATE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('hustings_change', '');
  RETURN NULL;
END $$;
CREATE TRIGGER tell_of_change AFTER INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
