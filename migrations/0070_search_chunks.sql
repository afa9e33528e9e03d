-- An index of trigrams for texts that are searched in the order of time: an index of PostgreSQL
-- reads whole lists of rows for each frequent trigram. Posts and comments are gathered into chunks
-- by time; for each trigram a chunk has a row that says which of its texts contain it. Chunks are made by
-- a task and never change; what was written since lies in a table of recent texts.

LOCK TABLE post_search, comment_search IN SHARE ROW EXCLUSIVE MODE;

CREATE TABLE post_search_chunk (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  first_at timestamptz NOT NULL,
  first_id integer NOT NULL,
  last_at timestamptz NOT NULL,
  last_id integer NOT NULL,
  size integer NOT NULL
);
-- Which texts the bits of a chunk stand for, in parts of 992.
CREATE TABLE post_search_slot (
  chunk integer NOT NULL,
  part integer NOT NULL,
  ids integer[] NOT NULL,
  PRIMARY KEY (chunk, part)
);
ALTER TABLE post_search_slot ALTER ids SET STORAGE PLAIN;
-- A frequent trigram has a bit for each text, others have a list.
CREATE TABLE post_search_bits (
  chunk integer NOT NULL,
  trigram integer NOT NULL,
  bits bit varying,
  slots bytea
);
ALTER TABLE post_search_bits ALTER bits SET STORAGE PLAIN, ALTER slots SET STORAGE PLAIN;
CREATE UNIQUE INDEX post_search_bits_trigram ON post_search_bits (trigram, chunk);
CREATE SEQUENCE post_search_version;
CREATE TABLE post_search_recent (
  id integer PRIMARY KEY REFERENCES post_search ON DELETE CASCADE,
  published_at timestamptz NOT NULL,
  content text NOT NULL,
  -- Tells the task whether what it has read is still the newest.
  version bigint NOT NULL DEFAULT nextval('post_search_version')
);
ALTER SEQUENCE post_search_version OWNED BY post_search_recent.version;
-- How far the texts from before are in chunks; no row when all are.
CREATE TABLE post_search_backfill (
  published_at timestamptz NOT NULL,
  id integer NOT NULL
);

-- The same for comments.
CREATE TABLE comment_search_chunk (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  first_at timestamptz NOT NULL,
  first_id integer NOT NULL,
  last_at timestamptz NOT NULL,
  last_id integer NOT NULL,
  size integer NOT NULL
);
CREATE TABLE comment_search_slot (
  chunk integer NOT NULL,
  part integer NOT NULL,
  ids integer[] NOT NULL,
  PRIMARY KEY (chunk, part)
);
ALTER TABLE comment_search_slot ALTER ids SET STORAGE PLAIN;
CREATE TABLE comment_search_bits (
  chunk integer NOT NULL,
  trigram integer NOT NULL,
  bits bit varying,
  slots bytea
);
ALTER TABLE comment_search_bits ALTER bits SET STORAGE PLAIN, ALTER slots SET STORAGE PLAIN;
CREATE UNIQUE INDEX comment_search_bits_trigram ON comment_search_bits (trigram, chunk);
CREATE SEQUENCE comment_search_version;
CREATE TABLE comment_search_recent (
  id integer PRIMARY KEY REFERENCES comment_search ON DELETE CASCADE,
  published_at timestamptz NOT NULL,
  content text NOT NULL,
  version bigint NOT NULL DEFAULT nextval('comment_search_version')
);
ALTER SEQUENCE comment_search_version OWNED BY comment_search_recent.version;
CREATE TABLE comment_search_backfill (
  published_at timestamptz NOT NULL,
  id integer NOT NULL
);

CREATE OR REPLACE FUNCTION post_search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO post_search (post_id, published_at, name, body)
    SELECT id, published_at, lower(name), lower(body) FROM new_rows;
  INSERT INTO post_search_recent (id, published_at, content)
    SELECT id, published_at, lower(concat_ws(E'\n', name, body)) FROM new_rows;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION post_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE post_search
    SET published_at = NEW.published_at, name = lower(NEW.name), body = lower(NEW.body)
    WHERE post_id = NEW.id;
  INSERT INTO post_search_recent (id, published_at, content)
    VALUES (NEW.id, NEW.published_at, lower(concat_ws(E'\n', NEW.name, NEW.body)))
    ON CONFLICT (id) DO UPDATE SET published_at = excluded.published_at,
      content = excluded.content, version = excluded.version;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION comment_search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO comment_search (comment_id, published_at, content)
    SELECT id, published_at, lower(content) FROM new_rows;
  INSERT INTO comment_search_recent (id, published_at, content)
    SELECT id, published_at, lower(content) FROM new_rows;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION comment_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comment_search SET published_at = NEW.published_at, content = lower(NEW.content)
    WHERE comment_id = NEW.id;
  INSERT INTO comment_search_recent (id, published_at, content)
    VALUES (NEW.id, NEW.published_at, lower(NEW.content))
    ON CONFLICT (id) DO UPDATE SET published_at = excluded.published_at,
      content = excluded.content, version = excluded.version;
  RETURN NULL;
END $$;

-- Until all texts from before are in chunks the old indexes are searched; the task drops them then.
DO $$
BEGIN
  IF EXISTS (SELECT FROM post_search) THEN
    INSERT INTO post_search_backfill VALUES ('-infinity', 0);
  ELSE
    DROP INDEX post_search_trigrams;
  END IF;
  IF EXISTS (SELECT FROM comment_search) THEN
    INSERT INTO comment_search_backfill VALUES ('-infinity', 0);
  ELSE
    DROP INDEX comment_search_trigrams;
  END IF;
END $$;
