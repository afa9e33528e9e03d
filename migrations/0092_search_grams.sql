-- Chunks of texts tell which texts have which five characters, not only which three, and four chunks
-- are merged into one, a row of which fills a page. A task makes the older ones anew, then merges
-- them; until then they are searched as they are.
ALTER TABLE post_search_bits RENAME trigram TO gram;
ALTER TABLE comment_search_bits RENAME trigram TO gram;
ALTER INDEX post_search_bits_trigram RENAME TO post_search_bits_gram;
ALTER INDEX comment_search_bits_trigram RENAME TO comment_search_bits_gram;
ALTER TABLE post_search_chunk RENAME mixed TO outdated;
ALTER TABLE comment_search_chunk RENAME mixed TO outdated;
ALTER TABLE post_search_chunk RENAME arranged TO merged;
ALTER TABLE comment_search_chunk RENAME arranged TO merged;
UPDATE post_search_chunk SET outdated = true, merged = false WHERE retired_at IS NULL;
UPDATE comment_search_chunk SET outdated = true, merged = false WHERE retired_at IS NULL;

-- Times of the first and the last text of each part of a chunk, in microseconds since 1970: of many
-- texts that may contain a term the first ones are looked at first. Outdated chunks have none.
ALTER TABLE post_search_chunk ADD COLUMN part_first bigint[], ADD COLUMN part_last bigint[];
ALTER TABLE comment_search_chunk ADD COLUMN part_first bigint[], ADD COLUMN part_last bigint[];

-- Rows of chunks that are yet to be merged: they are few, so that adding and deleting them is cheap.
CREATE TABLE post_search_fresh (
  chunk integer NOT NULL,
  gram integer NOT NULL,
  bits bit varying,
  slots bytea
);
ALTER TABLE post_search_fresh ALTER bits SET STORAGE PLAIN, ALTER slots SET STORAGE PLAIN;
CREATE UNIQUE INDEX post_search_fresh_gram ON post_search_fresh (gram, chunk);
CREATE TABLE comment_search_fresh (
  chunk integer NOT NULL,
  gram integer NOT NULL,
  bits bit varying,
  slots bytea
);
ALTER TABLE comment_search_fresh ALTER bits SET STORAGE PLAIN, ALTER slots SET STORAGE PLAIN;
CREATE UNIQUE INDEX comment_search_fresh_gram ON comment_search_fresh (gram, chunk);
