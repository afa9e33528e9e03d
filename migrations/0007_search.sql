-- Text that searches look through, apart from the rows it belongs to: those are written anew with
-- every vote, and an index of trigrams beside their counters would be written along each time.

CREATE TABLE post_search (
  post_id integer PRIMARY KEY REFERENCES post ON DELETE CASCADE,
  name text NOT NULL,
  body text
);
CREATE TABLE comment_search (
  comment_id integer PRIMARY KEY REFERENCES comment ON DELETE CASCADE,
  content text NOT NULL
);
CREATE TABLE person_search (
  person_id integer PRIMARY KEY REFERENCES person ON DELETE CASCADE,
  name text NOT NULL,
  display_name text,
  ap_id text NOT NULL,
  bio text
);

CREATE FUNCTION post_search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO post_search (post_id, name, body) SELECT id, lower(name), lower(body) FROM new_rows;
  RETURN NULL;
END $$;
CREATE FUNCTION post_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE post_search SET name = lower(NEW.name), body = lower(NEW.body) WHERE post_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER post_search_insert AFTER INSERT ON post
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_search_insert();
CREATE TRIGGER post_search_update AFTER UPDATE OF name, body ON post FOR EACH ROW
  WHEN ((OLD.name, OLD.body) IS DISTINCT FROM (NEW.name, NEW.body))
  EXECUTE FUNCTION post_search_update();

CREATE FUNCTION comment_search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO comment_search (comment_id, content) SELECT id, lower(content) FROM new_rows;
  RETURN NULL;
END $$;
CREATE FUNCTION comment_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comment_search SET content = lower(NEW.content) WHERE comment_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER comment_search_insert AFTER INSERT ON comment
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION comment_search_insert();
CREATE TRIGGER comment_search_update AFTER UPDATE OF content ON comment FOR EACH ROW
  WHEN (OLD.content IS DISTINCT FROM NEW.content)
  EXECUTE FUNCTION comment_search_update();

CREATE FUNCTION person_search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO person_search (person_id, name, display_name, ap_id, bio)
  SELECT id, lower(name), lower(display_name), lower(ap_id), lower(bio) FROM new_rows;
  RETURN NULL;
END $$;
CREATE FUNCTION person_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE person_search SET name = lower(NEW.name), display_name = lower(NEW.display_name),
    ap_id = lower(NEW.ap_id), bio = lower(NEW.bio) WHERE person_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER person_search_insert AFTER INSERT ON person
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION person_search_insert();
CREATE TRIGGER person_search_update AFTER UPDATE OF name, display_name, ap_id, bio ON person FOR EACH ROW
  WHEN ((OLD.name, OLD.display_name, OLD.ap_id, OLD.bio)
    IS DISTINCT FROM (NEW.name, NEW.display_name, NEW.ap_id, NEW.bio))
  EXECUTE FUNCTION person_search_update();

INSERT INTO post_search (post_id, name, body) SELECT id, lower(name), lower(body) FROM post;
INSERT INTO comment_search (comment_id, content) SELECT id, lower(content) FROM comment;
INSERT INTO person_search (person_id, name, display_name, ap_id, bio)
  SELECT id, lower(name), lower(display_name), lower(ap_id), lower(bio) FROM person;

CREATE INDEX post_search_trigrams ON post_search USING gin (name gin_trgm_ops, body gin_trgm_ops);
CREATE INDEX comment_search_trigrams ON comment_search USING gin (content gin_trgm_ops);
CREATE INDEX person_search_trigrams ON person_search USING gin
  (name gin_trgm_ops, display_name gin_trgm_ops, ap_id gin_trgm_ops, bio gin_trgm_ops);
-- Terms of one or two letters have no trigrams: they match beginnings.
CREATE INDEX post_search_beginning ON post_search (name text_pattern_ops);
CREATE INDEX person_search_beginning ON person_search (name text_pattern_ops);
CREATE INDEX person_search_display_beginning ON person_search (display_name text_pattern_ops);
