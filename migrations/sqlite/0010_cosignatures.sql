-- What witnesses have signed of our checkpoints: that they saw them, and that the log only grew.

CREATE TABLE log_cosignatures (
    serial      INTEGER NOT NULL PRIMARY KEY,
    size        INTEGER NOT NULL CHECK (size >= 0),
    witness     TEXT NOT NULL,
    line        TEXT NOT NULL,
    received_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX log_cosignatures_size ON log_cosignatures (size, witness);
CREATE TRIGGER log_cosignatures_no_update BEFORE UPDATE ON log_cosignatures
BEGIN SELECT RAISE(ABORT, 'log_cosignatures is append-only'); END;
CREATE TRIGGER log_cosignatures_no_delete BEFORE DELETE ON log_cosignatures
BEGIN SELECT RAISE(ABORT, 'log_cosignatures is append-only'); END;
