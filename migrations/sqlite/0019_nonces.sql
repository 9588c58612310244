-- Nonces of sampling seeds that the approver's side committed to before planning: each is used for one plan.

CREATE TABLE nonces (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    request_id BLOB NOT NULL REFERENCES erasure_requests (id),
    commitment BLOB NOT NULL,
    plan_id    BLOB REFERENCES erasure_plans (id),
    fixed_at   TEXT,
    opened_at  TEXT,
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX nonces_id ON nonces (id);
CREATE UNIQUE INDEX nonces_commitment ON nonces (commitment);
CREATE UNIQUE INDEX nonces_plan ON nonces (plan_id) WHERE plan_id IS NOT NULL;
CREATE INDEX nonces_request ON nonces (request_id, serial);
CREATE TRIGGER nonces_no_delete BEFORE DELETE ON nonces
BEGIN SELECT RAISE(ABORT, 'nonces are kept'); END;
CREATE TRIGGER nonces_stay BEFORE UPDATE ON nonces
WHEN old.commitment <> new.commitment
    OR (old.plan_id IS NOT NULL AND new.plan_id IS DISTINCT FROM old.plan_id)
    OR (old.fixed_at IS NOT NULL AND new.fixed_at IS DISTINCT FROM old.fixed_at)
    OR old.opened_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what was committed to, used, fixed or opened stays'); END;
