-- What became of certificates: a signed statement for each change, and the signed list of all. Exact bytes.

CREATE TABLE standings (
    serial         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    certificate_id uuid NOT NULL REFERENCES certificates (id),
    state          text NOT NULL CHECK (state IN ('issued', 'superseded', 'suspended', 'revoked')),
    entry_id       uuid NOT NULL REFERENCES log_entries (id),
    bytes          bytea NOT NULL,
    jws            text NOT NULL
);
CREATE INDEX standings_certificate ON standings (certificate_id);
CREATE UNIQUE INDEX standings_end ON standings (certificate_id) WHERE state IN ('superseded', 'revoked');
CREATE TRIGGER standings_no_update BEFORE UPDATE ON standings
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standings_no_delete BEFORE DELETE ON standings
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standings_no_truncate BEFORE TRUNCATE ON standings
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE status_lists (
    number     bigint NOT NULL PRIMARY KEY,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    jws        text NOT NULL
);

-- `revocation` while a second person is asked to confirm one; else empty.
ALTER TABLE certificates ADD COLUMN awaits text NOT NULL DEFAULT '';
CREATE INDEX certificates_awaits ON certificates (serial) WHERE awaits <> '';
