CREATE TABLE tasks (
    organisation_id BLOB NOT NULL,
    id BLOB NOT NULL,
    -- Who is to do it, and the team whose managers watch it.
    employee_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    location_id BLOB,
    created_by BLOB NOT NULL,
    title TEXT NOT NULL,
    details TEXT NOT NULL,
    priority TEXT NOT NULL CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    status TEXT NOT NULL CHECK (status IN ('todo', 'in_progress', 'completed', 'cancelled')),
    due_date TEXT,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    closed_at TEXT,
    comment TEXT NOT NULL,
    photo_sha256 TEXT,
    photo_width INTEGER,
    photo_height INTEGER,
    photo_media_type TEXT,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id),
    FOREIGN KEY (organisation_id, created_by) REFERENCES employees (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id),
    FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id)
);
CREATE INDEX tasks_of_employee ON tasks (organisation_id, employee_id, closed_at);
CREATE INDEX tasks_of_team ON tasks (organisation_id, team_id, closed_at);

CREATE TABLE announcements (
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    -- Null is everybody.
    team_id BLOB,
    author_id BLOB NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published_at TEXT NOT NULL,
    expires_at TEXT,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id),
    FOREIGN KEY (organisation_id, author_id) REFERENCES employees (organisation_id, id)
);
CREATE INDEX announcements_by_time ON announcements (organisation_id, published_at);

-- Who has seen and put away an announcement, and when.
CREATE TABLE announcement_receipts (
    organisation_id BLOB NOT NULL,
    announcement_id BLOB NOT NULL,
    employee_id BLOB NOT NULL,
    dismissed_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, announcement_id, employee_id),
    FOREIGN KEY (organisation_id, announcement_id) REFERENCES announcements (organisation_id, id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);

-- Visits a rep should make a day.
ALTER TABLE organisations ADD COLUMN visit_target INTEGER NOT NULL DEFAULT 8;
-- How dates are written: gregorian or buddhist.
ALTER TABLE organisations ADD COLUMN calendar TEXT NOT NULL DEFAULT 'gregorian';
