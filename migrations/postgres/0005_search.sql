-- What the two engines do each in their own way: finding a part of a text without reading every location.

-- The trigrams of a text, with its last two characters and its last one, each behind its organisation's mark, so that
-- nobody's search passes over another's texts. Not pg_trgm: that knows only what the database's locale calls letters,
-- which is no Thai under C, nothing for a text of two characters, and an extension somebody must be allowed to make.
-- The cost keeps the planner from ever working it out for row after row.
CREATE FUNCTION location_trigrams (organisation_id UUID, search TEXT) RETURNS TSVECTOR
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT array_to_tsvector(array_agg(right(organisation_id::text, 12) || substr(search, i, 3)))
    FROM generate_series(1, length(search)) AS i
$$;
-- A short list of what is not sorted in yet, for each search reads it whole.
CREATE INDEX locations_by_trigram ON locations USING gin (location_trigrams(organisation_id, search))
WITH (gin_pending_list_limit = 64);
