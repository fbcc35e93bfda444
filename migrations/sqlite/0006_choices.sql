-- What a visit may be for and what may come of it. A row is never deleted: visits carry its code.
CREATE TABLE choices (
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL CHECK (kind IN ('purpose', 'outcome')),
    code TEXT NOT NULL,
    -- Null is the built-in text in the reader's language.
    name TEXT,
    position INTEGER NOT NULL,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (organisation_id, kind, code)
);
-- The organisations there are get what is built in; others get it when they are made.
INSERT INTO choices (organisation_id, kind, code, position, active)
    WITH built_in (kind, code, position) AS (VALUES
        ('purpose', 'offer', 0), ('purpose', 'collect', 1), ('purpose', 'deliver', 2), ('purpose', 'survey', 3),
        ('purpose', 'complaint', 4), ('purpose', 'other', 5),
        ('outcome', 'ordered', 0), ('outcome', 'no_order', 1), ('outcome', 'collected', 2), ('outcome', 'delivered', 3),
        ('outcome', 'closed', 4), ('outcome', 'absent', 5), ('outcome', 'other', 6)
    )
    SELECT o.id, b.kind, b.code, b.position, TRUE FROM organisations o CROSS JOIN built_in b;
