-- Number of posts per language, for the order of the language list. Refreshed daily by a job:
-- counting a million posts has no place in a request.
CREATE TABLE language_use (
  language_id integer PRIMARY KEY REFERENCES language,
  posts integer NOT NULL DEFAULT 0
);
