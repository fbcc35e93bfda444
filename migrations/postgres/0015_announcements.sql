-- For this role alone; null is every role.
ALTER TABLE announcements ADD COLUMN role TEXT CHECK (role IN ('admin', 'manager', 'analyst', 'rep'));
-- For people of the teams its author runs.
ALTER TABLE announcements ADD COLUMN own_teams BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE announcements ADD COLUMN status TEXT NOT NULL DEFAULT 'published' CHECK (status IN ('scheduled', 'published', 'withdrawn'));
-- When it was asked to be published; null is at once. published_at is when it was, or will be.
ALTER TABLE announcements ADD COLUMN publish_at TIMESTAMPTZ;
ALTER TABLE announcements ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE announcements ADD COLUMN picture_sha256 TEXT;
ALTER TABLE announcements ADD COLUMN picture_width BIGINT;
ALTER TABLE announcements ADD COLUMN picture_height BIGINT;
ALTER TABLE announcements ADD COLUMN picture_media_type TEXT;
CREATE INDEX announcements_scheduled ON announcements (published_at) WHERE status = 'scheduled';

-- Who has read an announcement, and when. Whoever put one away has read it.
CREATE TABLE announcement_reads (
    organisation_id UUID NOT NULL,
    announcement_id UUID NOT NULL,
    employee_id UUID NOT NULL,
    read_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, announcement_id, employee_id),
    FOREIGN KEY (organisation_id, announcement_id) REFERENCES announcements (organisation_id, id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);
INSERT INTO announcement_reads (organisation_id, announcement_id, employee_id, read_at)
    SELECT organisation_id, announcement_id, employee_id, dismissed_at FROM announcement_receipts;
