-- People who work with the product, their tokens, and the tenants whose data is erased.
-- In every table: columns are what is queried, constrained or compared; `document` is the whole noun as JSON, and
-- the truth. `serial` is the order of insertion.

CREATE TABLE people (
    serial   INTEGER NOT NULL PRIMARY KEY,
    id       BLOB NOT NULL,
    email    TEXT NOT NULL,
    version  INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX people_id ON people (id);
CREATE UNIQUE INDEX people_email ON people (email);

CREATE TABLE personal_tokens (
    digest    BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES people (id),
    document  TEXT NOT NULL
) STRICT;

CREATE TABLE tenants (
    serial   INTEGER NOT NULL PRIMARY KEY,
    id       BLOB NOT NULL,
    key      TEXT NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX tenants_id ON tenants (id);
CREATE UNIQUE INDEX tenants_key ON tenants (key);
