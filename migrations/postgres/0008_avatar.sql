-- The picture one shows of oneself: its bytes lie under this hash.
ALTER TABLE employees ADD COLUMN avatar_sha256 TEXT;
