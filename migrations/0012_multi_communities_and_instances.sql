-- Who follows a multi-community. As with communities only accepted follows count, and `subscribers`
-- of one that lives elsewhere is what its own server says.
CREATE TABLE multi_community_follow (
  multi_community_id integer NOT NULL REFERENCES multi_community ON DELETE CASCADE,
  person_id integer NOT NULL REFERENCES person ON DELETE CASCADE,
  follow_state text NOT NULL CHECK (follow_state IN ('accepted', 'pending', 'approval_required', 'denied')),
  PRIMARY KEY (person_id, multi_community_id)
);
CREATE INDEX multi_community_follow_multi ON multi_community_follow (multi_community_id);

CREATE FUNCTION apply_multi_follows(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changes IS NULL THEN RETURN; END IF;
  WITH d AS (
    SELECT c.multi AS id, sum(c.n)::integer AS n, sum(c.n) FILTER (WHERE p.local)::integer AS n_local
    FROM jsonb_to_recordset(changes) AS c(multi integer, person integer, n integer)
    JOIN person p ON p.id = c.person GROUP BY c.multi
  ), locked AS (
    SELECT m.id, d.n, coalesce(d.n_local, 0) AS n_local FROM multi_community m JOIN d ON d.id = m.id
    ORDER BY m.id FOR NO KEY UPDATE OF m
  )
  UPDATE multi_community m SET
    subscribers = m.subscribers + CASE WHEN m.local THEN locked.n ELSE 0 END,
    subscribers_local = m.subscribers_local + locked.n_local
  FROM locked WHERE m.id = locked.id;
END $$;

CREATE FUNCTION multi_follow_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_multi_follows((
    SELECT jsonb_agg(jsonb_build_object('multi', multi_community_id, 'person', person_id, 'n', 1))
    FROM new_rows WHERE follow_state = 'accepted'));
  RETURN NULL;
END $$;

CREATE FUNCTION multi_follow_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_multi_follows((
    SELECT jsonb_agg(jsonb_build_object('multi', n.multi_community_id, 'person', n.person_id,
      'n', CASE WHEN n.follow_state = 'accepted' THEN 1 ELSE -1 END))
    FROM new_rows n JOIN old_rows o USING (person_id, multi_community_id)
    WHERE (n.follow_state = 'accepted') <> (o.follow_state = 'accepted')));
  RETURN NULL;
END $$;

CREATE FUNCTION multi_follow_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_multi_follows((
    SELECT jsonb_agg(jsonb_build_object('multi', multi_community_id, 'person', person_id, 'n', -1))
    FROM old_rows WHERE follow_state = 'accepted'));
  RETURN NULL;
END $$;

CREATE TRIGGER multi_follow_inserted AFTER INSERT ON multi_community_follow
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION multi_follow_inserted();
CREATE TRIGGER multi_follow_updated AFTER UPDATE ON multi_community_follow
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION multi_follow_updated();
CREATE TRIGGER multi_follow_deleted AFTER DELETE ON multi_community_follow
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION multi_follow_deleted();

-- As with communities, while it is still known where the person lived (migration 0005).
CREATE OR REPLACE FUNCTION person_delete_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM community_actions WHERE person_id = OLD.id;
  DELETE FROM multi_community_follow WHERE person_id = OLD.id;
  RETURN OLD;
END $$;

-- Orders of the list.
CREATE INDEX multi_community_published ON multi_community (published_at DESC, id DESC);
CREATE INDEX multi_community_lower_name ON multi_community (lower(name), id);
CREATE INDEX multi_community_communities ON multi_community (communities DESC, id DESC);
CREATE INDEX multi_community_subscribers ON multi_community (subscribers DESC, id DESC);
CREATE INDEX multi_community_subscribers_local ON multi_community (subscribers_local DESC, id DESC);

-- Servers that this one federates with not at all, or alone.
CREATE TABLE federation_blocklist (
  instance_id integer PRIMARY KEY REFERENCES instance ON DELETE CASCADE,
  published_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz,
  expires_at timestamptz
);
CREATE TABLE federation_allowlist (
  instance_id integer PRIMARY KEY REFERENCES instance ON DELETE CASCADE,
  published_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz
);
-- Order of the list of servers.
CREATE INDEX instance_listed ON instance ((coalesce(updated_at, published_at)) DESC, (coalesce(software, '')) DESC, id DESC);
