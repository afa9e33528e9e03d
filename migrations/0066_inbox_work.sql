-- Work on what arrived (spec federation §4.2).

-- Which process is at an activity, and until when it is taken to live.
ALTER TABLE received_activity ADD COLUMN claimed_by text;
ALTER TABLE received_activity ADD COLUMN claimed_until timestamptz;
-- What it is about: a refusal is not final while something earlier about the same waits.
ALTER TABLE received_activity ADD COLUMN related text[] NOT NULL DEFAULT '{}';
CREATE INDEX received_activity_related ON received_activity USING gin (related) WHERE state = 'waiting';

-- What a ban of another instance takes (§3.9).
ALTER TABLE bulk_task ADD COLUMN instance_id integer REFERENCES instance ON DELETE CASCADE;
ALTER TABLE bulk_task ADD COLUMN everywhere boolean NOT NULL DEFAULT true;
