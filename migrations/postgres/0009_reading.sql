-- What people filter, sort and search long lists by, and the answers kept for calls that are repeated.

-- Lower-cased name and key of a tenant.
ALTER TABLE tenants ADD COLUMN search text;
UPDATE tenants SET search = lower(document->>'name') || ' ' || lower(key);
ALTER TABLE tenants ALTER COLUMN search SET NOT NULL;

-- The word that people see: what stops a request, else its stage.
ALTER TABLE erasure_requests ADD COLUMN state text;
ALTER TABLE erasure_requests ADD COLUMN due_on date;
UPDATE erasure_requests SET state = COALESCE(aside, stage), due_on = (document->>'due_on')::date;
ALTER TABLE erasure_requests ALTER COLUMN state SET NOT NULL;
ALTER TABLE erasure_requests ALTER COLUMN due_on SET NOT NULL;
CREATE INDEX erasure_requests_state ON erasure_requests (state, serial);
CREATE INDEX erasure_requests_due ON erasure_requests (due_on, serial);

-- What the bytes of an entry say, to look for entries by. `serial` is the order of insertion.
CREATE TABLE log_facts (
    serial   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id uuid NOT NULL REFERENCES log_entries (id),
    kind     text COLLATE "C" NOT NULL,
    actor    text NOT NULL,
    at       timestamptz NOT NULL
);
INSERT INTO log_facts (entry_id, kind, actor, at)
SELECT entry.id, entry.said->>'type', entry.said->>'actor', (entry.said->>'time')::timestamptz
FROM (SELECT id, convert_from(bytes, 'UTF8')::jsonb AS said FROM log_entries) AS entry
LEFT JOIN log_leaves AS leaf ON leaf.entry_id = entry.id
LEFT JOIN log_pending AS pending ON pending.entry_id = entry.id
ORDER BY leaf.position IS NULL, leaf.position, pending.serial;
CREATE UNIQUE INDEX log_facts_entry ON log_facts (entry_id);
CREATE INDEX log_facts_kind ON log_facts (kind, serial);
CREATE INDEX log_facts_actor ON log_facts (actor, serial);
CREATE INDEX log_facts_at ON log_facts (at);
CREATE TRIGGER log_facts_no_update BEFORE UPDATE ON log_facts
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_facts_no_delete BEFORE DELETE ON log_facts
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_facts_no_truncate BEFORE TRUNCATE ON log_facts
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Answers to calls, by a digest of caller and idempotency key. No document: the call is at work.
CREATE TABLE replies (
    key         bytea NOT NULL PRIMARY KEY,
    fingerprint bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    document    jsonb
);
CREATE INDEX replies_created ON replies (created_at);
