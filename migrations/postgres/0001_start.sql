-- One organisation is one customer of ours; every table carries its id, and indexes begin with it.
CREATE TABLE organisations (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    -- Its accounts have a published password: never served beyond loopback.
    demo BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE teams (
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE employees (
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    team_id UUID,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'rep')),
    password_hash TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id),
    -- A rep's work is watched through the team's stream, so there must be one.
    CHECK (role <> 'rep' OR team_id IS NOT NULL)
);

CREATE TABLE team_managers (
    organisation_id UUID NOT NULL,
    team_id UUID NOT NULL,
    employee_id UUID NOT NULL,
    PRIMARY KEY (organisation_id, employee_id, team_id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);

-- A signed-in browser or program. Only the secret's hash is kept.
CREATE TABLE sessions (
    organisation_id UUID NOT NULL,
    id UUID PRIMARY KEY,
    employee_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);
CREATE INDEX sessions_of_employee ON sessions (organisation_id, employee_id);

CREATE TABLE companies (
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX companies_by_name ON companies (organisation_id, name);

-- x, y, z: the pin on the unit sphere, so that distances order by sums and products alone.
-- cell: hundredths of a degree north, rounded down; with lng it finds what lies in a box.
-- search: name, company and address, folded.
CREATE TABLE locations (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    company_id UUID NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    district TEXT NOT NULL,
    province TEXT NOT NULL,
    postcode TEXT NOT NULL,
    phone TEXT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    lng DOUBLE PRECISION NOT NULL,
    radius_m DOUBLE PRECISION NOT NULL,
    x DOUBLE PRECISION NOT NULL,
    y DOUBLE PRECISION NOT NULL,
    z DOUBLE PRECISION NOT NULL,
    cell BIGINT NOT NULL,
    search TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, company_id) REFERENCES companies (organisation_id, id)
);
CREATE INDEX locations_by_place ON locations (organisation_id, cell, lng);
CREATE INDEX locations_by_name ON locations (organisation_id, name, id);

CREATE TABLE visits (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    employee_id UUID NOT NULL,
    team_id UUID NOT NULL,
    location_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    -- Frozen at check-in: moving a pin later rewrites nothing here.
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    pin_lat DOUBLE PRECISION NOT NULL,
    pin_lng DOUBLE PRECISION NOT NULL,
    radius_m DOUBLE PRECISION NOT NULL,
    fix_lat DOUBLE PRECISION,
    fix_lng DOUBLE PRECISION,
    fix_accuracy_m DOUBLE PRECISION,
    fix_taken_at TIMESTAMPTZ,
    distance_m DOUBLE PRECISION,
    fix_age_s DOUBLE PRECISION,
    business_date DATE NOT NULL,
    checked_in_at TIMESTAMPTZ NOT NULL,
    checked_out_at TIMESTAMPTZ,
    outcome TEXT,
    notes TEXT,
    photo_sha256 TEXT,
    photo_width BIGINT,
    photo_height BIGINT,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id),
    FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id)
);
CREATE UNIQUE INDEX visits_one_open ON visits (organisation_id, employee_id) WHERE checked_out_at IS NULL;
CREATE INDEX visits_by_day ON visits (organisation_id, business_date, checked_in_at, id);
CREATE INDEX visits_of_employee ON visits (organisation_id, employee_id, business_date);

-- Every photo a visit ever got; the visit names the latest. The bytes lie under their hash.
CREATE TABLE photos (
    organisation_id UUID NOT NULL,
    visit_id UUID NOT NULL,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    -- What the file says of itself; a clue, not evidence.
    exif_lat DOUBLE PRECISION,
    exif_lng DOUBLE PRECISION,
    exif_taken_at TEXT,
    received_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, visit_id, sha256),
    FOREIGN KEY (organisation_id, visit_id) REFERENCES visits (organisation_id, id)
);
CREATE INDEX photos_by_hash ON photos (organisation_id, sha256);

CREATE TABLE activities (
    organisation_id UUID NOT NULL,
    id UUID NOT NULL,
    employee_id UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX activities_by_time ON activities (organisation_id, at);

-- head: the last offset given out. trimmed: the last offset no longer kept.
CREATE TABLE streams (
    organisation_id UUID NOT NULL,
    stream TEXT NOT NULL,
    head BIGINT NOT NULL,
    trimmed BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, stream)
);
CREATE INDEX streams_by_change ON streams (changed_at);

CREATE TABLE events (
    organisation_id UUID NOT NULL,
    stream TEXT NOT NULL,
    position BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (organisation_id, stream, position)
);
CREATE INDEX events_by_time ON events (at);
