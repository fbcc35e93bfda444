-- Both clocks of a check-in, and the speed since the last one.
ALTER TABLE visits ADD COLUMN device_at TEXT;
ALTER TABLE visits ADD COLUMN clock_offset_s REAL;
ALTER TABLE visits ADD COLUMN received_at TEXT;
ALTER TABLE visits ADD COLUMN speed_mps REAL;
-- The check-out was forgotten; the day's end stands in for it.
ALTER TABLE visits ADD COLUMN estimated BOOLEAN NOT NULL DEFAULT FALSE;
-- By the device's clock; tells a check-out sent again from another one.
ALTER TABLE visits ADD COLUMN out_device_at TEXT;
-- What the photo said of itself.
ALTER TABLE visits ADD COLUMN photo_distance_m REAL;
ALTER TABLE visits ADD COLUMN photo_age_s INTEGER;
ALTER TABLE visits ADD COLUMN photo_same_as BLOB;
ALTER TABLE visits ADD COLUMN photo_similar_to BLOB;
-- JSON of the rows in photos, so that a list of visits is one query.
ALTER TABLE visits ADD COLUMN photos TEXT NOT NULL DEFAULT '[]';
UPDATE visits SET photos = '[{"sha256":"' || photo_sha256 || '","width":' || photo_width || ',"height":' || photo_height || '}]'
    WHERE photo_sha256 IS NOT NULL;
CREATE INDEX visits_of_employee_by_time ON visits (organisation_id, employee_id, checked_in_at);
-- A perceptual hash of the picture, 256 bits.
ALTER TABLE photos ADD COLUMN picture BLOB;
