-- What a person has imported (accounts-and-site §3.10) that has to be fetched from other servers
-- before it can be followed, saved or blocked.
CREATE TABLE import_fetch (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person_id integer NOT NULL REFERENCES person ON DELETE CASCADE,
  -- The list of the file, and the id or domain that stands in it.
  list text NOT NULL,
  entry text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (person_id, list, entry)
);
CREATE INDEX import_fetch_due ON import_fetch (due_at);
