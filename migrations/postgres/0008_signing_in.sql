-- Signing in: sessions, what keeps guessing slow, links that were mailed, and forms that were refused.

-- `digest` is SHA-256 of a token of 256 random bits, which is nowhere here. `opened_with` is SHA-256 of the password
-- hash it was opened with. The row is the whole noun.
CREATE TABLE sessions (
    digest        bytea NOT NULL PRIMARY KEY,
    person_id     uuid NOT NULL REFERENCES people (id),
    state         text NOT NULL CHECK (state IN ('awaiting_second_factor', 'signed_in')),
    opened_with   bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    stepped_up_at timestamptz
);
CREATE INDEX sessions_person ON sessions (person_id);

-- `digest` is keyed: of an e-mail address or of a client's address.
CREATE TABLE sign_in_attempts (
    digest   bytea NOT NULL PRIMARY KEY,
    attempts bigint NOT NULL,
    ends_at  timestamptz NOT NULL
);

-- One of a person at most.
CREATE TABLE links (
    digest     bytea NOT NULL PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people (id),
    purpose    text NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX links_person ON links (person_id);

-- `document` is sealed. `owner` is the digest of a session, which may be gone.
CREATE TABLE form_drafts (
    id         text NOT NULL PRIMARY KEY,
    owner      bytea,
    expires_at timestamptz NOT NULL,
    document   jsonb NOT NULL
);

-- Beside the document, because a heartbeat is no change of it.
ALTER TABLE personal_tokens ADD COLUMN last_used_at timestamptz;
CREATE INDEX personal_tokens_person ON personal_tokens (person_id);
