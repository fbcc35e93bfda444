-- One organisation is one customer of ours; every table carries its id, and indexes begin with it.
CREATE TABLE organisations (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    -- Its accounts have a published password: never served beyond loopback.
    demo BOOLEAN NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE teams (
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE employees (
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    team_id BLOB,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'rep')),
    password_hash TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id),
    -- A rep's work is watched through the team's stream, so there must be one.
    CHECK (role <> 'rep' OR team_id IS NOT NULL)
);

CREATE TABLE team_managers (
    organisation_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    employee_id BLOB NOT NULL,
    PRIMARY KEY (organisation_id, employee_id, team_id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);

-- A signed-in browser or program. Only the secret's hash is kept.
CREATE TABLE sessions (
    organisation_id BLOB NOT NULL,
    id BLOB PRIMARY KEY,
    employee_id BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT,
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);
CREATE INDEX sessions_of_employee ON sessions (organisation_id, employee_id);

CREATE TABLE companies (
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX companies_by_name ON companies (organisation_id, name);

-- x, y, z: the pin on the unit sphere, so that distances order by sums and products alone.
-- cell: hundredths of a degree north, rounded down; with lng it finds what lies in a box.
-- search: name, company and address, folded.
CREATE TABLE locations (
    organisation_id BLOB NOT NULL,
    id BLOB NOT NULL,
    company_id BLOB NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    district TEXT NOT NULL,
    province TEXT NOT NULL,
    postcode TEXT NOT NULL,
    phone TEXT NOT NULL,
    lat REAL NOT NULL,
    lng REAL NOT NULL,
    radius_m REAL NOT NULL,
    x REAL NOT NULL,
    y REAL NOT NULL,
    z REAL NOT NULL,
    cell INTEGER NOT NULL,
    search TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, company_id) REFERENCES companies (organisation_id, id)
);
CREATE INDEX locations_by_place ON locations (organisation_id, cell, lng);
CREATE INDEX locations_by_name ON locations (organisation_id, name, id);

CREATE TABLE visits (
    organisation_id BLOB NOT NULL,
    id BLOB NOT NULL,
    employee_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    location_id BLOB NOT NULL,
    purpose TEXT NOT NULL,
    -- Frozen at check-in: moving a pin later rewrites nothing here.
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    pin_lat REAL NOT NULL,
    pin_lng REAL NOT NULL,
    radius_m REAL NOT NULL,
    fix_lat REAL,
    fix_lng REAL,
    fix_accuracy_m REAL,
    fix_taken_at TEXT,
    distance_m REAL,
    fix_age_s REAL,
    business_date TEXT NOT NULL,
    checked_in_at TEXT NOT NULL,
    checked_out_at TEXT,
    outcome TEXT,
    notes TEXT,
    photo_sha256 TEXT,
    photo_width INTEGER,
    photo_height INTEGER,
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
    organisation_id BLOB NOT NULL,
    visit_id BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    -- What the file says of itself; a clue, not evidence.
    exif_lat REAL,
    exif_lng REAL,
    exif_taken_at TEXT,
    received_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, visit_id, sha256),
    FOREIGN KEY (organisation_id, visit_id) REFERENCES visits (organisation_id, id)
);
CREATE INDEX photos_by_hash ON photos (organisation_id, sha256);

CREATE TABLE activities (
    organisation_id BLOB NOT NULL,
    id BLOB NOT NULL,
    employee_id BLOB NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX activities_by_time ON activities (organisation_id, at);

-- head: the last offset given out. trimmed: the last offset no longer kept.
CREATE TABLE streams (
    organisation_id BLOB NOT NULL,
    stream TEXT NOT NULL,
    head INTEGER NOT NULL,
    trimmed INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, stream)
);
CREATE INDEX streams_by_change ON streams (changed_at);

CREATE TABLE events (
    organisation_id BLOB NOT NULL,
    stream TEXT NOT NULL,
    position INTEGER NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (organisation_id, stream, position)
);
CREATE INDEX events_by_time ON events (at);
