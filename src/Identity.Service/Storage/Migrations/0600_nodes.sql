-- expand: programs that do not know these tables go on beside them.

-- Service processes that run now, by the database's own clock. On SQLite there is one, and nothing here.
CREATE TABLE node_presence (
    node TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    seen_at_ms BIGINT NOT NULL
);

-- What each node has let through since it last said so: 24 octets a key. Others read it and forget it.
CREATE TABLE limit_shares (
    node TEXT NOT NULL,
    run BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    told_at_ms BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (node, run, sequence)
);

-- When each edge was last heard of, to within a part of the time for which that makes it live: known on every node.
CREATE TABLE edge_contacts (
    edge_id TEXT NOT NULL PRIMARY KEY REFERENCES edges (id),
    heard_at_ms BIGINT NOT NULL
);
