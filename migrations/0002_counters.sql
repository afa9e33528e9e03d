-- Ranking formulas (content §7.1) and the statement-level triggers that keep every counter of
-- content §12. Locks are taken in one order everywhere: person, comment, post; rows of one table
-- by ascending id. Totals of community and site are appended as deltas.

CREATE FUNCTION hot_rank(score integer, published timestamptz, at timestamptz DEFAULT now())
RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN published >= at OR published <= at - interval '7 days' THEN 0
    ELSE log(greatest(2, score + 2)::float8)
      / power(extract(epoch FROM at - published)::float8 / 3600 + 2, 1.8)
  END::real
$$;

CREATE FUNCTION scaled_rank(score integer, published timestamptz, interactions integer, at timestamptz DEFAULT now())
RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (hot_rank(score, published, at) / log((2 + interactions)::float8))::real
$$;

CREATE FUNCTION controversy_rank(upvotes integer, downvotes integer)
RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN upvotes <= 0 OR downvotes <= 0 THEN 0
    ELSE power((upvotes + downvotes)::float8,
      least(upvotes, downvotes)::float8 / greatest(upvotes, downvotes))
  END::real
$$;

-- Post votes ---------------------------------------------------------------------------------

CREATE FUNCTION apply_post_votes(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changes IS NULL THEN RETURN; END IF;
  WITH d AS (
    SELECT p.creator_id, sum(c.up - c.down)::integer AS score
    FROM jsonb_to_recordset(changes) AS c(id integer, up integer, down integer)
    JOIN post p ON p.id = c.id GROUP BY p.creator_id
  ), locked AS (
    SELECT person.id, d.score FROM person JOIN d ON d.creator_id = person.id
    WHERE d.score <> 0 ORDER BY person.id FOR NO KEY UPDATE OF person
  )
  UPDATE person SET post_score = post_score + locked.score FROM locked WHERE person.id = locked.id;

  WITH c AS (
    SELECT * FROM jsonb_to_recordset(changes) AS c(id integer, up integer, down integer)
  ), locked AS (
    SELECT post.id, c.up, c.down FROM post JOIN c ON c.id = post.id ORDER BY post.id FOR NO KEY UPDATE OF post
  )
  UPDATE post SET
    upvotes = upvotes + locked.up,
    downvotes = downvotes + locked.down,
    score = upvotes + locked.up - downvotes - locked.down,
    controversy_rank = controversy_rank(upvotes + locked.up, downvotes + locked.down)
  FROM locked WHERE post.id = locked.id;
END $$;

CREATE FUNCTION post_actions_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_post_votes((
    SELECT jsonb_agg(jsonb_build_object('id', id, 'up', up, 'down', down)) FROM (
      SELECT post_id AS id, count(*) FILTER (WHERE vote_is_upvote) AS up,
        count(*) FILTER (WHERE NOT vote_is_upvote) AS down
      FROM new_rows WHERE vote_is_upvote IS NOT NULL GROUP BY post_id) c));
  RETURN NULL;
END $$;

CREATE FUNCTION post_actions_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_post_votes((
    SELECT jsonb_agg(jsonb_build_object('id', id, 'up', up, 'down', down)) FROM (
      SELECT post_id AS id, -count(*) FILTER (WHERE vote_is_upvote) AS up,
        -count(*) FILTER (WHERE NOT vote_is_upvote) AS down
      FROM old_rows WHERE vote_is_upvote IS NOT NULL GROUP BY post_id) c));
  RETURN NULL;
END $$;

CREATE FUNCTION post_actions_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_post_votes((
    SELECT jsonb_agg(jsonb_build_object('id', id, 'up', up, 'down', down)) FROM (
      SELECT post_id AS id, sum((new_vote)::integer - (old_vote)::integer) AS up,
        sum((new_down)::integer - (old_down)::integer) AS down
      FROM (
        SELECT n.post_id,
          coalesce(n.vote_is_upvote, false) AS new_vote, coalesce(o.vote_is_upvote, false) AS old_vote,
          coalesce(NOT n.vote_is_upvote, false) AS new_down, coalesce(NOT o.vote_is_upvote, false) AS old_down
        FROM new_rows n JOIN old_rows o ON o.person_id = n.person_id AND o.post_id = n.post_id
        WHERE n.vote_is_upvote IS DISTINCT FROM o.vote_is_upvote) v
      GROUP BY post_id) c));
  RETURN NULL;
END $$;

CREATE TRIGGER post_actions_inserted AFTER INSERT ON post_actions
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_actions_inserted();
CREATE TRIGGER post_actions_updated AFTER UPDATE ON post_actions
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_actions_updated();
CREATE TRIGGER post_actions_deleted AFTER DELETE ON post_actions
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION post_actions_deleted();

-- Comment votes ------------------------------------------------------------------------------

CREATE FUNCTION apply_comment_votes(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changes IS NULL THEN RETURN; END IF;
  WITH d AS (
    SELECT m.creator_id, sum(c.up - c.down)::integer AS score
    FROM jsonb_to_recordset(changes) AS c(id integer, up integer, down integer)
    JOIN comment m ON m.id = c.id GROUP BY m.creator_id
  ), locked AS (
    SELECT person.id, d.score FROM person JOIN d ON d.creator_id = person.id
    WHERE d.score <> 0 ORDER BY person.id FOR NO KEY UPDATE OF person
  )
  UPDATE person SET comment_score = comment_score + locked.score FROM locked WHERE person.id = locked.id;

  WITH c AS (
    SELECT * FROM jsonb_to_recordset(changes) AS c(id integer, up integer, down integer)
  ), locked AS (
    SELECT comment.id, c.up, c.down FROM comment JOIN c ON c.id = comment.id
    ORDER BY comment.id FOR NO KEY UPDATE OF comment
  )
  UPDATE comment SET
    upvotes = upvotes + locked.up,
    downvotes = downvotes + locked.down,
    score = upvotes + locked.up - downvotes - locked.down,
    controversy_rank = controversy_rank(upvotes + locked.up, downvotes + locked.down)
  FROM locked WHERE comment.id = locked.id;
END $$;

CREATE FUNCTION comment_actions_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_comment_votes((
    SELECT jsonb_agg(jsonb_build_object('id', id, 'up', up, 'down', down)) FROM (
      SELECT comment_id AS id, count(*) FILTER (WHERE vote_is_upvote) AS up,
        count(*) FILTER (WHERE NOT vote_is_upvote) AS down
      FROM new_rows WHERE vote_is_upvote IS NOT NULL GROUP BY comment_id) c));
  RETURN NULL;
END $$;

CREATE FUNCTION comment_actions_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_comment_votes((
    SELECT jsonb_agg(jsonb_build_object('id', id, 'up', up, 'down', down)) FROM (
      SELECT comment_id AS id, -count(*) FILTER (WHERE vote_is_upvote) AS up,
        -count(*) FILTER (WHERE NOT vote_is_upvote) AS down
      FROM old_rows WHERE vote_is_upvote IS NOT NULL GROUP BY comment_id) c));
  RETURN NULL;
END $$;

CREATE FUNCTION comment_actions_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_comment_votes((
    SELECT jsonb_agg(jsonb_build_object('id', id, 'up', up, 'down', down)) FROM (
      SELECT comment_id AS id, sum((new_vote)::integer - (old_vote)::integer) AS up,
        sum((new_down)::integer - (old_down)::integer) AS down
      FROM (
        SELECT n.comment_id,
          coalesce(n.vote_is_upvote, false) AS new_vote, coalesce(o.vote_is_upvote, false) AS old_vote,
          coalesce(NOT n.vote_is_upvote, false) AS new_down, coalesce(NOT o.vote_is_upvote, false) AS old_down
        FROM new_rows n JOIN old_rows o ON o.person_id = n.person_id AND o.comment_id = n.comment_id
        WHERE n.vote_is_upvote IS DISTINCT FROM o.vote_is_upvote) v
      GROUP BY comment_id) c));
  RETURN NULL;
END $$;

CREATE TRIGGER comment_actions_inserted AFTER INSERT ON comment_actions
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION comment_actions_inserted();
CREATE TRIGGER comment_actions_updated AFTER UPDATE ON comment_actions
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION comment_actions_updated();
CREATE TRIGGER comment_actions_deleted AFTER DELETE ON comment_actions
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION comment_actions_deleted();

-- Posts --------------------------------------------------------------------------------------
-- "counted" = neither deleted nor removed. A change is {creator, community, local, counted ±1,
-- comments ±n}: one shape for insert, transition and purge.

CREATE FUNCTION apply_post_counts(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changes IS NULL THEN RETURN; END IF;
  WITH d AS (
    SELECT creator, sum(counted)::integer AS n
    FROM jsonb_to_recordset(changes) AS c(creator integer, counted integer) GROUP BY creator
  ), locked AS (
    SELECT person.id, d.n FROM person JOIN d ON d.creator = person.id ORDER BY person.id FOR NO KEY UPDATE OF person
  )
  UPDATE person SET post_count = post_count + locked.n FROM locked WHERE person.id = locked.id;

  INSERT INTO community_delta (community_id, posts, comments)
  SELECT community, sum(counted), sum(comments)
  FROM jsonb_to_recordset(changes) AS c(community integer, counted integer, comments integer)
  GROUP BY community;

  INSERT INTO site_delta (posts)
  SELECT sum(counted) FROM jsonb_to_recordset(changes) AS c(local boolean, counted integer)
  WHERE local HAVING sum(counted) <> 0;
END $$;

CREATE FUNCTION post_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_post_counts((
    SELECT jsonb_agg(jsonb_build_object('creator', creator_id, 'community', community_id, 'local', local,
      'counted', 1, 'comments', comments))
    FROM new_rows WHERE NOT (deleted OR removed)));
  RETURN NULL;
END $$;

CREATE FUNCTION post_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_post_counts((
    SELECT jsonb_agg(jsonb_build_object('creator', n.creator_id, 'community', n.community_id, 'local', n.local,
      'counted', CASE WHEN n.deleted OR n.removed THEN -1 ELSE 1 END,
      'comments', CASE WHEN n.deleted OR n.removed THEN -o.comments ELSE n.comments END))
    FROM new_rows n JOIN old_rows o USING (id)
    WHERE (n.deleted OR n.removed) <> (o.deleted OR o.removed)));
  RETURN NULL;
END $$;

CREATE FUNCTION post_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_post_counts((
    SELECT jsonb_agg(jsonb_build_object('creator', creator_id, 'community', community_id, 'local', local,
      'counted', -1, 'comments', -comments))
    FROM old_rows WHERE NOT (deleted OR removed)));
  RETURN NULL;
END $$;

CREATE TRIGGER post_inserted AFTER INSERT ON post
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_inserted();
CREATE TRIGGER post_updated AFTER UPDATE ON post
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION post_updated();
CREATE TRIGGER post_deleted AFTER DELETE ON post
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION post_deleted();

-- Comments -----------------------------------------------------------------------------------
-- A change is {creator, post, local, counted ±1 or 0, published}. The two newest-comment times
-- only grow, and only from counted rows (content §7.1).

CREATE FUNCTION apply_comment_counts(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changes IS NULL THEN RETURN; END IF;
  WITH d AS (
    SELECT creator, sum(counted)::integer AS n
    FROM jsonb_to_recordset(changes) AS c(creator integer, counted integer) GROUP BY creator
  ), locked AS (
    SELECT person.id, d.n FROM person JOIN d ON d.creator = person.id ORDER BY person.id FOR NO KEY UPDATE OF person
  )
  UPDATE person SET comment_count = comment_count + locked.n FROM locked WHERE person.id = locked.id;
END $$;

CREATE FUNCTION apply_post_comments(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changes IS NULL THEN RETURN; END IF;
  WITH c AS (
    SELECT * FROM jsonb_to_recordset(changes)
      AS c(creator integer, post integer, counted integer, published timestamptz)
  ), locked AS (
    SELECT p.id, p.creator_id, p.published_at FROM post p WHERE p.id IN (SELECT post FROM c)
    ORDER BY p.id FOR NO KEY UPDATE
  ), d AS (
    SELECT locked.id, sum(c.counted)::integer AS n,
      max(c.published) FILTER (WHERE c.counted > 0) AS newest,
      max(c.published) FILTER (WHERE c.counted > 0 AND c.creator <> locked.creator_id
        AND c.published < locked.published_at + interval '2 days') AS newest_necro
    FROM c JOIN locked ON locked.id = c.post GROUP BY locked.id
  )
  UPDATE post SET
    comments = comments + d.n,
    newest_comment_time_at = greatest(newest_comment_time_at, d.newest),
    newest_comment_time_necro_at = greatest(newest_comment_time_necro_at, d.newest_necro)
  FROM d WHERE post.id = d.id;

  INSERT INTO community_delta (community_id, comments)
  SELECT p.community_id, sum(c.counted)
  FROM jsonb_to_recordset(changes) AS c(post integer, counted integer)
  JOIN post p ON p.id = c.post WHERE NOT (p.deleted OR p.removed)
  GROUP BY p.community_id HAVING sum(c.counted) <> 0;

  INSERT INTO site_delta (comments)
  SELECT sum(counted) FROM jsonb_to_recordset(changes) AS c(local boolean, counted integer)
  WHERE local HAVING sum(counted) <> 0;
END $$;

CREATE FUNCTION comment_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changes jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('creator', creator_id, 'post', post_id, 'local', local, 'counted', 1,
    'published', published_at)) INTO changes
  FROM new_rows WHERE NOT (deleted OR removed);
  PERFORM apply_comment_counts(changes);
  WITH a AS (
    SELECT label::integer AS id, count(*)::integer AS n
    FROM new_rows n CROSS JOIN unnest(string_to_array(n.path, '.')) AS label
    WHERE label::integer NOT IN (0, n.id) AND n.level > 1
    GROUP BY label
  ), locked AS (
    SELECT comment.id, a.n FROM comment JOIN a ON a.id = comment.id ORDER BY comment.id FOR NO KEY UPDATE OF comment
  )
  UPDATE comment SET child_count = child_count + locked.n FROM locked WHERE comment.id = locked.id;
  PERFORM apply_post_comments(changes);
  RETURN NULL;
END $$;

CREATE FUNCTION comment_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changes jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('creator', n.creator_id, 'post', n.post_id, 'local', n.local,
    'counted', CASE WHEN n.deleted OR n.removed THEN -1 ELSE 1 END)) INTO changes
  FROM new_rows n JOIN old_rows o USING (id)
  WHERE (n.deleted OR n.removed) <> (o.deleted OR o.removed);
  PERFORM apply_comment_counts(changes);
  PERFORM apply_post_comments(changes);
  RETURN NULL;
END $$;

-- A purged comment leaves its replies where they are; each surviving ancestor loses one child.
CREATE FUNCTION comment_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changes jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('creator', creator_id, 'post', post_id, 'local', local, 'counted', -1))
  INTO changes FROM old_rows WHERE NOT (deleted OR removed);
  PERFORM apply_comment_counts(changes);
  WITH a AS (
    SELECT label::integer AS id, count(*)::integer AS n
    FROM old_rows o CROSS JOIN unnest(string_to_array(o.path, '.')) AS label
    WHERE label::integer NOT IN (0, o.id) AND o.level > 1
    GROUP BY label
  ), locked AS (
    SELECT comment.id, a.n FROM comment JOIN a ON a.id = comment.id ORDER BY comment.id FOR NO KEY UPDATE OF comment
  )
  UPDATE comment SET child_count = child_count - locked.n FROM locked WHERE comment.id = locked.id;
  PERFORM apply_post_comments(changes);
  RETURN NULL;
END $$;

CREATE TRIGGER comment_inserted AFTER INSERT ON comment
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION comment_inserted();
CREATE TRIGGER comment_updated AFTER UPDATE ON comment
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION comment_updated();
CREATE TRIGGER comment_deleted AFTER DELETE ON comment
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION comment_deleted();

-- Follows ------------------------------------------------------------------------------------
-- Only accepted follows count (content Q33). `subscribers` of a remote community is what its own
-- server says; `subscribers_local` counts this server's people everywhere, without the hidden
-- system account.

CREATE FUNCTION apply_follows(changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changes IS NULL THEN RETURN; END IF;
  INSERT INTO community_delta (community_id, subscribers, subscribers_local)
  SELECT c.community, sum(CASE WHEN m.local THEN c.n ELSE 0 END), sum(CASE WHEN p.local THEN c.n ELSE 0 END)
  FROM jsonb_to_recordset(changes) AS c(community integer, person integer, n integer)
  JOIN community m ON m.id = c.community
  JOIN person p ON p.id = c.person
  WHERE NOT EXISTS (SELECT FROM local_site WHERE system_account = c.person)
  GROUP BY c.community;
END $$;

CREATE FUNCTION community_actions_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_follows((
    SELECT jsonb_agg(jsonb_build_object('community', community_id, 'person', person_id, 'n', 1))
    FROM new_rows WHERE follow_state = 'accepted'));
  RETURN NULL;
END $$;

CREATE FUNCTION community_actions_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_follows((
    SELECT jsonb_agg(jsonb_build_object('community', n.community_id, 'person', n.person_id,
      'n', CASE WHEN n.follow_state = 'accepted' THEN 1 ELSE -1 END))
    FROM new_rows n JOIN old_rows o USING (person_id, community_id)
    WHERE (n.follow_state IS NOT DISTINCT FROM 'accepted') <> (o.follow_state IS NOT DISTINCT FROM 'accepted')));
  RETURN NULL;
END $$;

CREATE FUNCTION community_actions_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM apply_follows((
    SELECT jsonb_agg(jsonb_build_object('community', community_id, 'person', person_id, 'n', -1))
    FROM old_rows WHERE follow_state = 'accepted'));
  RETURN NULL;
END $$;

CREATE TRIGGER community_actions_inserted AFTER INSERT ON community_actions
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION community_actions_inserted();
CREATE TRIGGER community_actions_updated AFTER UPDATE ON community_actions
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION community_actions_updated();
CREATE TRIGGER community_actions_deleted AFTER DELETE ON community_actions
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION community_actions_deleted();

-- Communities --------------------------------------------------------------------------------

CREATE FUNCTION community_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO site_delta (communities)
  SELECT count(*) FROM new_rows WHERE local AND NOT (deleted OR removed) HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE FUNCTION community_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO site_delta (communities)
  SELECT sum(CASE WHEN n.deleted OR n.removed THEN -1 ELSE 1 END)
  FROM new_rows n JOIN old_rows o USING (id)
  WHERE n.local AND (n.deleted OR n.removed) <> (o.deleted OR o.removed) HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE FUNCTION community_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO site_delta (communities)
  SELECT -count(*) FROM old_rows WHERE local AND NOT (deleted OR removed) HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE TRIGGER community_inserted AFTER INSERT ON community
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION community_inserted();
CREATE TRIGGER community_updated AFTER UPDATE ON community
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION community_updated();
CREATE TRIGGER community_deleted AFTER DELETE ON community
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION community_deleted();

-- Multi-communities --------------------------------------------------------------------------

CREATE FUNCTION multi_community_entries_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE multi_community m SET communities = m.communities + d.n
    FROM (SELECT multi_community_id AS id, count(*)::integer AS n FROM changed_rows GROUP BY 1) d WHERE m.id = d.id;
  ELSE
    UPDATE multi_community m SET communities = m.communities - d.n
    FROM (SELECT multi_community_id AS id, count(*)::integer AS n FROM changed_rows GROUP BY 1) d WHERE m.id = d.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER multi_community_entry_inserted AFTER INSERT ON multi_community_entry
  REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION multi_community_entries_changed();
CREATE TRIGGER multi_community_entry_deleted AFTER DELETE ON multi_community_entry
  REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION multi_community_entries_changed();
