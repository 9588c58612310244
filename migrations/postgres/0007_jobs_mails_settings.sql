-- Work that waits for a worker, mails that wait to be sent, and what operators set.

-- due_at: while ready, not before; while leased, the end of the lease, after which the job is due again; while
-- parked, when it was due last. `digest` is SHA-256 of the job.
CREATE TABLE jobs (
    serial   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id       uuid NOT NULL,
    queue    text NOT NULL CHECK (queue IN ('erase_step', 'probe', 'issue', 'mail', 'process')),
    state    text NOT NULL CHECK (state IN ('ready', 'leased', 'parked')),
    digest   bytea NOT NULL,
    due_at   timestamptz NOT NULL,
    fence    bigint NOT NULL,
    attempts bigint NOT NULL,
    why      text,
    document jsonb NOT NULL
);
CREATE UNIQUE INDEX jobs_id ON jobs (id);
CREATE INDEX jobs_due ON jobs (queue, due_at) WHERE state <> 'parked';
-- The same job waits once, and runs once at a time.
CREATE UNIQUE INDEX jobs_ready ON jobs (digest) WHERE state = 'ready';
CREATE UNIQUE INDEX jobs_leased ON jobs (digest) WHERE state = 'leased';

CREATE TABLE mails (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    request_id uuid REFERENCES erasure_requests (id),
    state      text NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    version    bigint NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX mails_id ON mails (id);
CREATE INDEX mails_request ON mails (request_id);

-- One row at most.
CREATE TABLE switches (
    id       bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    version  bigint NOT NULL,
    document jsonb NOT NULL
);

CREATE TABLE settings (
    name  text NOT NULL PRIMARY KEY,
    value text NOT NULL
);
