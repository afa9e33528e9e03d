-- What crosses servers (spec federation §4, §5).

-- A server accepts signatures of one scheme or of both; which one is learned by trying.
ALTER TABLE instance ADD COLUMN signature_scheme text CHECK (signature_scheme IN ('draft', 'rfc9421'));

-- Activities to send, in the order in which they are sent: one process at a time appends, so that
-- ids become visible in order. Rows never change.
CREATE TABLE sent_activity (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ap_id text NOT NULL UNIQUE,
  -- The activity without its @context, as it goes out.
  data text NOT NULL,
  -- Never served to whoever asks for its id.
  sensitive boolean NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  send_inboxes text[] NOT NULL DEFAULT '{}',
  send_community_followers_of integer,
  send_all_instances boolean NOT NULL DEFAULT false,
  -- Who signs.
  actor_type text NOT NULL CHECK (actor_type IN ('site', 'community', 'person', 'multi_community')),
  actor_apub_id text NOT NULL,
  -- What the activity changes, and what must be there before it: it is not under way to a server
  -- together with an earlier one that changes either, nor with one that needs what it changes.
  changes text[] NOT NULL DEFAULT '{}',
  needs text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX sent_activity_published ON sent_activity (published_at);

-- How far each server has received that log.
CREATE TABLE federation_queue_state (
  instance_id integer PRIMARY KEY REFERENCES instance ON DELETE CASCADE,
  last_successful_id bigint NOT NULL,
  last_successful_published_time_at timestamptz,
  fail_count integer NOT NULL DEFAULT 0,
  last_retry_at timestamptz,
  -- Set by an answer with Retry-After.
  not_before timestamptz,
  last_error text,
  paused boolean NOT NULL DEFAULT false
);

-- A server that gets to be known receives what is sent from then on.
CREATE FUNCTION instance_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO federation_queue_state (instance_id, last_successful_id)
  SELECT id, (SELECT coalesce(max(id), 0) FROM sent_activity) FROM new_rows;
  RETURN NULL;
END $$;
CREATE TRIGGER instance_inserted AFTER INSERT ON instance
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION instance_inserted();
INSERT INTO federation_queue_state (instance_id, last_successful_id) SELECT id, 0 FROM instance;

-- Activities that arrived: verified, stored, then applied. The row is the mark that an id was seen.
CREATE TABLE received_activity (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ap_id text NOT NULL UNIQUE,
  kind text NOT NULL,
  -- Whose signature it carried.
  actor_ap_id text NOT NULL,
  host text NOT NULL,
  -- The raw body; none any more once it has been applied.
  data text,
  -- Those that share one of these are applied in the order of arrival.
  lanes text[] NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'applied', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  -- When a waiting one is tried again; null means in its turn.
  retry_at timestamptz,
  reason text,
  received_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz
);
CREATE INDEX received_activity_waiting ON received_activity (id) WHERE state = 'waiting';
CREATE INDEX received_activity_retry ON received_activity (retry_at) WHERE state = 'waiting' AND retry_at IS NOT NULL;
CREATE INDEX received_activity_failed ON received_activity (id) WHERE state = 'failed';
CREATE INDEX received_activity_received ON received_activity (received_at);

-- Events of which no activity could be made yet.
CREATE TABLE outbox_failure (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event jsonb NOT NULL,
  -- Later events about one of these wait behind it.
  objects text[] NOT NULL,
  attempts integer NOT NULL DEFAULT 1,
  retry_at timestamptz NOT NULL,
  reason text NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now()
);

-- Follows by id, so that an answer can repeat the Follow that it answers.
ALTER TABLE community_actions ADD COLUMN follow_ap_id text;
ALTER TABLE multi_community_follow ADD COLUMN follow_ap_id text;

-- Persons of other servers who follow persons of this one.
CREATE TABLE person_follow (
  follower_id integer NOT NULL REFERENCES person ON DELETE CASCADE,
  person_id integer NOT NULL REFERENCES person ON DELETE CASCADE,
  PRIMARY KEY (person_id, follower_id)
);
CREATE INDEX person_follow_follower ON person_follow (follower_id);

-- Groups of other servers that follow communities of this one.
CREATE TABLE community_follow (
  follower_id integer NOT NULL REFERENCES community ON DELETE CASCADE,
  community_id integer NOT NULL REFERENCES community ON DELETE CASCADE,
  PRIMARY KEY (community_id, follower_id)
);
CREATE INDEX community_follow_follower ON community_follow (follower_id);

-- Collections of a remote community that wait to be fetched (§7.4).
CREATE TABLE community_fetch (
  community_id integer PRIMARY KEY REFERENCES community ON DELETE CASCADE,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now()
);
