-- Attempts to have an authority's request made and signed: one row of each authority, its last attempt.
CREATE TABLE signing_attempts (
    ca_id TEXT NOT NULL PRIMARY KEY REFERENCES certificate_authorities (id),
    attempts BIGINT NOT NULL,
    -- Chains in a row that were refused: each doubles the wait.
    refused BIGINT NOT NULL,
    node TEXT NOT NULL,
    began_at_ms BIGINT NOT NULL,
    -- While an attempt is under way, nobody else begins one until then; 0 = none is.
    held_until_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    next_at_ms BIGINT NOT NULL,
    -- Why the last one led nowhere; null = it did not.
    fault TEXT
);
