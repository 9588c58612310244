-- What is looked for in the log stands with the entry, and the other tables of the log name an entry by its number:
-- an entry is then fewer rows and fewer places in indexes. `serial` is the order of insertion.

-- Certificates and standings name entries too; they find them again before this ends.
PRAGMA defer_foreign_keys = ON;

CREATE TABLE kept_entries AS
SELECT facts.serial, entry.id, entry.object, facts.kind, facts.actor, facts.at, entry.bytes
FROM log_facts AS facts
JOIN log_entries AS entry ON entry.id = facts.entry_id;
CREATE TABLE kept_details AS
SELECT facts.serial, details.document
FROM log_details AS details
JOIN log_facts AS facts ON facts.entry_id = details.entry_id;
CREATE TABLE kept_pending AS
SELECT facts.serial
FROM log_pending AS pending
JOIN log_facts AS facts ON facts.entry_id = pending.entry_id;
CREATE TABLE kept_leaves AS
SELECT leaf.position, facts.serial
FROM log_leaves AS leaf
JOIN log_facts AS facts ON facts.entry_id = leaf.entry_id;

DROP TABLE log_leaves;
DROP TABLE log_pending;
DROP TABLE log_details;
DROP TABLE log_facts;
DROP TABLE log_entries;

CREATE TABLE log_entries (
    serial INTEGER NOT NULL PRIMARY KEY,
    id     BLOB NOT NULL,
    object TEXT NOT NULL,
    kind   TEXT NOT NULL,
    actor  TEXT NOT NULL,
    at     TEXT NOT NULL,
    bytes  BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX log_entries_id ON log_entries (id);
INSERT INTO log_entries (serial, id, object, kind, actor, at, bytes)
SELECT serial, id, object, kind, actor, at, bytes
FROM kept_entries
ORDER BY serial;
CREATE INDEX log_entries_object ON log_entries (object);
CREATE INDEX log_entries_kind ON log_entries (kind, serial);
CREATE INDEX log_entries_actor ON log_entries (actor, serial);
CREATE INDEX log_entries_at ON log_entries (at);
CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log_entries is append-only'); END;
CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log_entries is append-only'); END;

-- Salt and details of an entry: never changed, but they can be destroyed.
CREATE TABLE log_details (
    entry    INTEGER NOT NULL PRIMARY KEY REFERENCES log_entries (serial),
    document TEXT NOT NULL
) STRICT;
INSERT INTO log_details (entry, document)
SELECT serial, document
FROM kept_details
ORDER BY serial;
CREATE TRIGGER log_details_no_update BEFORE UPDATE ON log_details
BEGIN SELECT RAISE(ABORT, 'log_details is never changed'); END;

-- Entries that still wait for a place.
CREATE TABLE log_pending (
    entry INTEGER NOT NULL PRIMARY KEY REFERENCES log_entries (serial)
) STRICT;
INSERT INTO log_pending (entry)
SELECT serial
FROM kept_pending
ORDER BY serial;

CREATE TABLE log_leaves (
    position INTEGER NOT NULL PRIMARY KEY CHECK (position >= 0),
    entry    INTEGER NOT NULL REFERENCES log_entries (serial)
) STRICT;
INSERT INTO log_leaves (position, entry)
SELECT position, serial
FROM kept_leaves
ORDER BY position;
CREATE UNIQUE INDEX log_leaves_entry ON log_leaves (entry);
CREATE TRIGGER log_leaves_no_update BEFORE UPDATE ON log_leaves
BEGIN SELECT RAISE(ABORT, 'log_leaves is append-only'); END;
CREATE TRIGGER log_leaves_no_delete BEFORE DELETE ON log_leaves
BEGIN SELECT RAISE(ABORT, 'log_leaves is append-only'); END;

DROP TABLE kept_entries;
DROP TABLE kept_details;
DROP TABLE kept_pending;
DROP TABLE kept_leaves;
