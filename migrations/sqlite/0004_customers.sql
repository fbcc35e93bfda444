ALTER TABLE companies ADD COLUMN legal_name TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN tax_id TEXT;
ALTER TABLE companies ADD COLUMN grade TEXT;
-- The rep who looks after the place.
ALTER TABLE locations ADD COLUMN owner_id BLOB;
CREATE INDEX locations_of_owner ON locations (organisation_id, owner_id, name);

CREATE TABLE contacts (
    organisation_id BLOB NOT NULL,
    id BLOB NOT NULL,
    location_id BLOB NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    phone TEXT NOT NULL,
    line_id TEXT NOT NULL,
    email TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id)
);
CREATE INDEX contacts_of_location ON contacts (organisation_id, location_id, name);
CREATE INDEX visits_of_location ON visits (organisation_id, location_id, checked_in_at);
CREATE INDEX tasks_of_location ON tasks (organisation_id, location_id, closed_at);
