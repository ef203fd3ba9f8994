-- expand: programs that do not know these tables go on beside them.

-- Which node has its turn at a target of audit.export, and until when: one sends at a time.
CREATE TABLE audit_export_turns (
    target TEXT NOT NULL PRIMARY KEY,
    node TEXT NOT NULL,
    until_ms BIGINT NOT NULL
);

-- How far each target has each chain: it has every entry up to this one.
CREATE TABLE audit_export_positions (
    target TEXT NOT NULL,
    node TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (target, node)
);
