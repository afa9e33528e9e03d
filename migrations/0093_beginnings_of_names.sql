-- One or two letters are looked for in the beginnings of names, also among the posts of an author or
-- a community.
CREATE INDEX post_creator_beginning ON post (creator_id, left(lower(name), 4) text_pattern_ops);
CREATE INDEX post_community_beginning ON post (community_id, left(lower(name), 4) text_pattern_ops);
