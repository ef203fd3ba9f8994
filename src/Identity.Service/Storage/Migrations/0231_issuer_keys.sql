-- Last-good key sets in the clear gave way to sealed ones; what is lost costs one fetch.
DROP TABLE federation_issuer_keys;

CREATE TABLE federation_issuer_key_sets (
    issuer_id TEXT NOT NULL PRIMARY KEY REFERENCES federation_issuers (id),
    -- Of source and document: tells whether somebody recorded the same already. Never believed.
    digest TEXT NOT NULL,
    -- The bytes as fetched, sealed.
    sealed_document BLOB NOT NULL,
    -- Source, digest, times, tag and proven keys, sealed; changes more often than the document.
    sealed_state BLOB NOT NULL
);

-- What an administrator took away from an issuer, line by line.
CREATE TABLE federation_issuer_kills (
    issuer_id TEXT NOT NULL REFERENCES federation_issuers (id),
    -- The order that a line belongs to and is undone with.
    cause TEXT NOT NULL,
    -- kid, key, key_set or issuer
    kind TEXT NOT NULL,
    -- A kid or a thumbprint; empty for the others.
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    killed_at_ms BIGINT NOT NULL,
    killed_by TEXT NOT NULL,
    PRIMARY KEY (issuer_id, cause, kind, value)
);

-- Issuers whose keys are no longer polled after too many failures.
CREATE TABLE federation_issuer_pauses (
    issuer_id TEXT NOT NULL PRIMARY KEY REFERENCES federation_issuers (id),
    paused_at_ms BIGINT NOT NULL
);
