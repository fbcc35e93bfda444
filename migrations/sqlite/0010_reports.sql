-- A rep's business day in one row, for reports to read. Packed are employee and team (16 bytes each), the number of visits (2), then
-- each visit: location (16), seconds from check-in to a told check-out (4, all ones without), verdict (1), and purpose and outcome,
-- each behind its length. Thus days one behind another can still be told apart. Written with every change of a visit.
CREATE TABLE visit_days (
    organisation_id BLOB NOT NULL,
    business_date TEXT NOT NULL,
    employee_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (organisation_id, business_date, employee_id, team_id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id)
);
CREATE INDEX locations_looked_after ON locations (organisation_id, owner_id, company_id, id);
CREATE INDEX tasks_by_due_date ON tasks (organisation_id, due_date);
-- The visits there are.
INSERT INTO visit_days (organisation_id, business_date, employee_id, team_id, packed)
    SELECT organisation_id, business_date, employee_id, team_id, unhex(hex(employee_id) || hex(team_id) || printf('%04X', count(*)) || group_concat(hex(location_id)
        || CASE WHEN checked_out_at IS NULL OR estimated THEN 'FFFFFFFF' ELSE printf('%08X', strftime('%s', substr(checked_out_at, 1, 19)) - strftime('%s', substr(checked_in_at, 1, 19)) - (replace(substr(checked_out_at, 20), '+00:00', '') < replace(substr(checked_in_at, 20), '+00:00', ''))) END
        || CASE verdict WHEN 'verified' THEN '00' WHEN 'out_of_range' THEN '01' WHEN 'unverifiable' THEN '02' ELSE '03' END
        || printf('%02X', length(purpose)) || hex(purpose)
        || printf('%02X', length(COALESCE(outcome, ''))) || hex(COALESCE(outcome, '')), ''))
    FROM visits GROUP BY organisation_id, business_date, employee_id, team_id;
