-- What a manager decided about a visit, beside its verdict: approved or rejected, with a reason, by whom and when.
ALTER TABLE visits ADD COLUMN review TEXT;
ALTER TABLE visits ADD COLUMN review_reason TEXT;
ALTER TABLE visits ADD COLUMN reviewed_by BLOB;
ALTER TABLE visits ADD COLUMN reviewed_at TEXT;
-- Those that wait for that, in the order they are listed; team, rep and verdict narrow the list without looking at the rows.
CREATE INDEX visits_waiting ON visits (organisation_id, checked_in_at, id, team_id, employee_id, verdict)
    WHERE verdict <> 'verified' AND review IS NULL;
