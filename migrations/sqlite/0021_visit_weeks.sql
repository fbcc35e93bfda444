-- The number of each purpose and outcome that a visit had, from 1.
CREATE TABLE visit_codes (
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    number INTEGER NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (organisation_id, code),
    UNIQUE (organisation_id, number)
);
INSERT INTO visit_codes (organisation_id, number, code)
    SELECT organisation_id, row_number() OVER (PARTITION BY organisation_id ORDER BY code), code
    FROM (SELECT organisation_id, purpose AS code FROM visits
        UNION SELECT organisation_id, outcome FROM visits WHERE outcome IS NOT NULL);

-- A rep's week in one row, instead of a day. Packed are employee and team (16 bytes each), the number of days (1), then each day: days
-- after Monday (1), the number of visits (2), then each visit: location (4), seconds from check-in to a told check-out (4, all ones
-- without), decision and verdict (1), purpose (2) and outcome (2, 0 without). Rows stand in the order of the key, as reports read them.
DROP TABLE visit_days;
CREATE TABLE visit_weeks (
    organisation_id BLOB NOT NULL,
    week TEXT NOT NULL,
    employee_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (organisation_id, week, employee_id, team_id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id)
) WITHOUT ROWID;
INSERT INTO visit_weeks (organisation_id, week, employee_id, team_id, packed)
    SELECT organisation_id, week, employee_id, team_id, unhex(hex(employee_id) || hex(team_id) || printf('%02X', count(*)) || group_concat(day, ''))
    FROM (SELECT v.organisation_id, date(v.business_date, '-6 days', 'weekday 1') AS week, v.employee_id, v.team_id, printf('%02X', julianday(v.business_date) - julianday(date(v.business_date, '-6 days', 'weekday 1'))) || printf('%04X', count(*))
            || group_concat(printf('%08X', l.number)
            || CASE WHEN checked_out_at IS NULL OR estimated THEN 'FFFFFFFF' ELSE printf('%08X', max(0, strftime('%s', substr(checked_out_at, 1, 19)) - strftime('%s', substr(checked_in_at, 1, 19)) - (replace(substr(checked_out_at, 20), '+00:00', '') < replace(substr(checked_in_at, 20), '+00:00', '')))) END
            || printf('%02X', CASE v.verdict WHEN 'verified' THEN 0 WHEN 'out_of_range' THEN 1 WHEN 'unverifiable' THEN 2 ELSE 3 END
                + CASE v.review WHEN 'approved' THEN 4 WHEN 'rejected' THEN 8 ELSE 0 END)
            || printf('%04X', p.number) || printf('%04X', COALESCE(o.number, 0)), '') AS day
        FROM visits v
        JOIN locations l ON l.organisation_id = v.organisation_id AND l.id = v.location_id
        JOIN visit_codes p ON p.organisation_id = v.organisation_id AND p.code = v.purpose
        LEFT JOIN visit_codes o ON o.organisation_id = v.organisation_id AND o.code = v.outcome
        GROUP BY v.organisation_id, v.business_date, v.employee_id, v.team_id)
    GROUP BY organisation_id, week, employee_id, team_id;

-- Due tasks of some days without looking at their rows.
DROP INDEX tasks_by_due_date;
CREATE INDEX tasks_due ON tasks (organisation_id, due_date, employee_id, team_id, status, due_time, closed_at, location_id);
