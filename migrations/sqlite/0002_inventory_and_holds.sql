-- The inventory in frozen versions; holds and duties that keep data from erasure.

CREATE TABLE inventory_versions (
    number     INTEGER NOT NULL PRIMARY KEY CHECK (number >= 1),
    digest     BLOB NOT NULL,
    created_at TEXT NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE TRIGGER inventory_versions_no_update BEFORE UPDATE ON inventory_versions
BEGIN SELECT RAISE(ABORT, 'inventory_versions is append-only'); END;
CREATE TRIGGER inventory_versions_no_delete BEFORE DELETE ON inventory_versions
BEGIN SELECT RAISE(ABORT, 'inventory_versions is append-only'); END;

-- tenant_key is NULL where a hold or duty binds every tenant.
CREATE TABLE legal_holds (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    tenant_key TEXT,
    state      TEXT NOT NULL CHECK (state IN ('draining', 'in_force', 'released')),
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX legal_holds_id ON legal_holds (id);
CREATE INDEX legal_holds_standing ON legal_holds (tenant_key) WHERE state <> 'released';

CREATE TABLE retention_duties (
    serial     INTEGER NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL,
    tenant_key TEXT,
    until_on   TEXT NOT NULL,
    ended_at   TEXT,
    version    INTEGER NOT NULL,
    document   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX retention_duties_id ON retention_duties (id);
CREATE INDEX retention_duties_standing ON retention_duties (tenant_key, until_on) WHERE ended_at IS NULL;

-- Changes to holds and duties are counted here: the register version that certificates name.
CREATE TABLE counters (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
