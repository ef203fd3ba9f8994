-- expand
-- When the newest backup was made: one row, written by the command that made it.
CREATE TABLE backup_runs (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    made_at_ms BIGINT NOT NULL
);
