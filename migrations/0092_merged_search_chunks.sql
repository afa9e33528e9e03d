-- Four chunks are merged into one, a row of which fills a page: a search reads a quarter as many. All
-- chunks so far are as they were made; a task merges them.
ALTER TABLE post_search_chunk RENAME arranged TO merged;
ALTER TABLE comment_search_chunk RENAME arranged TO merged;
UPDATE post_search_chunk SET merged = false WHERE merged;
UPDATE comment_search_chunk SET merged = false WHERE merged;
