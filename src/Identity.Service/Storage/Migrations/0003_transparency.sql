-- expand
-- The log's tree. One row: of several nodes that add entries, the one whose size still is the tree's size adds them.
CREATE TABLE transparency_tree (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    size BIGINT NOT NULL,
    root BLOB
);

INSERT INTO transparency_tree (one, size) VALUES (1, 0);

-- Up to 256 consecutive hashes of one level of the tree, joined. At level 0 they are the entries' hashes; above, each is
-- the root of a full tile below.
CREATE TABLE transparency_tiles (
    level BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, number)
);

-- What the tree was made of, in its order. Never changed, never deleted.
CREATE TABLE transparency_entries (
    number BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    digest BLOB NOT NULL
);

CREATE INDEX transparency_entries_by_digest ON transparency_entries (digest);

-- Up to which entry each node's audit chain is in the tree.
CREATE TABLE transparency_positions (
    node TEXT NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL
);

-- Signed tree heads. A restored installation has another origin, because it cannot continue the tree that it published.
CREATE TABLE transparency_heads (
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    signed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (origin, size)
);

CREATE TABLE transparency_keys (
    id TEXT NOT NULL PRIMARY KEY,
    public_key BLOB NOT NULL,
    sealed_key BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- Signed words of agents on how far their records of calls reach. Also those that contradict another one: they are the
-- evidence.
CREATE TABLE agent_checkpoints (
    tunnel_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    head TEXT NOT NULL,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    signed_at_ms BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    -- What it contradicts an earlier one in: fork or rollback; null = it agrees.
    alarm TEXT,
    -- The compact JWS without its header, and which header it has.
    signed_part TEXT NOT NULL,
    header_digest BLOB NOT NULL,
    -- Of the whole compact JWS.
    digest BLOB NOT NULL,
    -- Its place in the tree; null = it is not there yet.
    entry BIGINT,
    PRIMARY KEY (tunnel_id, instance_id, sequence, head)
);

CREATE INDEX agent_checkpoints_pending ON agent_checkpoints (ordinal) WHERE entry IS NULL;
CREATE INDEX agent_checkpoints_of_agent ON agent_checkpoints (tunnel_id, instance_id, ordinal);

-- Headers of these words: each contains a certificate chain, and is the same for the life of the certificate.
CREATE TABLE agent_checkpoint_headers (
    digest BLOB NOT NULL PRIMARY KEY,
    header TEXT NOT NULL
);
