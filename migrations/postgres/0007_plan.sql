-- Days from one visit to the next, by the customer's grade.
ALTER TABLE organisations ADD COLUMN visit_every_a BIGINT NOT NULL DEFAULT 7;
ALTER TABLE organisations ADD COLUMN visit_every_b BIGINT NOT NULL DEFAULT 14;
ALTER TABLE organisations ADD COLUMN visit_every_c BIGINT NOT NULL DEFAULT 30;
ALTER TABLE organisations ADD COLUMN visit_every_other BIGINT NOT NULL DEFAULT 60;

-- Where a rep means to go on a business day, in the rep's order.
CREATE TABLE plan_stops (
    organisation_id UUID NOT NULL,
    employee_id UUID NOT NULL,
    business_date DATE NOT NULL,
    position BIGINT NOT NULL,
    location_id UUID NOT NULL,
    PRIMARY KEY (organisation_id, employee_id, business_date, position),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id),
    FOREIGN KEY (organisation_id, location_id) REFERENCES locations (organisation_id, id)
);
