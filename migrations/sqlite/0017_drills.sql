-- Drills on a synthetic tenant, and months in which none ran.

CREATE TABLE drills (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    month      TEXT,
    request_id BLOB REFERENCES erasure_requests (id),
    state      TEXT NOT NULL CHECK (state IN ('running', 'overdue', 'passed', 'failed', 'not_run')),
    ended_at   TEXT,
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX drills_id ON drills (id);
CREATE UNIQUE INDEX drills_month ON drills (month) WHERE month IS NOT NULL;
CREATE UNIQUE INDEX drills_request ON drills (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX drills_running ON drills (serial) WHERE ended_at IS NULL;
CREATE TRIGGER drills_no_delete BEFORE DELETE ON drills
BEGIN SELECT RAISE(ABORT, 'drills are kept'); END;
CREATE TRIGGER drills_passed BEFORE UPDATE ON drills
WHEN old.state = 'passed' AND new.state <> 'passed'
BEGIN SELECT RAISE(ABORT, 'a drill that has passed stays so'); END;
