-- What was made by which sending of a form: a button pressed twice makes one thing. The second
-- request waits at the key until the first has committed, and reads what it made.
CREATE TABLE form_submission (
  person_id integer NOT NULL REFERENCES person ON DELETE CASCADE,
  -- SHA-256 of the form's id and everything in it.
  digest bytea NOT NULL,
  -- Id of the post, comment or community.
  made_id integer,
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (person_id, digest)
);
CREATE INDEX form_submission_published ON form_submission (published_at);
