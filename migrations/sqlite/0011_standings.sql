-- What became of certificates: a signed statement for each change, and the signed list of all. Exact bytes.

CREATE TABLE standings (
    serial         INTEGER NOT NULL PRIMARY KEY,
    certificate_id BLOB NOT NULL REFERENCES certificates (id),
    state          TEXT NOT NULL CHECK (state IN ('issued', 'superseded', 'suspended', 'revoked')),
    entry_id       BLOB NOT NULL REFERENCES log_entries (id),
    bytes          BLOB NOT NULL,
    jws            TEXT NOT NULL
) STRICT;
CREATE INDEX standings_certificate ON standings (certificate_id);
CREATE UNIQUE INDEX standings_end ON standings (certificate_id) WHERE state IN ('superseded', 'revoked');
CREATE TRIGGER standings_no_update BEFORE UPDATE ON standings
BEGIN SELECT RAISE(ABORT, 'standings is append-only'); END;
CREATE TRIGGER standings_no_delete BEFORE DELETE ON standings
BEGIN SELECT RAISE(ABORT, 'standings is append-only'); END;

CREATE TABLE status_lists (
    number     INTEGER NOT NULL PRIMARY KEY,
    issued_at  TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    jws        TEXT NOT NULL
) STRICT;

-- `revocation` while a second person is asked to confirm one; else empty.
ALTER TABLE certificates ADD COLUMN awaits TEXT NOT NULL DEFAULT '';
CREATE INDEX certificates_awaits ON certificates (serial) WHERE awaits <> '';
