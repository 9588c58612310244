-- Requests, their plans, and what the probes saw before erasure.

CREATE TABLE erasure_requests (
    serial    INTEGER NOT NULL PRIMARY KEY,
    id        BLOB NOT NULL,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    stage     TEXT NOT NULL CHECK (stage IN (
        'received', 'identity_confirmed', 'planned', 'approved', 'scheduled', 'erasing', 'settling', 'verifying',
        'residue', 'verified', 'certified', 'closed', 'refused', 'withdrawn', 'duplicate')),
    aside     TEXT CHECK (aside IN ('on_hold', 'needs_attention', 'paused')),
    version   INTEGER NOT NULL,
    document  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX erasure_requests_id ON erasure_requests (id);
CREATE INDEX erasure_requests_tenant ON erasure_requests (tenant_id);
CREATE INDEX erasure_requests_open ON erasure_requests (serial)
WHERE stage NOT IN ('closed', 'refused', 'withdrawn', 'duplicate');
CREATE INDEX erasure_requests_aside ON erasure_requests (aside, serial) WHERE aside IS NOT NULL;

CREATE TABLE erasure_plans (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    request_id BLOB NOT NULL REFERENCES erasure_requests (id),
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX erasure_plans_id ON erasure_plans (id);
CREATE INDEX erasure_plans_request ON erasure_plans (request_id);
CREATE TRIGGER erasure_plans_no_update BEFORE UPDATE ON erasure_plans
BEGIN SELECT RAISE(ABORT, 'erasure_plans is append-only'); END;
CREATE TRIGGER erasure_plans_no_delete BEFORE DELETE ON erasure_plans
BEGIN SELECT RAISE(ABORT, 'erasure_plans is append-only'); END;

CREATE TABLE manifests (
    plan_id  BLOB NOT NULL PRIMARY KEY REFERENCES erasure_plans (id),
    document TEXT NOT NULL
) STRICT;
CREATE TRIGGER manifests_no_update BEFORE UPDATE ON manifests
BEGIN SELECT RAISE(ABORT, 'manifests is append-only'); END;
CREATE TRIGGER manifests_no_delete BEFORE DELETE ON manifests
BEGIN SELECT RAISE(ABORT, 'manifests is append-only'); END;
