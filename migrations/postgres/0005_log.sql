-- The log. An entry is inserted with the change that it is about; the sequencer gives it its place in the tree.
-- What is hashed is kept as exact bytes.

CREATE TABLE log_entries (
    id     uuid NOT NULL PRIMARY KEY,
    object text NOT NULL,
    bytes  bytea NOT NULL
);
CREATE INDEX log_entries_object ON log_entries (object);
CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_entries_no_truncate BEFORE TRUNCATE ON log_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Salt and details of an entry: never changed, but they can be destroyed.
CREATE TABLE log_details (
    entry_id uuid NOT NULL PRIMARY KEY REFERENCES log_entries (id),
    document jsonb NOT NULL
);
CREATE TRIGGER log_details_no_update BEFORE UPDATE ON log_details
FOR EACH ROW EXECUTE FUNCTION refuse_change('log_details is never changed');

-- Entries that still wait for a place, in the order in which they were inserted.
CREATE TABLE log_pending (
    serial   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id uuid NOT NULL REFERENCES log_entries (id)
);
CREATE UNIQUE INDEX log_pending_entry ON log_pending (entry_id);

CREATE TABLE log_leaves (
    position bigint NOT NULL PRIMARY KEY CHECK (position >= 0),
    entry_id uuid NOT NULL REFERENCES log_entries (id)
);
CREATE UNIQUE INDEX log_leaves_entry ON log_leaves (entry_id);
CREATE TRIGGER log_leaves_no_update BEFORE UPDATE ON log_leaves
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_leaves_no_delete BEFORE DELETE ON log_leaves
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_leaves_no_truncate BEFORE TRUNCATE ON log_leaves
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Tiles of hashes; the last of a level is partial and grows.
CREATE TABLE log_tiles (
    level  bigint NOT NULL,
    number bigint NOT NULL,
    hashes bytea NOT NULL,
    PRIMARY KEY (level, number)
);
CREATE TRIGGER log_tiles_only_grow BEFORE UPDATE ON log_tiles
FOR EACH ROW WHEN (NEW.level <> OLD.level OR NEW.number <> OLD.number
    OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes)
EXECUTE FUNCTION refuse_change('log_tiles may only grow');
CREATE TRIGGER log_tiles_no_delete BEFORE DELETE ON log_tiles
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_tiles_no_truncate BEFORE TRUNCATE ON log_tiles
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE log_checkpoints (
    serial       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size         bigint NOT NULL CHECK (size >= 0),
    note         text NOT NULL,
    published_at timestamptz NOT NULL
);
CREATE INDEX log_checkpoints_size ON log_checkpoints (size);
CREATE TRIGGER log_checkpoints_no_update BEFORE UPDATE ON log_checkpoints
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_checkpoints_no_delete BEFORE DELETE ON log_checkpoints
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_checkpoints_no_truncate BEFORE TRUNCATE ON log_checkpoints
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
