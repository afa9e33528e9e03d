-- New posts whose link has yet to be told that it is linked to; claimed like post_link_check.
CREATE TABLE post_webmention (
  post_id integer PRIMARY KEY REFERENCES post ON DELETE CASCADE,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX post_webmention_due ON post_webmention (due_at);
