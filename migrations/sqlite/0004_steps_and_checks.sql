-- Erasing (steps and attempts) and looking (checks, spot checks, attestations).

CREATE TABLE steps (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    request_id BLOB NOT NULL REFERENCES erasure_requests (id),
    plan_id    BLOB NOT NULL REFERENCES erasure_plans (id),
    round      INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('ready', 'done', 'parked', 'stopped')),
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX steps_id ON steps (id);
CREATE INDEX steps_request ON steps (request_id, round);

-- An attempt is written before the call and never changed; it gets an outcome once.
CREATE TABLE attempts (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    step_id    BLOB NOT NULL REFERENCES steps (id),
    system     TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    document   TEXT NOT NULL,
    ended_at   TEXT,
    outcome    TEXT,
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;
CREATE UNIQUE INDEX attempts_id ON attempts (id);
CREATE INDEX attempts_step ON attempts (step_id);
CREATE INDEX attempts_open ON attempts (expires_at) WHERE ended_at IS NULL;
CREATE TRIGGER attempts_no_update
BEFORE UPDATE OF serial, id, step_id, system, expires_at, document ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;
CREATE TRIGGER attempts_end_once BEFORE UPDATE OF ended_at, outcome ON attempts WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an attempt has one outcome'); END;
CREATE TRIGGER attempts_no_delete BEFORE DELETE ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts is append-only'); END;

CREATE TABLE checks (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    request_id BLOB NOT NULL REFERENCES erasure_requests (id),
    plan_id    BLOB NOT NULL REFERENCES erasure_plans (id),
    round      INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN (
        'waiting', 'absent', 'residue', 'inconclusive', 'unreachable', 'expires_on', 'attested', 'withheld',
        'no_personal_records')),
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX checks_id ON checks (id);
CREATE INDEX checks_request ON checks (request_id, round);

CREATE TABLE spot_checks (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    request_id BLOB NOT NULL REFERENCES erasure_requests (id),
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX spot_checks_id ON spot_checks (id);
CREATE INDEX spot_checks_request ON spot_checks (request_id);

CREATE TABLE attestations (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    request_id BLOB NOT NULL REFERENCES erasure_requests (id),
    plan_id    BLOB NOT NULL REFERENCES erasure_plans (id),
    dataset    TEXT NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX attestations_id ON attestations (id);
CREATE INDEX attestations_dataset ON attestations (plan_id, dataset);
CREATE TRIGGER attestations_no_update BEFORE UPDATE ON attestations
BEGIN SELECT RAISE(ABORT, 'attestations is append-only'); END;
CREATE TRIGGER attestations_no_delete BEFORE DELETE ON attestations
BEGIN SELECT RAISE(ABORT, 'attestations is append-only'); END;
