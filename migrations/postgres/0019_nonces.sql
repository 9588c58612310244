-- Nonces of sampling seeds that the approver's side committed to before planning: each is used for one plan.

CREATE TABLE nonces (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES erasure_requests (id),
    commitment bytea NOT NULL,
    plan_id    uuid REFERENCES erasure_plans (id),
    fixed_at   timestamptz,
    opened_at  timestamptz,
    version    bigint NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX nonces_id ON nonces (id);
CREATE UNIQUE INDEX nonces_commitment ON nonces (commitment);
CREATE UNIQUE INDEX nonces_plan ON nonces (plan_id) WHERE plan_id IS NOT NULL;
CREATE INDEX nonces_request ON nonces (request_id, serial);
CREATE TRIGGER nonces_no_delete BEFORE DELETE ON nonces
FOR EACH ROW EXECUTE FUNCTION refuse_change('nonces are kept');
CREATE TRIGGER nonces_stay BEFORE UPDATE ON nonces
FOR EACH ROW WHEN (old.commitment <> new.commitment
    OR (old.plan_id IS NOT NULL AND new.plan_id IS DISTINCT FROM old.plan_id)
    OR (old.fixed_at IS NOT NULL AND new.fixed_at IS DISTINCT FROM old.fixed_at)
    OR old.opened_at IS NOT NULL)
EXECUTE FUNCTION refuse_change('what was committed to, used, fixed or opened stays');
