-- Who added a location one by one; null for those of an import.
ALTER TABLE locations ADD COLUMN created_by BLOB;
UPDATE locations SET created_by = (SELECT a.employee_id FROM activities a WHERE a.organisation_id = locations.organisation_id
    AND a.kind = 'customer.created' AND replace(a.subject, '-', '') = lower(hex(locations.id)));
CREATE INDEX locations_new ON locations (organisation_id, created_at) WHERE created_by IS NOT NULL;

-- For the manager's day: sums of days, the feed, and urgent tasks.
CREATE INDEX visits_counted ON visits (organisation_id, business_date, team_id, employee_id, checked_in_at);
CREATE INDEX visits_by_time ON visits (organisation_id, checked_in_at, id);
CREATE INDEX events_by_kind ON events (organisation_id, kind, at, id);
CREATE INDEX tasks_urgent ON tasks (organisation_id, team_id) WHERE priority = 'urgent' AND closed_at IS NULL;

-- When somebody's device was last heard of; written by the batch, some seconds late.
CREATE TABLE presence (
    organisation_id BLOB NOT NULL,
    employee_id BLOB NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, employee_id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);
