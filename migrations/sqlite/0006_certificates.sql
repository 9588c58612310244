-- The register of certificates. Statements and documents are exact bytes, and never change.

CREATE TABLE certificates (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    code       TEXT NOT NULL,
    request_id BLOB NOT NULL REFERENCES erasure_requests (id),
    plan_id    BLOB NOT NULL REFERENCES erasure_plans (id),
    kind       TEXT NOT NULL CHECK (kind IN ('complete', 'partial', 'corrected', 'addendum', 'drill')),
    state      TEXT NOT NULL CHECK (state IN (
        'draft', 'signed', 'rendered', 'issued', 'superseded', 'suspended', 'revoked')),
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX certificates_id ON certificates (id);
CREATE UNIQUE INDEX certificates_code ON certificates (code);
CREATE INDEX certificates_request ON certificates (request_id);
-- At most one base certificate in force per request.
CREATE UNIQUE INDEX certificates_base ON certificates (request_id)
WHERE kind <> 'addendum' AND state NOT IN ('superseded', 'revoked');
CREATE TRIGGER certificates_revoked_is_terminal BEFORE UPDATE ON certificates WHEN OLD.state = 'revoked'
BEGIN SELECT RAISE(ABORT, 'a revoked certificate stays revoked'); END;
CREATE TRIGGER certificates_no_delete BEFORE DELETE ON certificates
BEGIN SELECT RAISE(ABORT, 'certificates are never deleted'); END;

CREATE TABLE statements (
    certificate_id BLOB NOT NULL PRIMARY KEY REFERENCES certificates (id),
    entry_id       BLOB NOT NULL REFERENCES log_entries (id),
    bytes          BLOB NOT NULL,
    jws            TEXT NOT NULL
) STRICT;
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements
BEGIN SELECT RAISE(ABORT, 'statements is append-only'); END;
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements
BEGIN SELECT RAISE(ABORT, 'statements is append-only'); END;

CREATE TABLE documents (
    certificate_id BLOB NOT NULL PRIMARY KEY REFERENCES certificates (id),
    pdf            BLOB NOT NULL,
    signature      BLOB NOT NULL,
    sshsig         TEXT NOT NULL,
    digest         BLOB NOT NULL,
    log_proof      TEXT NOT NULL
) STRICT;
CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents
BEGIN SELECT RAISE(ABORT, 'documents is append-only'); END;
CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents
BEGIN SELECT RAISE(ABORT, 'documents is append-only'); END;
