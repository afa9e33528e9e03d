-- The sending side of activities (spec federation §5.1).

-- What an event waits for: it is not tried again while an earlier one is about any of these.
ALTER TABLE outbox_failure ADD COLUMN needs text[] NOT NULL DEFAULT '{}';
CREATE INDEX outbox_failure_objects ON outbox_failure USING gin (objects);
CREATE INDEX outbox_failure_retry ON outbox_failure (retry_at);

-- Posts that were sent before their link was looked at: what the look finds is sent afterwards.
CREATE TABLE outbox_unchecked_link (
  post_id integer PRIMARY KEY REFERENCES post ON DELETE CASCADE
);

-- As what other servers know a community that has become local-only.
ALTER TABLE community ADD COLUMN federated_visibility text;
