-- Delivery of the log of sent activities (spec federation §5).

-- When a server was last asked what it runs.
ALTER TABLE instance ADD COLUMN checked_at timestamptz;
CREATE INDEX instance_checked ON instance (checked_at NULLS FIRST);

-- Ids of what is delivered already although something before it is not: not sent again after a
-- restart.
ALTER TABLE federation_queue_state ADD COLUMN delivered_ahead jsonb NOT NULL DEFAULT '[]';

-- Whom of a server an activity goes to.
CREATE INDEX person_instance ON person (instance_id) WHERE NOT local;
CREATE INDEX community_instance ON community (instance_id) WHERE NOT local;
