-- What becomes of mails, links that give a certificate once, and the second place of certificates.

ALTER TABLE mails ADD COLUMN certificate_id BLOB REFERENCES certificates (id);
-- Since when a mail to a tenant has not arrived and nobody has seen to it.
ALTER TABLE mails ADD COLUMN unreached_at TEXT;
CREATE INDEX mails_certificate ON mails (certificate_id) WHERE certificate_id IS NOT NULL;
CREATE INDEX mails_unreached ON mails (unreached_at) WHERE unreached_at IS NOT NULL;

-- `digest` is SHA-256 of a token of 256 random bits, which is nowhere here.
CREATE TABLE download_links (
    digest         BLOB NOT NULL PRIMARY KEY,
    certificate_id BLOB NOT NULL REFERENCES certificates (id),
    mail_id        BLOB NOT NULL,
    expires_at     TEXT NOT NULL
) STRICT;

CREATE TABLE document_copies (
    certificate_id BLOB NOT NULL PRIMARY KEY REFERENCES certificates (id),
    document       TEXT NOT NULL
) STRICT;
CREATE TRIGGER document_copies_no_update BEFORE UPDATE ON document_copies
BEGIN SELECT RAISE(ABORT, 'what was copied stays written down'); END;
CREATE TRIGGER document_copies_no_delete BEFORE DELETE ON document_copies
BEGIN SELECT RAISE(ABORT, 'what was copied stays written down'); END;

-- Objects that are written only to be read.
CREATE TABLE storage_trials (
    digest     BLOB NOT NULL PRIMARY KEY,
    bytes      BLOB NOT NULL,
    written_at TEXT NOT NULL
) STRICT;
