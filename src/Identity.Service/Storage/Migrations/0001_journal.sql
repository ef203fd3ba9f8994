-- One row per decision. The chain (hash over the previous hash and the salted body's digest) is computed by the
-- writer, in sequence order. Bodies may be dropped by retention; digests never are.
CREATE TABLE journal (
    sequence BIGINT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    event TEXT NOT NULL,
    organization_id TEXT,
    request_id TEXT,
    salt BLOB NOT NULL,
    body BLOB,
    body_digest BLOB NOT NULL,
    hash BLOB NOT NULL,
    replay_key BLOB UNIQUE,
    replay_until BIGINT
);

-- What holds for the whole installation: a single row.
CREATE TABLE installation (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    installation_id TEXT NOT NULL,
    public_url TEXT NOT NULL,
    trust_domain TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    -- A sealed known value: proves at start that the sealing key is the right one.
    sealing_canary BLOB NOT NULL,
    -- Counts how often a failed store has proved itself by a real write.
    proven BIGINT NOT NULL
);
