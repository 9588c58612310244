-- A document is found by the SHA-256 of its whole bytes: whoever holds a file asks the register by that alone.

CREATE INDEX documents_digest ON documents (digest);
