-- Copies go with what they are copies of, so each says so. Those that do not yet are dropped when
-- they have not been used for a week, like all others.
ALTER TABLE image_cache ADD COLUMN source text;
-- Hashed, since addresses can be longer than an index takes.
CREATE INDEX image_cache_source ON image_cache USING hash (source);
