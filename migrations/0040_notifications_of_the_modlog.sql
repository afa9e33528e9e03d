-- A notice of a moderator's action goes with its entry in the modlog.
ALTER TABLE notification ADD FOREIGN KEY (modlog_id) REFERENCES modlog ON DELETE CASCADE;
