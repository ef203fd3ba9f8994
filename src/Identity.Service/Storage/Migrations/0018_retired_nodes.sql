-- When a restore ended the node: what it had signed may be missing in the backup, so its machine certificates are refused by
-- the prefix of their serial numbers. Null for a node that may run.
ALTER TABLE nodes ADD COLUMN retired_at_ms BIGINT;
