-- Terms: days to pay, null being cash; and what may be owed, in the currency's minor units.
ALTER TABLE companies ADD COLUMN credit_days INTEGER;
ALTER TABLE companies ADD COLUMN credit_limit INTEGER;
-- Name, legal name and taxpayer number, folded.
ALTER TABLE companies ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE companies SET search = lower(name || ' ' || legal_name || ' ' || COALESCE(tax_id, ''));
CREATE INDEX companies_by_tax_id ON companies (organisation_id, tax_id);

-- Days from one visit to the next for customers of the fourth grade.
ALTER TABLE organisations ADD COLUMN visit_every_d INTEGER NOT NULL DEFAULT 45;
ALTER TABLE teams ADD COLUMN visit_every_d INTEGER;
UPDATE teams SET visit_every_d = 45 WHERE visit_every_a IS NOT NULL;

ALTER TABLE locations ADD COLUMN subdistrict TEXT NOT NULL DEFAULT '';
-- lead, active or inactive.
ALTER TABLE locations ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
CREATE INDEX locations_by_province ON locations (organisation_id, province);
CREATE INDEX locations_of_company ON locations (organisation_id, company_id, name, id);
-- Those no longer visited count no more.
DROP INDEX locations_looked_after;
CREATE INDEX locations_looked_after ON locations (organisation_id, owner_id, status, company_id, id);

-- Who changed a location's status, when and why.
CREATE TABLE location_statuses (
    organisation_id BLOB NOT NULL,
    id BLOB NOT NULL,
    location_id BLOB NOT NULL,
    employee_id BLOB NOT NULL,
    at TEXT NOT NULL,
    old_status TEXT NOT NULL,
    new_status TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id)
);
CREATE INDEX location_statuses_of_location ON location_statuses (organisation_id, location_id, at);
