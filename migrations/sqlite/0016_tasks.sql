-- By when on its due date, on the organisation's clock: HH:MM.
ALTER TABLE tasks ADD COLUMN due_time TEXT;
-- How often it comes again, from when and until when; next_on is when, and null once the next one was made.
ALTER TABLE tasks ADD COLUMN repeat TEXT CHECK (repeat IN ('daily', 'weekdays', 'weekly', 'monthly'));
ALTER TABLE tasks ADD COLUMN repeat_from TEXT;
ALTER TABLE tasks ADD COLUMN repeat_until TEXT;
ALTER TABLE tasks ADD COLUMN next_on TEXT;
-- The first task of its series.
ALTER TABLE tasks ADD COLUMN series_id BLOB;
-- The tasks it was given together with.
ALTER TABLE tasks ADD COLUMN batch_id BLOB;
-- Files that go with it, as JSON; their bytes lie under their hash.
ALTER TABLE tasks ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
CREATE INDEX tasks_of_batch ON tasks (organisation_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX tasks_of_series ON tasks (organisation_id, series_id) WHERE series_id IS NOT NULL;
CREATE INDEX tasks_to_repeat ON tasks (next_on) WHERE next_on IS NOT NULL;
