-- Communities that a new site gets to know by itself (moderation-and-operations §10).
CREATE TABLE bootstrap_fetch (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The id of a community; null stands for asking which communities these are.
  address text UNIQUE,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bootstrap_fetch_due ON bootstrap_fetch (due_at);
