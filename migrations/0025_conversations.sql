-- What two people wrote to each other, in either direction.
CREATE INDEX notification_conversation
  ON notification (recipient_id, creator_id, published_at DESC, id DESC)
  WHERE kind = 'private_message';
