-- Days from one visit to the next, by the customer's grade.
ALTER TABLE organisations ADD COLUMN visit_every_a INTEGER NOT NULL DEFAULT 7;
ALTER TABLE organisations ADD COLUMN visit_every_b INTEGER NOT NULL DEFAULT 14;
ALTER TABLE organisations ADD COLUMN visit_every_c INTEGER NOT NULL DEFAULT 30;
ALTER TABLE organisations ADD COLUMN visit_every_other INTEGER NOT NULL DEFAULT 60;

-- Where a rep means to go on a business day, in the rep's order.
CREATE TABLE plan_stops (
    organisation_id BLOB NOT NULL,
    employee_id BLOB NOT NULL,
    business_date TEXT NOT NULL,
    position INTEGER NOT NULL,
    location_id BLOB NOT NULL,
    PRIMARY KEY (organisation_id, employee_id, business_date, position),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id),
    FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id)
);
