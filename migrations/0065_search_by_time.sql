-- Texts lie in the order of time, each with the time of its row: a search of the newest reads its
-- way through the texts themselves, without the rows that do not match. The tables are made anew,
-- as writing every row again would leave them twice as large and out of order.

ALTER TABLE post_search RENAME TO post_search_old;
ALTER TABLE comment_search RENAME TO comment_search_old;

CREATE TABLE post_search (
  post_id integer NOT NULL,
  published_at timestamptz NOT NULL,
  name text NOT NULL,
  body text
);
CREATE TABLE comment_search (
  comment_id integer NOT NULL,
  published_at timestamptz NOT NULL,
  content text NOT NULL
);
INSERT INTO post_search SELECT s.post_id, p.published_at, s.name, s.body
  FROM post_search_old s JOIN post p ON p.id = s.post_id ORDER BY p.published_at, p.id;
INSERT INTO comment_search SELECT s.comment_id, m.published_at, s.content
  FROM comment_search_old s JOIN comment m ON m.id = s.comment_id ORDER BY m.published_at, m.id;
DROP TABLE post_search_old, comment_search_old;

ALTER TABLE post_search ADD PRIMARY KEY (post_id),
  ADD FOREIGN KEY (post_id) REFERENCES post ON DELETE CASCADE;
ALTER TABLE comment_search ADD PRIMARY KEY (comment_id),
  ADD FOREIGN KEY (comment_id) REFERENCES comment ON DELETE CASCADE;
CREATE INDEX post_search_new ON post_search (published_at DESC, post_id DESC);
CREATE INDEX comment_search_new ON comment_search (published_at DESC, comment_id DESC);
CREATE INDEX post_search_trigrams ON post_search USING gin (name gin_trgm_ops, body gin_trgm_ops);
CREATE INDEX comment_search_trigrams ON comment_search USING gin (content gin_trgm_ops);
CREATE INDEX post_search_beginning ON post_search (name text_pattern_ops);

CREATE OR REPLACE FUNCTION post_search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO post_search (post_id, published_at, name, body)
    SELECT id, published_at, lower(name), lower(body) FROM new_rows;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION post_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE post_search
    SET published_at = NEW.published_at, name = lower(NEW.name), body = lower(NEW.body)
    WHERE post_id = NEW.id;
  RETURN NULL;
END $$;
DROP TRIGGER post_search_update ON post;
CREATE TRIGGER post_search_update AFTER UPDATE OF published_at, name, body ON post FOR EACH ROW
  WHEN ((OLD.published_at, OLD.name, OLD.body)
    IS DISTINCT FROM (NEW.published_at, NEW.name, NEW.body))
  EXECUTE FUNCTION post_search_update();

CREATE OR REPLACE FUNCTION comment_search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO comment_search (comment_id, published_at, content)
    SELECT id, published_at, lower(content) FROM new_rows;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION comment_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comment_search SET published_at = NEW.published_at, content = lower(NEW.content)
    WHERE comment_id = NEW.id;
  RETURN NULL;
END $$;
DROP TRIGGER comment_search_update ON comment;
CREATE TRIGGER comment_search_update AFTER UPDATE OF published_at, content ON comment FOR EACH ROW
  WHEN ((OLD.published_at, OLD.content) IS DISTINCT FROM (NEW.published_at, NEW.content))
  EXECUTE FUNCTION comment_search_update();

ANALYZE post_search;
ANALYZE comment_search;
