-- Roots of the platform CA follow one another: which epochs of its bundle held a root, and which root certified what.
ALTER TABLE platform_authorities ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE platform_authorities ADD COLUMN state_since_ms BIGINT NOT NULL DEFAULT 0;
-- The root above an issuing authority.
ALTER TABLE platform_authorities ADD COLUMN root_id TEXT;
ALTER TABLE platform_authorities ADD COLUMN added_epoch BIGINT NOT NULL DEFAULT 1;
ALTER TABLE platform_authorities ADD COLUMN removed_epoch BIGINT;
-- The person who had a root made.
ALTER TABLE platform_authorities ADD COLUMN made_by TEXT;

UPDATE platform_authorities SET state_since_ms = created_at_ms;
UPDATE platform_authorities SET root_id = (
    SELECT MIN(roots.id) FROM platform_authorities AS roots WHERE roots.tier = 'root'
) WHERE tier = 'issuing';

-- At every moment one root at most is active, and one at most is to follow it.
CREATE UNIQUE INDEX platform_root_states ON platform_authorities (state)
WHERE tier = 'root' AND state IN ('staged', 'active');

-- A root's name and key, certified by the root before it (S11): sent by those whom machines with the old root meet.
CREATE TABLE platform_links (
    subject_id TEXT NOT NULL REFERENCES platform_authorities (id),
    issuer_id TEXT NOT NULL REFERENCES platform_authorities (id),
    certificate BLOB NOT NULL,
    PRIMARY KEY (subject_id, issuer_id)
);

CREATE TABLE platform_bundle (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch BIGINT NOT NULL
);

INSERT INTO platform_bundle (one, epoch) VALUES (1, 1);

-- Which epoch of the platform's bundle a machine was given last, and which one it said to hold. None = the first.
CREATE TABLE platform_holders (
    -- The machine's SPIFFE id.
    holder TEXT NOT NULL PRIMARY KEY,
    served_epoch BIGINT NOT NULL,
    acknowledged_epoch BIGINT NOT NULL,
    -- Serial of the certificate that the word came in by.
    acknowledged_by TEXT
);
