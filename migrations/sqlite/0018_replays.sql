-- Restored systems: the ledger of what was erased, as keyed digests, and replays that erase it again.

-- `digest` is HMAC-SHA-256 of an identifier; empty where the whole tenant was erased.
CREATE TABLE erased_identities (
    serial     INTEGER NOT NULL PRIMARY KEY,
    request_id BLOB NOT NULL REFERENCES erasure_requests (id),
    tenant_key TEXT NOT NULL,
    kind       TEXT NOT NULL,
    digest     BLOB NOT NULL,
    entered_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX erased_identities_once ON erased_identities (request_id, kind, digest);
CREATE INDEX erased_identities_tenant ON erased_identities (tenant_key, serial);
CREATE TRIGGER erased_identities_no_update BEFORE UPDATE ON erased_identities
BEGIN SELECT RAISE(ABORT, 'erased_identities is append-only'); END;
CREATE TRIGGER erased_identities_no_delete BEFORE DELETE ON erased_identities
BEGIN SELECT RAISE(ABORT, 'erased_identities is append-only'); END;

CREATE TABLE replays (
    serial   INTEGER NOT NULL PRIMARY KEY,
    id       BLOB NOT NULL,
    ended_at TEXT,
    version  INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX replays_id ON replays (id);
CREATE INDEX replays_open ON replays (serial) WHERE ended_at IS NULL;
CREATE TRIGGER replays_no_delete BEFORE DELETE ON replays
BEGIN SELECT RAISE(ABORT, 'replays are kept'); END;

-- Requests that erase again what a restored system brought back.
ALTER TABLE erasure_requests ADD COLUMN replay_id BLOB REFERENCES replays (id);
CREATE INDEX erasure_requests_replay ON erasure_requests (replay_id) WHERE replay_id IS NOT NULL;
