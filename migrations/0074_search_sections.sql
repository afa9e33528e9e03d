-- Long texts are gathered in chunks of their own, in which each stands in eight sections: a search
-- for several words then knows which of them come after which.
--
-- A chunk with one section a text holds short texts; the older ones hold long texts as well until a
-- task has made them anew. What they were is kept for a minute, for searches that have begun before.
ALTER TABLE post_search_chunk
  ADD COLUMN sections integer NOT NULL DEFAULT 1,
  ADD COLUMN mixed boolean NOT NULL DEFAULT true,
  ADD COLUMN retired_at timestamptz;
ALTER TABLE post_search_chunk ALTER sections DROP DEFAULT, ALTER mixed SET DEFAULT false;
ALTER TABLE comment_search_chunk
  ADD COLUMN sections integer NOT NULL DEFAULT 1,
  ADD COLUMN mixed boolean NOT NULL DEFAULT true,
  ADD COLUMN retired_at timestamptz;
ALTER TABLE comment_search_chunk ALTER sections DROP DEFAULT, ALTER mixed SET DEFAULT false;

-- How far the short and the long texts from before are in chunks.
ALTER TABLE post_search_backfill ADD COLUMN sections integer NOT NULL DEFAULT 1;
ALTER TABLE post_search_backfill ALTER sections DROP DEFAULT, ADD PRIMARY KEY (sections);
INSERT INTO post_search_backfill SELECT published_at, id, 8 FROM post_search_backfill;
ALTER TABLE comment_search_backfill ADD COLUMN sections integer NOT NULL DEFAULT 1;
ALTER TABLE comment_search_backfill ALTER sections DROP DEFAULT, ADD PRIMARY KEY (sections);
INSERT INTO comment_search_backfill SELECT published_at, id, 8 FROM comment_search_backfill;
