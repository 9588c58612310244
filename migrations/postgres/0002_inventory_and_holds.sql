-- The inventory in frozen versions; holds and duties that keep data from erasure.

CREATE TABLE inventory_versions (
    number     bigint NOT NULL PRIMARY KEY CHECK (number >= 1),
    digest     bytea NOT NULL,
    created_at timestamptz NOT NULL,
    document   jsonb NOT NULL
);
CREATE TRIGGER inventory_versions_no_update BEFORE UPDATE ON inventory_versions
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER inventory_versions_no_delete BEFORE DELETE ON inventory_versions
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER inventory_versions_no_truncate BEFORE TRUNCATE ON inventory_versions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- tenant_key is NULL where a hold or duty binds every tenant.
CREATE TABLE legal_holds (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    tenant_key text,
    state      text NOT NULL CHECK (state IN ('draining', 'in_force', 'released')),
    version    bigint NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX legal_holds_id ON legal_holds (id);
CREATE INDEX legal_holds_standing ON legal_holds (tenant_key) WHERE state <> 'released';

CREATE TABLE retention_duties (
    serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL,
    tenant_key text,
    until_on   date NOT NULL,
    ended_at   timestamptz,
    version    bigint NOT NULL,
    document   jsonb NOT NULL
);
CREATE UNIQUE INDEX retention_duties_id ON retention_duties (id);
CREATE INDEX retention_duties_standing ON retention_duties (tenant_key, until_on) WHERE ended_at IS NULL;

-- Changes to holds and duties are counted here: the register version that certificates name.
CREATE TABLE counters (
    name  text NOT NULL PRIMARY KEY,
    value bigint NOT NULL
);
