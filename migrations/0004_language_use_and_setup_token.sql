-- Number of posts per language, for the order of the language list. Refreshed daily by a job:
-- counting a million posts has no place in a request.
CREATE TABLE language_use (
  language_id integer PRIMARY KEY REFERENCES language,
  posts integer NOT NULL DEFAULT 0
);

-- Whoever opens the address with this word sets the site up; the log names it at every start
-- until that is done.
ALTER TABLE secret ADD COLUMN setup_token text NOT NULL
  DEFAULT replace(gen_random_uuid()::text, '-', '');
