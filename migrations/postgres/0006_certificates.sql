-- The register of certificates. Statements and documents are exact bytes, and never change.

CREATE TABLE certificates (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    code       text NOT NULL,
    request_id uuid NOT NULL REFERENCES erasure_requests (id),
    plan_id    uuid NOT NULL REFERENCES erasure_plans (id),
    kind       text NOT NULL CHECK (kind IN ('complete', 'partial', 'corrected', 'addendum', 'drill')),
    state      text NOT NULL CHECK (state IN (
        'draft', 'signed', 'rendered', 'issued', 'superseded', 'suspended', 'revoked')),
    version    bigint NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX certificates_id ON certificates (id);
CREATE UNIQUE INDEX certificates_code ON certificates (code);
CREATE INDEX certificates_request ON certificates (request_id);
-- At most one base certificate in force per request.
CREATE UNIQUE INDEX certificates_base ON certificates (request_id)
WHERE kind <> 'addendum' AND state NOT IN ('superseded', 'revoked');
CREATE TRIGGER certificates_revoked_is_terminal BEFORE UPDATE ON certificates
FOR EACH ROW WHEN (OLD.state = 'revoked') EXECUTE FUNCTION refuse_change('a revoked certificate stays revoked');
CREATE TRIGGER certificates_no_delete BEFORE DELETE ON certificates
FOR EACH ROW EXECUTE FUNCTION refuse_change('certificates are never deleted');
CREATE TRIGGER certificates_no_truncate BEFORE TRUNCATE ON certificates
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('certificates are never deleted');

CREATE TABLE statements (
    certificate_id uuid NOT NULL PRIMARY KEY REFERENCES certificates (id),
    entry_id       uuid NOT NULL REFERENCES log_entries (id),
    bytes          bytea NOT NULL,
    jws            text NOT NULL
);
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statements_no_truncate BEFORE TRUNCATE ON statements
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE documents (
    certificate_id uuid NOT NULL PRIMARY KEY REFERENCES certificates (id),
    pdf            bytea NOT NULL,
    signature      bytea NOT NULL,
    sshsig         text NOT NULL,
    digest         bytea NOT NULL,
    log_proof      text NOT NULL
);
CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER documents_no_truncate BEFORE TRUNCATE ON documents
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
