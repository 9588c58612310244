-- What witnesses have signed of our checkpoints: that they saw them, and that the log only grew.

CREATE TABLE log_cosignatures (
    serial      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size        bigint NOT NULL CHECK (size >= 0),
    witness     text NOT NULL,
    line        text NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX log_cosignatures_size ON log_cosignatures (size, witness);
CREATE TRIGGER log_cosignatures_no_update BEFORE UPDATE ON log_cosignatures
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_cosignatures_no_delete BEFORE DELETE ON log_cosignatures
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_cosignatures_no_truncate BEFORE TRUNCATE ON log_cosignatures
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
