-- expand
-- The audiences for which the tunnel's agents may request assertions, separated by blanks; empty = none.
ALTER TABLE tunnels ADD COLUMN assertion_audiences TEXT NOT NULL DEFAULT '';

-- Keys that sign assertions for upstreams; as token_signing_keys, but with RS256.
CREATE TABLE assertion_signing_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    private_key BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL,
    active_from_ms BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    custody TEXT NOT NULL
);

CREATE UNIQUE INDEX assertion_signing_key_generations ON assertion_signing_keys (generation);
