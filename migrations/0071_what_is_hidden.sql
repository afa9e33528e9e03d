-- What is hidden is little: notifications of it are told apart without reading any other row.
CREATE INDEX comment_hidden ON comment (id) WHERE deleted OR removed;
CREATE INDEX post_hidden ON post (id) WHERE deleted OR removed;
CREATE INDEX private_message_hidden ON private_message (id)
  WHERE deleted OR removed OR deleted_by_recipient;
CREATE INDEX person_bots ON person (id) WHERE bot_account;
CREATE INDEX community_private ON community (id) WHERE visibility = 'private';
-- The list of accounts, in its order.
CREATE INDEX person_local ON person (published_at DESC, id DESC) WHERE local;
