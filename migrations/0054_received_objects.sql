-- When the author last changed what we have received, as his server says: what is older than that
-- is stale. Our own changes, such as a moderator's, do not take part (federation §2.15).
ALTER TABLE post ADD COLUMN received_version timestamptz;
ALTER TABLE comment ADD COLUMN received_version timestamptz;
ALTER TABLE private_message ADD COLUMN received_version timestamptz;

-- Other servers may give a name of theirs to another actor, and one name to two.
DROP INDEX person_name_instance;
CREATE UNIQUE INDEX person_local_name ON person (lower(name), instance_id) WHERE local;
CREATE INDEX person_name_instance ON person (lower(name), instance_id);
DROP INDEX community_name_instance;
CREATE UNIQUE INDEX community_local_name ON community (lower(name), instance_id) WHERE local;
CREATE INDEX community_name_instance ON community (lower(name), instance_id);

-- Communities by what Add and Remove name as their target.
CREATE INDEX community_moderators_url ON community (moderators_url);
CREATE INDEX community_featured_url ON community (featured_url);

-- What the community itself said of its collections, for the job that fetches them.
ALTER TABLE community_fetch ADD COLUMN outbox_url text;
ALTER TABLE community_fetch ADD COLUMN moderators text[];

-- Threads of which more may be found elsewhere, by a collection that a post or comment names.
CREATE TABLE thread_fetch (
  post_id integer PRIMARY KEY REFERENCES post ON DELETE CASCADE,
  collections text[] NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX thread_fetch_due ON thread_fetch (due_at);
CREATE INDEX community_fetch_due ON community_fetch (due_at);
