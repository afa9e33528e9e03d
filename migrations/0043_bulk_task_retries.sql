-- A task that failed waits, so that those of other people go on meanwhile.
ALTER TABLE bulk_task ADD COLUMN retry_at timestamptz;
