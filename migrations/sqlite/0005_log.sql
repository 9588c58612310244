-- The log. An entry is inserted with the change that it is about; the sequencer gives it its place in the tree.
-- What is hashed is kept as exact bytes.

CREATE TABLE log_entries (
    id     BLOB NOT NULL PRIMARY KEY,
    object TEXT NOT NULL,
    bytes  BLOB NOT NULL
) STRICT;
CREATE INDEX log_entries_object ON log_entries (object);
CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log_entries is append-only'); END;
CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log_entries is append-only'); END;

-- Salt and details of an entry: never changed, but they can be destroyed.
CREATE TABLE log_details (
    entry_id BLOB NOT NULL PRIMARY KEY REFERENCES log_entries (id),
    document TEXT NOT NULL
) STRICT;
CREATE TRIGGER log_details_no_update BEFORE UPDATE ON log_details
BEGIN SELECT RAISE(ABORT, 'log_details is never changed'); END;

-- Entries that still wait for a place, in the order in which they were inserted.
CREATE TABLE log_pending (
    serial   INTEGER NOT NULL PRIMARY KEY,
    entry_id BLOB NOT NULL REFERENCES log_entries (id)
) STRICT;
CREATE UNIQUE INDEX log_pending_entry ON log_pending (entry_id);

CREATE TABLE log_leaves (
    position INTEGER NOT NULL PRIMARY KEY CHECK (position >= 0),
    entry_id BLOB NOT NULL REFERENCES log_entries (id)
) STRICT;
CREATE UNIQUE INDEX log_leaves_entry ON log_leaves (entry_id);
CREATE TRIGGER log_leaves_no_update BEFORE UPDATE ON log_leaves
BEGIN SELECT RAISE(ABORT, 'log_leaves is append-only'); END;
CREATE TRIGGER log_leaves_no_delete BEFORE DELETE ON log_leaves
BEGIN SELECT RAISE(ABORT, 'log_leaves is append-only'); END;

-- Tiles of hashes; the last of a level is partial and grows.
CREATE TABLE log_tiles (
    level  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT;
CREATE TRIGGER log_tiles_only_grow BEFORE UPDATE ON log_tiles
WHEN NEW.level <> OLD.level OR NEW.number <> OLD.number
    OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
BEGIN SELECT RAISE(ABORT, 'log_tiles may only grow'); END;
CREATE TRIGGER log_tiles_no_delete BEFORE DELETE ON log_tiles
BEGIN SELECT RAISE(ABORT, 'log_tiles is append-only'); END;

CREATE TABLE log_checkpoints (
    serial       INTEGER NOT NULL PRIMARY KEY,
    size         INTEGER NOT NULL CHECK (size >= 0),
    note         TEXT NOT NULL,
    published_at TEXT NOT NULL
) STRICT;
CREATE INDEX log_checkpoints_size ON log_checkpoints (size);
CREATE TRIGGER log_checkpoints_no_update BEFORE UPDATE ON log_checkpoints
BEGIN SELECT RAISE(ABORT, 'log_checkpoints is append-only'); END;
CREATE TRIGGER log_checkpoints_no_delete BEFORE DELETE ON log_checkpoints
BEGIN SELECT RAISE(ABORT, 'log_checkpoints is append-only'); END;
