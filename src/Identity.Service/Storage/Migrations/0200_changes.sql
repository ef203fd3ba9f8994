-- One chain per node: an entry's place is (node, sequence). Its ordinal, unique in the installation and growing with
-- time, is what lists are ordered and paged by.
CREATE TABLE journal_of_nodes (
    node TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    ordinal BIGINT NOT NULL UNIQUE,
    at_ms BIGINT NOT NULL,
    event TEXT NOT NULL,
    organization_id TEXT,
    request_id TEXT,
    salt BLOB NOT NULL,
    body BLOB,
    body_digest BLOB NOT NULL,
    hash BLOB NOT NULL,
    replay_key BLOB UNIQUE,
    replay_until BIGINT,
    -- What the first use wants later ones to know; opaque.
    replay_tag BLOB,
    PRIMARY KEY (node, sequence)
);

INSERT INTO journal_of_nodes (node, sequence, ordinal, at_ms, event, organization_id, request_id, salt, body,
    body_digest, hash, replay_key, replay_until)
SELECT 'node-1', sequence, sequence * 1048576, at_ms, event, organization_id, request_id, salt, body,
    body_digest, hash, replay_key, replay_until FROM journal;

DROP TABLE journal;
ALTER TABLE journal_of_nodes RENAME TO journal;
CREATE INDEX journal_requests ON journal (request_id);

-- Service processes that share this database. The id is the prefix of the serial numbers that the node gives out.
CREATE TABLE nodes (
    name TEXT NOT NULL PRIMARY KEY,
    id BIGINT NOT NULL UNIQUE CHECK (id BETWEEN 1 AND 127),
    created_at_ms BIGINT NOT NULL
);

-- One counter per topic, raised in the transaction that changes something of it. The number is the topic's flag.
CREATE TABLE change_counters (
    topic BIGINT NOT NULL PRIMARY KEY,
    counter BIGINT NOT NULL
);

INSERT INTO change_counters (topic, counter) SELECT 1, COALESCE(MAX(revision), 0) FROM installation;
INSERT INTO change_counters (topic, counter) VALUES (2, 0), (4, 0), (8, 0), (16, 0);
ALTER TABLE installation DROP COLUMN revision;
