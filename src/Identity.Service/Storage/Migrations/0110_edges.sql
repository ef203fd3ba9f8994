CREATE TABLE edges (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The name while unarchived, null afterwards: unique among the living only, in any database.
    live_name TEXT UNIQUE,
    addresses TEXT NOT NULL,
    dns_names TEXT NOT NULL,
    -- What clients dial, as the edge last reported it.
    public_port BIGINT,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

-- The last report of each edge; bookkeeping, not history.
CREATE TABLE edge_reports (
    edge_id TEXT NOT NULL PRIMARY KEY REFERENCES edges (id),
    reported_at_ms BIGINT NOT NULL,
    body TEXT NOT NULL
);
