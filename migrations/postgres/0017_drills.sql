-- Drills on a synthetic tenant, and months in which none ran.

CREATE TABLE drills (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    month      text,
    request_id uuid REFERENCES erasure_requests (id),
    state      text NOT NULL CHECK (state IN ('running', 'overdue', 'passed', 'failed', 'not_run')),
    ended_at   timestamptz,
    version    bigint NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX drills_id ON drills (id);
CREATE UNIQUE INDEX drills_month ON drills (month) WHERE month IS NOT NULL;
CREATE UNIQUE INDEX drills_request ON drills (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX drills_running ON drills (serial) WHERE ended_at IS NULL;
CREATE TRIGGER drills_no_delete BEFORE DELETE ON drills
FOR EACH ROW EXECUTE FUNCTION refuse_change('drills are kept');
CREATE TRIGGER drills_passed BEFORE UPDATE ON drills
FOR EACH ROW WHEN (old.state = 'passed' AND new.state <> 'passed')
EXECUTE FUNCTION refuse_change('a drill that has passed stays so');
