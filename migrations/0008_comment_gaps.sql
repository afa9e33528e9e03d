-- Purged comments that had answers: threads close up over them.
CREATE TABLE comment_gap (
  post_id integer NOT NULL REFERENCES post ON DELETE CASCADE,
  comment_id integer NOT NULL,
  PRIMARY KEY (post_id, comment_id)
);
CREATE FUNCTION comment_gap_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO comment_gap (post_id, comment_id)
  SELECT o.post_id, o.id FROM old_rows o
  WHERE o.child_count > 0 AND EXISTS (SELECT FROM post WHERE id = o.post_id);
  RETURN NULL;
END $$;
CREATE TRIGGER comment_gap_left AFTER DELETE ON comment
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION comment_gap_left();
