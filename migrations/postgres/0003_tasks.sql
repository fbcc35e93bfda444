CREATE TABLE tasks (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    -- Who is to do it, and the team whose managers watch it.
    employee_id UUID NOT NULL,
    team_id UUID NOT NULL,
    location_id UUID,
    created_by UUID NOT NULL,
    title TEXT NOT NULL,
    details TEXT NOT NULL,
    priority TEXT NOT NULL CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    status TEXT NOT NULL CHECK (status IN ('todo', 'in_progress', 'completed', 'cancelled')),
    due_date DATE,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    comment TEXT NOT NULL,
    photo_sha256 TEXT,
    photo_width BIGINT,
    photo_height BIGINT,
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
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    -- Null is everybody.
    team_id UUID,
    author_id UUID NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id),
    FOREIGN KEY (organisation_id, author_id) REFERENCES employees (organisation_id, id)
);
CREATE INDEX announcements_by_time ON announcements (organisation_id, published_at);

-- Who has seen and put away an announcement, and when.
CREATE TABLE announcement_receipts (
    organisation_id UUID NOT NULL,
    announcement_id UUID NOT NULL,
    employee_id UUID NOT NULL,
    dismissed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, announcement_id, employee_id),
    FOREIGN KEY (organisation_id, announcement_id) REFERENCES announcements (organisation_id, id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);

-- Visits a rep should make a day.
ALTER TABLE organisations ADD COLUMN visit_target BIGINT NOT NULL DEFAULT 8;
-- How dates are written: gregorian or buddhist.
ALTER TABLE organisations ADD COLUMN calendar TEXT NOT NULL DEFAULT 'gregorian';
