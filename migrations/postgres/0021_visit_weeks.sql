-- The number of each purpose and outcome that a visit had, from 1.
CREATE TABLE visit_codes (
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    number INTEGER NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (organisation_id, code),
    UNIQUE (organisation_id, number)
);
INSERT INTO visit_codes (organisation_id, number, code)
    SELECT organisation_id, row_number() OVER (PARTITION BY organisation_id ORDER BY code), code
    FROM (SELECT organisation_id, purpose AS code FROM visits
        UNION SELECT organisation_id, outcome FROM visits WHERE outcome IS NOT NULL) c;

-- A rep's week in one row, instead of a day. Packed are employee and team (16 bytes each), the number of days (1), then each day: days
-- after Monday (1), the number of visits (2), then each visit: location (4), seconds from check-in to a told check-out (4, all ones
-- without), decision and verdict (1), purpose (2) and outcome (2, 0 without).
DROP TABLE visit_days;
CREATE TABLE visit_weeks (
    organisation_id UUID NOT NULL,
    week DATE NOT NULL,
    employee_id UUID NOT NULL,
    team_id UUID NOT NULL,
    packed BYTEA NOT NULL,
    PRIMARY KEY (organisation_id, week, employee_id, team_id),
    FOREIGN KEY (organisation_id, employee_id) REFERENCES employees (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES teams (organisation_id, id)
);
INSERT INTO visit_weeks (organisation_id, week, employee_id, team_id, packed)
    SELECT organisation_id, week, employee_id, team_id, uuid_send(employee_id) || uuid_send(team_id) || decode(lpad(to_hex(count(*)), 2, '0'), 'hex') || string_agg(day, ''::BYTEA)
    FROM (SELECT v.organisation_id, date_trunc('week', v.business_date)::DATE AS week, v.employee_id, v.team_id, decode(lpad(to_hex(v.business_date - date_trunc('week', v.business_date)::DATE), 2, '0'), 'hex') || int2send(count(*)::INT2)
            || string_agg(int4send(l.number)
            || CASE WHEN checked_out_at IS NULL OR estimated THEN '\xffffffff'::BYTEA ELSE int4send(greatest(0, floor(extract(epoch FROM checked_out_at - checked_in_at)))::INT) END
            || decode(lpad(to_hex(CASE v.verdict WHEN 'verified' THEN 0 WHEN 'out_of_range' THEN 1 WHEN 'unverifiable' THEN 2 ELSE 3 END
                + CASE v.review WHEN 'approved' THEN 4 WHEN 'rejected' THEN 8 ELSE 0 END), 2, '0'), 'hex')
            || int2send(p.number::INT2) || int2send(COALESCE(o.number, 0)::INT2), ''::BYTEA) AS day
        FROM visits v
        JOIN locations l ON l.organisation_id = v.organisation_id AND l.id = v.location_id
        JOIN visit_codes p ON p.organisation_id = v.organisation_id AND p.code = v.purpose
        LEFT JOIN visit_codes o ON o.organisation_id = v.organisation_id AND o.code = v.outcome
        GROUP BY v.organisation_id, v.business_date, v.employee_id, v.team_id) d
    GROUP BY organisation_id, week, employee_id, team_id;

-- Due tasks of some days without looking at their rows.
DROP INDEX tasks_by_due_date;
CREATE INDEX tasks_due ON tasks (organisation_id, due_date, employee_id, team_id, status, due_time, closed_at, location_id);
