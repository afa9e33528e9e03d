-- Names and texts that the list of people is searched by. A search that finds nothing took 180 ms
-- for 100,000 people without it, 7 ms with it.
CREATE INDEX person_search ON person
  USING gin (name gin_trgm_ops, display_name gin_trgm_ops, ap_id gin_trgm_ops, bio gin_trgm_ops);
