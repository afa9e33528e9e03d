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
