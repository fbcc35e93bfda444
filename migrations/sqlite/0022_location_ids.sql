-- From a location's id to its number without its wide row, for due tasks of reports of customers.
CREATE INDEX locations_by_id ON locations (organisation_id, id, number);
