-- expand
-- Verified signatures of witnesses on tree heads.
CREATE TABLE transparency_cosignatures (
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    -- The key of the witness, as verifiers are configured with it.
    witness TEXT NOT NULL,
    -- The line of the note.
    line TEXT NOT NULL,
    -- As the witness says.
    signed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (origin, size, witness)
);

-- What is known of each witness.
CREATE TABLE transparency_witnesses (
    origin TEXT NOT NULL,
    witness TEXT NOT NULL,
    -- Entries of the newest tree head that it cosigned; 0 = none.
    size BIGINT NOT NULL,
    -- When it did; null = never.
    cosigned_at_ms BIGINT,
    -- Why the last attempt failed; null = it did not.
    problem TEXT,
    problem_at_ms BIGINT,
    PRIMARY KEY (origin, witness)
);
