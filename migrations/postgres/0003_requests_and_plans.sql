-- Requests, their plans, and what the probes saw before erasure.

CREATE TABLE erasure_requests (
    serial    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id        uuid NOT NULL,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    stage     text NOT NULL CHECK (stage IN (
        'received', 'identity_confirmed', 'planned', 'approved', 'scheduled', 'erasing', 'settling', 'verifying',
        'residue', 'verified', 'certified', 'closed', 'refused', 'withdrawn', 'duplicate')),
    aside     text CHECK (aside IN ('on_hold', 'needs_attention', 'paused')),
    version   bigint NOT NULL,
    document  jsonb NOT NULL
);
CREATE UNIQUE INDEX erasure_requests_id ON erasure_requests (id);
CREATE INDEX erasure_requests_tenant ON erasure_requests (tenant_id);
CREATE INDEX erasure_requests_open ON erasure_requests (serial)
WHERE stage NOT IN ('closed', 'refused', 'withdrawn', 'duplicate');
CREATE INDEX erasure_requests_aside ON erasure_requests (aside, serial) WHERE aside IS NOT NULL;

CREATE TABLE erasure_plans (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES erasure_requests (id),
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX erasure_plans_id ON erasure_plans (id);
CREATE INDEX erasure_plans_request ON erasure_plans (request_id);
CREATE TRIGGER erasure_plans_no_update BEFORE UPDATE ON erasure_plans
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasure_plans_no_delete BEFORE DELETE ON erasure_plans
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasure_plans_no_truncate BEFORE TRUNCATE ON erasure_plans
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE manifests (
    plan_id  uuid NOT NULL PRIMARY KEY REFERENCES erasure_plans (id),
    document jsonb NOT NULL
);
CREATE TRIGGER manifests_no_update BEFORE UPDATE ON manifests
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER manifests_no_delete BEFORE DELETE ON manifests
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER manifests_no_truncate BEFORE TRUNCATE ON manifests
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
