-- What people filter, sort and search long lists by, and the answers kept for calls that are repeated.

-- Lower-cased name and key of a tenant.
ALTER TABLE tenants ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE tenants SET search = lower(json_extract(document, '$.name')) || ' ' || lower(key);

-- The word that people see: what stops a request, else its stage.
ALTER TABLE erasure_requests ADD COLUMN state TEXT NOT NULL DEFAULT '';
ALTER TABLE erasure_requests ADD COLUMN due_on TEXT NOT NULL DEFAULT '';
UPDATE erasure_requests SET state = COALESCE(aside, stage), due_on = json_extract(document, '$.due_on');
CREATE INDEX erasure_requests_state ON erasure_requests (state, serial);
CREATE INDEX erasure_requests_due ON erasure_requests (due_on, serial);

-- What the bytes of an entry say, to look for entries by. `serial` is the order of insertion.
CREATE TABLE log_facts (
    serial   INTEGER NOT NULL PRIMARY KEY,
    entry_id BLOB NOT NULL REFERENCES log_entries (id),
    kind     TEXT NOT NULL,
    actor    TEXT NOT NULL,
    at       TEXT NOT NULL
) STRICT;
INSERT INTO log_facts (entry_id, kind, actor, at)
SELECT entry.id,
    json_extract(CAST(entry.bytes AS TEXT), '$.type'),
    json_extract(CAST(entry.bytes AS TEXT), '$.actor'),
    replace(json_extract(CAST(entry.bytes AS TEXT), '$.time'), 'Z', '+00:00')
FROM log_entries AS entry
LEFT JOIN log_leaves AS leaf ON leaf.entry_id = entry.id
LEFT JOIN log_pending AS pending ON pending.entry_id = entry.id
ORDER BY leaf.position IS NULL, leaf.position, pending.serial;
CREATE UNIQUE INDEX log_facts_entry ON log_facts (entry_id);
CREATE INDEX log_facts_kind ON log_facts (kind, serial);
CREATE INDEX log_facts_actor ON log_facts (actor, serial);
CREATE INDEX log_facts_at ON log_facts (at);
CREATE TRIGGER log_facts_no_update BEFORE UPDATE ON log_facts
BEGIN SELECT RAISE(ABORT, 'log_facts is append-only'); END;
CREATE TRIGGER log_facts_no_delete BEFORE DELETE ON log_facts
BEGIN SELECT RAISE(ABORT, 'log_facts is append-only'); END;

-- Answers to calls, by a digest of caller and idempotency key. No document: the call is at work.
CREATE TABLE replies (
    key         BLOB NOT NULL PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    created_at  TEXT NOT NULL,
    document    TEXT
) STRICT;
CREATE INDEX replies_created ON replies (created_at);
