-- Name and address, folded.
ALTER TABLE employees ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE employees SET search = lower(name || ' ' || email);
-- Somebody else chose the password. An empty hash is no password at all.
ALTER TABLE employees ADD COLUMN must_change_password BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX employees_by_name ON employees (organisation_id, name, id);

-- Null is as everywhere in the organisation. Times in minutes since midnight.
ALTER TABLE teams ADD COLUMN work_from BIGINT;
ALTER TABLE teams ADD COLUMN work_to BIGINT;
ALTER TABLE teams ADD COLUMN radius_m DOUBLE PRECISION;
ALTER TABLE teams ADD COLUMN visit_every_a BIGINT;
ALTER TABLE teams ADD COLUMN visit_every_b BIGINT;
ALTER TABLE teams ADD COLUMN visit_every_c BIGINT;
ALTER TABLE teams ADD COLUMN visit_every_other BIGINT;

-- A link that lets its holder set a password, once. Only the secret's hash is kept.
CREATE TABLE password_links (
    organisation_id UUID NOT NULL,
    id UUID PRIMARY KEY,
    employee_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);
CREATE INDEX password_links_of_employee ON password_links (organisation_id, employee_id);

CREATE INDEX activities_by_employee ON activities (organisation_id, employee_id, at, id);
