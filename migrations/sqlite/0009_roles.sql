-- A CHECK is no part of what is stored, so its text alone changes: https://sqlite.org/lang_altertable.html, section 7.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''manager'', ''rep''', '''manager'', ''analyst'', ''rep''')
    WHERE type = 'table' AND name = 'employees';
PRAGMA writable_schema = RESET;
