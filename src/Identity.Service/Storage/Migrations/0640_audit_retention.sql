-- expand: programs that do not know this table go on beside it.

-- How far each chain's bodies are dropped: what lies behind is not read again.
CREATE TABLE audit_retention (
    node TEXT NOT NULL PRIMARY KEY,
    dropped_to BIGINT NOT NULL
);
