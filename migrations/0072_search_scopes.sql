-- Chunks of texts also tell which texts belong to a community or an author, and their rows are
-- brought into the order of trigrams, so that a search reads few pages. A task does both.
ALTER TABLE post_search_chunk
  ADD COLUMN scoped boolean NOT NULL DEFAULT false,
  ADD COLUMN arranged boolean NOT NULL DEFAULT false;
ALTER TABLE comment_search_chunk
  ADD COLUMN scoped boolean NOT NULL DEFAULT false,
  ADD COLUMN arranged boolean NOT NULL DEFAULT false;
