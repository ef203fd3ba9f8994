-- Numbers the changes of issuers, rules and service accounts. Raising it locks its row until the change is committed,
-- so that whoever has seen a number has seen all smaller ones.
CREATE TABLE federation_sequence (
    id BIGINT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO federation_sequence (id, value) VALUES (1, 0);

-- The number of the last change of each record: what a node has to read again.
CREATE TABLE federation_changes (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE INDEX federation_changes_since ON federation_changes (sequence);
