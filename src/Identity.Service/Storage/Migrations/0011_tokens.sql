-- Keys that sign access tokens. Private halves are sealed, bound to their row.
CREATE TABLE token_signing_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    private_key BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- In the published set from its creation; signs from then on.
    active_from_ms BIGINT NOT NULL
);
