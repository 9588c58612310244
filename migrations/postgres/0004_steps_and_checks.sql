-- Erasing (steps and attempts) and looking (checks, spot checks, attestations).

CREATE TABLE steps (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES erasure_requests (id),
    plan_id    uuid NOT NULL REFERENCES erasure_plans (id),
    round      bigint NOT NULL,
    state      text NOT NULL CHECK (state IN ('ready', 'done', 'parked', 'stopped')),
    version    bigint NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX steps_id ON steps (id);
CREATE INDEX steps_request ON steps (request_id, round);

-- An attempt is written before the call and never changed; it gets an outcome once.
CREATE TABLE attempts (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    step_id    uuid NOT NULL REFERENCES steps (id),
    system     text NOT NULL,
    expires_at timestamptz NOT NULL,
    document   jsonb NOT NULL,
    ended_at   timestamptz,
    outcome    jsonb,
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX attempts_id ON attempts (id);
CREATE INDEX attempts_step ON attempts (step_id);
CREATE INDEX attempts_open ON attempts (expires_at) WHERE ended_at IS NULL;
CREATE TRIGGER attempts_no_update
BEFORE UPDATE OF serial, id, step_id, system, expires_at, document ON attempts
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attempts_end_once BEFORE UPDATE OF ended_at, outcome ON attempts
FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_change('an attempt has one outcome');
CREATE TRIGGER attempts_no_delete BEFORE DELETE ON attempts
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attempts_no_truncate BEFORE TRUNCATE ON attempts
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE checks (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES erasure_requests (id),
    plan_id    uuid NOT NULL REFERENCES erasure_plans (id),
    round      bigint NOT NULL,
    state      text NOT NULL CHECK (state IN (
        'waiting', 'absent', 'residue', 'inconclusive', 'unreachable', 'expires_on', 'attested', 'withheld',
        'no_personal_records')),
    version    bigint NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX checks_id ON checks (id);
CREATE INDEX checks_request ON checks (request_id, round);

CREATE TABLE spot_checks (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES erasure_requests (id),
    version    bigint NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX spot_checks_id ON spot_checks (id);
CREATE INDEX spot_checks_request ON spot_checks (request_id);

CREATE TABLE attestations (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES erasure_requests (id),
    plan_id    uuid NOT NULL REFERENCES erasure_plans (id),
    dataset    text NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX attestations_id ON attestations (id);
CREATE INDEX attestations_dataset ON attestations (plan_id, dataset);
CREATE TRIGGER attestations_no_update BEFORE UPDATE ON attestations
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attestations_no_delete BEFORE DELETE ON attestations
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attestations_no_truncate BEFORE TRUNCATE ON attestations
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
