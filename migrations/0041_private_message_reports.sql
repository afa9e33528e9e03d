-- Reports of private messages, whose table came later.
ALTER TABLE report ADD COLUMN private_message_id integer REFERENCES private_message ON DELETE CASCADE;
ALTER TABLE report ADD CHECK ((type_ = 'private_message') = (private_message_id IS NOT NULL));
CREATE UNIQUE INDEX report_private_message_once ON report (private_message_id, creator_id)
  WHERE type_ = 'private_message';
