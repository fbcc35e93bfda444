-- A line's place in its organisation's chain, from 1; those of before there was one stand at 0.
ALTER TABLE activities ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
-- The address it came from.
ALTER TABLE activities ADD COLUMN origin TEXT NOT NULL DEFAULT '';
-- JSON as it was and as it is then: text, for its very bytes are sealed.
ALTER TABLE activities ADD COLUMN old_data TEXT;
ALTER TABLE activities ADD COLUMN new_data TEXT;
-- The MAC of the line and of the seal before it.
ALTER TABLE activities ADD COLUMN seal BLOB;
CREATE UNIQUE INDEX activities_by_position ON activities (organisation_id, position) WHERE position > 0;

-- Where a chain ends, under a MAC of its own.
CREATE TABLE activity_heads (
    organisation_id BLOB PRIMARY KEY REFERENCES organisations (id),
    position INTEGER NOT NULL,
    seal BLOB NOT NULL,
    head_seal BLOB NOT NULL
);
