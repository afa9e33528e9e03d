-- E-mails that wait to be sent, ready as they will go out. A row is claimed by moving
-- `next_attempt_at` beyond the time that an attempt may take, and deleted once the mail server has it.
CREATE TABLE outgoing_mail (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  to_name text NOT NULL,
  to_address text NOT NULL,
  subject text NOT NULL,
  body_text text NOT NULL,
  body_html text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outgoing_mail_due ON outgoing_mail (next_attempt_at, id);

-- Tokens that went out by e-mail, as SHA-256: a copy of the database cannot be used in their stead.
CREATE TABLE email_verification (
  token_hash bytea PRIMARY KEY,
  local_user_id integer NOT NULL REFERENCES local_user ON DELETE CASCADE,
  email text NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX email_verification_user ON email_verification (local_user_id);

CREATE TABLE password_reset_request (
  token_hash bytea PRIMARY KEY,
  local_user_id integer NOT NULL REFERENCES local_user ON DELETE CASCADE,
  published_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX password_reset_request_user ON password_reset_request (local_user_id);
