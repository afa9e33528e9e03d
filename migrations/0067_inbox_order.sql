-- Received activities are applied in order only where one changes what another one needs
-- (spec federation §4.2).
ALTER TABLE received_activity RENAME COLUMN lanes TO changes;
ALTER TABLE received_activity ADD COLUMN needs text[] NOT NULL DEFAULT '{}';
