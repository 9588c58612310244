-- What is seen after a certificate was issued: later checks, and the incidents that they open.

CREATE TABLE incidents (
    serial         INTEGER NOT NULL PRIMARY KEY,
    id             BLOB NOT NULL,
    request_id     BLOB NOT NULL REFERENCES erasure_requests (id),
    certificate_id BLOB NOT NULL REFERENCES certificates (id),
    state          TEXT NOT NULL CHECK (state IN ('suspected', 'confirmed', 'refuted')),
    closed_at      TEXT,
    version        INTEGER NOT NULL,
    document       TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX incidents_id ON incidents (id);
CREATE INDEX incidents_certificate ON incidents (certificate_id, serial);
CREATE INDEX incidents_open ON incidents (serial) WHERE closed_at IS NULL;
CREATE TRIGGER incidents_no_delete BEFORE DELETE ON incidents
BEGIN SELECT RAISE(ABORT, 'incidents are kept'); END;
CREATE TRIGGER incidents_decided BEFORE UPDATE ON incidents
WHEN old.state <> 'suspected' AND new.state <> old.state
BEGIN SELECT RAISE(ABORT, 'what was decided of an incident stays'); END;

CREATE TABLE later_checks (
    certificate_id BLOB NOT NULL REFERENCES certificates (id),
    number         INTEGER NOT NULL,
    due_at         TEXT NOT NULL,
    ended_at       TEXT,
    version        INTEGER NOT NULL,
    document       TEXT NOT NULL,
    PRIMARY KEY (certificate_id, number)
) STRICT;
CREATE INDEX later_checks_due ON later_checks (due_at) WHERE ended_at IS NULL;
