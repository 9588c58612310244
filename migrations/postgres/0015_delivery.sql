-- What becomes of mails, links that give a certificate once, and the second place of certificates.

ALTER TABLE mails ADD COLUMN certificate_id uuid REFERENCES certificates (id);
-- Since when a mail to a tenant has not arrived and nobody has seen to it.
ALTER TABLE mails ADD COLUMN unreached_at timestamptz;
CREATE INDEX mails_certificate ON mails (certificate_id) WHERE certificate_id IS NOT NULL;
CREATE INDEX mails_unreached ON mails (unreached_at) WHERE unreached_at IS NOT NULL;

-- `digest` is SHA-256 of a token of 256 random bits, which is nowhere here.
CREATE TABLE download_links (
    digest         bytea NOT NULL PRIMARY KEY,
    certificate_id uuid NOT NULL REFERENCES certificates (id),
    mail_id        uuid NOT NULL,
    expires_at     timestamptz NOT NULL
);

CREATE TABLE document_copies (
    certificate_id uuid NOT NULL PRIMARY KEY REFERENCES certificates (id),
    document       jsonb NOT NULL
);
CREATE TRIGGER document_copies_no_update BEFORE UPDATE ON document_copies
FOR EACH ROW EXECUTE FUNCTION refuse_change('what was copied stays written down');
CREATE TRIGGER document_copies_no_delete BEFORE DELETE ON document_copies
FOR EACH ROW EXECUTE FUNCTION refuse_change('what was copied stays written down');
CREATE TRIGGER document_copies_no_truncate BEFORE TRUNCATE ON document_copies
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was copied stays written down');

-- Objects that are written only to be read.
CREATE TABLE storage_trials (
    digest     bytea NOT NULL PRIMARY KEY,
    bytes      bytea NOT NULL,
    written_at timestamptz NOT NULL
);
