-- What is seen after a certificate was issued: later checks, and the incidents that they open.

CREATE TABLE incidents (
    serial         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id             uuid NOT NULL,
    request_id     uuid NOT NULL REFERENCES erasure_requests (id),
    certificate_id uuid NOT NULL REFERENCES certificates (id),
    state          text NOT NULL CHECK (state IN ('suspected', 'confirmed', 'refuted')),
    closed_at      timestamptz,
    version        bigint NOT NULL,
    document       jsonb NOT NULL
);
CREATE UNIQUE INDEX incidents_id ON incidents (id);
CREATE INDEX incidents_certificate ON incidents (certificate_id, serial);
CREATE INDEX incidents_open ON incidents (serial) WHERE closed_at IS NULL;
CREATE TRIGGER incidents_no_delete BEFORE DELETE ON incidents
FOR EACH ROW EXECUTE FUNCTION refuse_change('incidents are kept');
CREATE TRIGGER incidents_decided BEFORE UPDATE ON incidents
FOR EACH ROW WHEN (old.state <> 'suspected' AND new.state <> old.state)
EXECUTE FUNCTION refuse_change('what was decided of an incident stays');

CREATE TABLE later_checks (
    certificate_id uuid NOT NULL REFERENCES certificates (id),
    number         bigint NOT NULL,
    due_at         timestamptz NOT NULL,
    ended_at       timestamptz,
    version        bigint NOT NULL,
    document       jsonb NOT NULL,
    PRIMARY KEY (certificate_id, number)
);
CREATE INDEX later_checks_due ON later_checks (due_at) WHERE ended_at IS NULL;
