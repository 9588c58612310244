-- People who work with the product, their tokens, and the tenants whose data is erased.
-- In every table: columns are what is queried, constrained or compared; `document` is the whole noun as JSON, and
-- the truth. `serial` is the order of insertion.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', COALESCE(TG_ARGV[0], TG_TABLE_NAME || ' is append-only');
END
$$;

CREATE TABLE people (
    serial   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id       uuid NOT NULL,
    email    text NOT NULL,
    version  bigint NOT NULL,
    document jsonb NOT NULL
);
CREATE UNIQUE INDEX people_id ON people (id);
CREATE UNIQUE INDEX people_email ON people (email);

CREATE TABLE personal_tokens (
    digest    bytea NOT NULL PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people (id),
    document  jsonb NOT NULL
);

CREATE TABLE tenants (
    serial   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id       uuid NOT NULL,
    key      text NOT NULL,
    document jsonb NOT NULL
);
CREATE UNIQUE INDEX tenants_id ON tenants (id);
CREATE UNIQUE INDEX tenants_key ON tenants (key);
