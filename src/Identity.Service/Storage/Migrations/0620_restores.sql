-- How often this installation was restored from a backup, and when last. Nodes that start after a restore take new
-- names: their serial numbers and audit chains begin anew.
ALTER TABLE installation ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE installation ADD COLUMN restored_at_ms BIGINT;
-- What the first node that starts after a restore writes into its chain, as JSON; null once it is written.
ALTER TABLE installation ADD COLUMN restore_record TEXT;
