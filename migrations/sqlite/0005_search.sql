-- What the two engines do each in their own way: finding a part of a text without reading every location.

-- The text in the index of names: who looks through names for a text need not fetch their rows.
DROP INDEX locations_by_name;
CREATE INDEX locations_by_name ON locations (organisation_id, name, id, search);

-- An FTS5 table knows its rows by number. A number of our own: VACUUM gives the rows of locations new implicit ones.
-- The blanks behind a text make trigrams begin at its last two characters too.
CREATE TABLE location_texts (
    number INTEGER PRIMARY KEY,
    organisation_id BLOB NOT NULL,
    location_id BLOB NOT NULL,
    name TEXT NOT NULL,
    search TEXT NOT NULL,
    UNIQUE (organisation_id, location_id)
);
-- Texts are folded already. detail=none: which locations have a trigram, not where in the text.
CREATE VIRTUAL TABLE location_trigrams USING fts5 (
    search, content = 'location_texts', content_rowid = 'number', detail = 'none', tokenize = 'trigram case_sensitive 1'
);
-- The trigrams themselves in order: those that begin with one or two given characters.
CREATE VIRTUAL TABLE location_vocabulary USING fts5vocab (location_trigrams, instance);

CREATE TRIGGER locations_added AFTER INSERT ON locations BEGIN
    INSERT INTO location_texts (organisation_id, location_id, name, search)
    VALUES (new.organisation_id, new.id, new.name, new.search || '  ');
END;
CREATE TRIGGER locations_changed AFTER UPDATE OF organisation_id, id, name, search ON locations BEGIN
    UPDATE location_texts SET organisation_id = new.organisation_id, location_id = new.id, name = new.name, search = new.search || '  '
    WHERE organisation_id = old.organisation_id AND location_id = old.id;
END;
CREATE TRIGGER locations_removed AFTER DELETE ON locations BEGIN
    DELETE FROM location_texts WHERE organisation_id = old.organisation_id AND location_id = old.id;
END;

CREATE TRIGGER location_texts_added AFTER INSERT ON location_texts BEGIN
    INSERT INTO location_trigrams (rowid, search) VALUES (new.number, new.search);
END;
CREATE TRIGGER location_texts_changed AFTER UPDATE OF search ON location_texts BEGIN
    INSERT INTO location_trigrams (location_trigrams, rowid, search) VALUES ('delete', old.number, old.search);
    INSERT INTO location_trigrams (rowid, search) VALUES (new.number, new.search);
END;
CREATE TRIGGER location_texts_removed AFTER DELETE ON location_texts BEGIN
    INSERT INTO location_trigrams (location_trigrams, rowid, search) VALUES ('delete', old.number, old.search);
END;

INSERT INTO location_texts (organisation_id, location_id, name, search)
SELECT organisation_id, id, name, search || '  ' FROM locations ORDER BY organisation_id, name, id;
