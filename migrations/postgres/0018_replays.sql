-- Restored systems: the ledger of what was erased, as keyed digests, and replays that erase it again.

-- `digest` is HMAC-SHA-256 of an identifier; empty where the whole tenant was erased.
CREATE TABLE erased_identities (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES erasure_requests (id),
    tenant_key text NOT NULL,
    kind       text NOT NULL,
    digest     bytea NOT NULL,
    entered_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX erased_identities_once ON erased_identities (request_id, kind, digest);
CREATE INDEX erased_identities_tenant ON erased_identities (tenant_key, serial);
CREATE TRIGGER erased_identities_no_update BEFORE UPDATE ON erased_identities
FOR EACH ROW EXECUTE FUNCTION refuse_change('erased_identities is append-only');
CREATE TRIGGER erased_identities_no_delete BEFORE DELETE ON erased_identities
FOR EACH ROW EXECUTE FUNCTION refuse_change('erased_identities is append-only');
CREATE TRIGGER erased_identities_no_truncate BEFORE TRUNCATE ON erased_identities
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('erased_identities is append-only');

CREATE TABLE replays (
    serial   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id       uuid NOT NULL,
    ended_at timestamptz,
    version  bigint NOT NULL,
    document jsonb NOT NULL
);
CREATE UNIQUE INDEX replays_id ON replays (id);
CREATE INDEX replays_open ON replays (serial) WHERE ended_at IS NULL;
CREATE TRIGGER replays_no_delete BEFORE DELETE ON replays
FOR EACH ROW EXECUTE FUNCTION refuse_change('replays are kept');

-- Requests that erase again what a restored system brought back.
ALTER TABLE erasure_requests ADD COLUMN replay_id uuid REFERENCES replays (id);
CREATE INDEX erasure_requests_replay ON erasure_requests (replay_id) WHERE replay_id IS NOT NULL;
