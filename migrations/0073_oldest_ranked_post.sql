-- How old the oldest post is that still has a rank: a search in the order of ranks ends there.
CREATE INDEX post_ranked ON post (published_at) WHERE hot_rank > 0;
