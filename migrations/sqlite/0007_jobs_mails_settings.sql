-- Work that waits for a worker, mails that wait to be sent, and what operators set.

-- due_at: while ready, not before; while leased, the end of the lease, after which the job is due again; while
-- parked, when it was due last. `digest` is SHA-256 of the job.
CREATE TABLE jobs (
    serial   INTEGER NOT NULL PRIMARY KEY,
    id       BLOB NOT NULL,
    queue    TEXT NOT NULL CHECK (queue IN ('erase_step', 'probe', 'issue', 'mail', 'process')),
    state    TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'parked')),
    digest   BLOB NOT NULL,
    due_at   TEXT NOT NULL,
    fence    INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    why      TEXT,
    document TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX jobs_id ON jobs (id);
CREATE INDEX jobs_due ON jobs (queue, due_at) WHERE state <> 'parked';
-- The same job waits once, and runs once at a time.
CREATE UNIQUE INDEX jobs_ready ON jobs (digest) WHERE state = 'ready';
CREATE UNIQUE INDEX jobs_leased ON jobs (digest) WHERE state = 'leased';

CREATE TABLE mails (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    request_id BLOB REFERENCES erasure_requests (id),
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX mails_id ON mails (id);
CREATE INDEX mails_request ON mails (request_id);

-- One row at most.
CREATE TABLE switches (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version  INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
