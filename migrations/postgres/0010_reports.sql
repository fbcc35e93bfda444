-- A rep's business day in one row, for reports to read. Packed are employee and team (16 bytes each), the number of visits (2), then
-- each visit: location (16), seconds from check-in to a told check-out (4, all ones without), verdict (1), and purpose and outcome,
-- each behind its length. Thus days one behind another can still be told apart. Written with every change of a visit.
CREATE TABLE visit_days (
    organisation_id UUID NOT NULL,
    business_date DATE NOT NULL,
    employee_id UUID NOT NULL,
    team_id UUID NOT NULL,
    packed BYTEA NOT NULL,
    PRIMARY KEY (organisation_id, business_date, employee_id, team_id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id)
);
CREATE INDEX locations_looked_after ON locations (organisation_id, owner_id, company_id, id);
CREATE INDEX tasks_by_due_date ON tasks (organisation_id, due_date);
-- The visits there are.
INSERT INTO visit_days (organisation_id, business_date, employee_id, team_id, packed)
    SELECT organisation_id, business_date, employee_id, team_id, decode(encode(uuid_send(employee_id) || uuid_send(team_id), 'hex') || lpad(to_hex(count(*)), 4, '0') || string_agg(encode(uuid_send(location_id), 'hex')
        || CASE WHEN checked_out_at IS NULL OR estimated THEN 'ffffffff' ELSE lpad(to_hex(floor(extract(epoch FROM checked_out_at - checked_in_at))::BIGINT), 8, '0') END
        || CASE verdict WHEN 'verified' THEN '00' WHEN 'out_of_range' THEN '01' WHEN 'unverifiable' THEN '02' ELSE '03' END
        || lpad(to_hex(length(purpose)), 2, '0') || encode(convert_to(purpose, 'UTF8'), 'hex')
        || lpad(to_hex(length(COALESCE(outcome, ''))), 2, '0') || encode(convert_to(COALESCE(outcome, ''), 'UTF8'), 'hex'), ''), 'hex')
    FROM visits GROUP BY organisation_id, business_date, employee_id, team_id;
