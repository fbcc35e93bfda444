-- Locations that were merged into another: whoever asks for one gets the other.
CREATE TABLE merged_locations (
    organisation_id BLOB NOT NULL,
    id BLOB NOT NULL,
    into_id BLOB NOT NULL,
    merged_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, into_id) REFERENCES locations (organisation_id, id)
);
CREATE INDEX merged_locations_into ON merged_locations (organisation_id, into_id);

-- Pairs somebody said are two places; the smaller id comes first.
CREATE TABLE distinct_locations (
    organisation_id BLOB NOT NULL,
    one_id BLOB NOT NULL,
    other_id BLOB NOT NULL,
    employee_id BLOB NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, one_id, other_id),
    FOREIGN KEY (organisation_id, one_id) REFERENCES locations (organisation_id, id),
    FOREIGN KEY (organisation_id, other_id) REFERENCES locations (organisation_id, id)
);
CREATE INDEX distinct_locations_by_other ON distinct_locations (organisation_id, other_id);
CREATE INDEX plan_stops_at_location ON plan_stops (organisation_id, location_id);
