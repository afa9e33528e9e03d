-- Tokens of feed addresses: they read what is a person's own, and nothing else can be done with
-- them. Kept as they are, since the settings show them.
CREATE TABLE feed_token (
  local_user_id integer PRIMARY KEY REFERENCES local_user ON DELETE CASCADE,
  token text NOT NULL UNIQUE,
  published_at timestamptz NOT NULL DEFAULT now()
);
